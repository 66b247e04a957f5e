import { systemInternals } from "@mem/core/plumbing";
import {
  type AddressSpace,
  Machine,
  MAX_NESTED_CALLBACKS,
  type MemoryRegion,
  MemTxResult,
} from "@mem/flat";
import { describe, expect, it } from "vitest";

// Devices that each reach the next one several times: nobody is entered twice, and nothing is
// deep, but the work would grow with the power of their number.

const { OK, ACCESS_ERROR } = MemTxResult;
const DEVICES = 16;
const TIMES = 10;

/** A machine with devices that do something whenever they are accessed. */
export class NestedRig {
  readonly log: string[] = [];
  readonly machine = new Machine({
    log: (category, text) => this.log.push(`${category}: ${text}`),
  });
  readonly root: MemoryRegion = this.machine.container({ name: "root", size: 0x100000 });
  readonly bus: AddressSpace = this.machine.addressSpace(this.root, "bus");
  readonly buffer = new Uint8Array(8);
  /** Of the access that was made last. */
  result: MemTxResult = OK;

  /** Registers at `addr` that call `run` whenever they are read or written. */
  regs(addr: number, run: () => void): void {
    const sizes = { minAccessSize: 1, maxAccessSize: 8 };
    const region = this.machine.mmio({
      name: `regs at ${addr.toString(16)}`,
      size: 0x100,
      impl: sizes,
      valid: sizes,
      read: () => (run(), 0x55),
      write: run,
      read64: () => (run(), 0x55n),
      write64: run,
    });
    this.root.addSubregion(addr, region);
  }
}

/** Accesses that allocate nothing, for there are many; each answers what it read, or 0. */
const ACCESSES = {
  load(rig: NestedRig, addr: number) {
    const value = rig.bus.load(addr, 4);
    rig.result = rig.bus.lastResult;
    return value;
  },
  store: (rig: NestedRig, addr: number) => ((rig.result = rig.bus.store(addr, 4, 0x1234)), 0),
  read(rig: NestedRig, addr: number) {
    rig.buffer.fill(0xee);
    rig.result = rig.bus.read(addr, rig.buffer);
    return rig.buffer.some((byte) => byte !== 0) ? 1 : 0;
  },
  write: (rig: NestedRig, addr: number) => ((rig.result = rig.bus.write(addr, rig.buffer)), 0),
};

/** Declares the tests that callbacks which cause more of them come to an end, for these accesses. */
export function declareBoundOfCallbacks(names: readonly (keyof typeof ACCESSES)[]): void {
  describe("callbacks inside others", () => {
    it.each(names)("are bounded in number for a %s", (name) => {
      const rig = new NestedRig();
      const run = (addr: number) => ACCESSES[name](rig, addr);
      let calls = 0;
      let reached = 0;
      const refused: [MemTxResult, number][] = [];
      for (let i = 0; i < DEVICES; i++) {
        rig.regs(0x100 * i, () => {
          calls++;
          if (i === 1) reached++;
          for (let n = 0; n < TIMES; n++) {
            const value = run(0x100 * (i + 1));
            if (rig.result !== OK) refused.push([rig.result, value]);
          }
        });
      }
      rig.regs(0x100 * DEVICES, () => calls++);
      for (let twice = 0; twice < 2; twice++) {
        calls = 0;
        reached = 0;
        refused.length = 0;
        run(0);
        expect(rig.result).toBe(OK);
        expect(calls).toBe(MAX_NESTED_CALLBACKS + 1 + reached);
        // Only those that were running went on, and none of them reached anything any more.
        expect(refused.length).toBeGreaterThan(TIMES);
        expect(refused.length).toBeLessThan(DEVICES * TIMES);
        for (const one of refused) expect(one).toEqual([ACCESS_ERROR, 0]);
        expect(systemInternals(rig.machine).reclaimer.nestedCallbacks).toBe(0);
        expect(systemInternals(rig.machine).reclaimer.inFlight).toBe(0);
      }
      expect(rig.log).toEqual([
        expect.stringMatching(/^guest_error: .*regs at .*more than 1000000 callbacks.*refused$/),
      ]);
    });
  });
}
