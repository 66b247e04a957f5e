import { systemInternals } from "@mem/core/plumbing";
import {
  type AddressSpace,
  Machine,
  MAX_NESTED_CALLBACKS,
  type MemoryRegion,
  MemTxResult,
} from "@mem/flat";
import { beforeEach, describe, expect, it } from "vitest";

// Devices that each reach the next one several times: nobody is entered twice, and nothing is
// deep, but the work would grow with the power of their number.

const { OK, ACCESS_ERROR } = MemTxResult;
const DEVICES = 16;
const TIMES = 10;

let machine: Machine;
let root: MemoryRegion;
let bus: AddressSpace;
let log: string[];
/** Of the access that was made last. */
let result: MemTxResult;

beforeEach(() => {
  log = [];
  machine = new Machine({ log: (category, text) => log.push(`${category}: ${text}`) });
  root = machine.container({ name: "root", size: 0x100000 });
  bus = machine.addressSpace(root, "bus");
});

/** Registers at `addr` that call `run` whenever they are read or written. */
function regs(addr: number, run: () => void): void {
  const sizes = { minAccessSize: 1, maxAccessSize: 8 };
  const region = machine.mmio({
    name: `regs at ${addr.toString(16)}`,
    size: 0x100,
    impl: sizes,
    valid: sizes,
    read: () => (run(), 0x55),
    write: run,
    read64: () => (run(), 0x55n),
    write64: run,
  });
  root.addSubregion(addr, region);
}

const buffer = new Uint8Array(8);

/** Accesses that allocate nothing, for there are many; each answers what it read, or 0. */
const used: { name: string; run: (addr: number) => number }[] = [
  {
    name: "load",
    run(addr) {
      const value = bus.load(addr, 4);
      result = bus.lastResult;
      return value;
    },
  },
  { name: "store", run: (addr) => ((result = bus.store(addr, 4, 0x1234)), 0) },
  {
    name: "read",
    run(addr) {
      buffer.fill(0xee);
      result = bus.read(addr, buffer);
      return buffer.some((byte) => byte !== 0) ? 1 : 0;
    },
  },
  { name: "write", run: (addr) => ((result = bus.write(addr, buffer)), 0) },
];

describe("callbacks inside others", () => {
  it.each(used)("are bounded in number for a $name", ({ run }) => {
    let calls = 0;
    let reached = 0;
    const refused: [MemTxResult, number][] = [];
    for (let i = 0; i < DEVICES; i++) {
      regs(0x100 * i, () => {
        calls++;
        if (i === 1) reached++;
        for (let n = 0; n < TIMES; n++) {
          const value = run(0x100 * (i + 1));
          if (result !== OK) refused.push([result, value]);
        }
      });
    }
    regs(0x100 * DEVICES, () => calls++);
    for (let twice = 0; twice < 2; twice++) {
      calls = 0;
      reached = 0;
      refused.length = 0;
      run(0);
      expect(result).toBe(OK);
      expect(calls).toBe(MAX_NESTED_CALLBACKS + 1 + reached);
      // Only those that were running went on, and none of them reached anything any more.
      expect(refused.length).toBeGreaterThan(TIMES);
      expect(refused.length).toBeLessThan(DEVICES * TIMES);
      for (const one of refused) expect(one).toEqual([ACCESS_ERROR, 0]);
      expect(systemInternals(machine).reclaimer.nestedCallbacks).toBe(0);
      expect(systemInternals(machine).reclaimer.inFlight).toBe(0);
    }
    expect(log).toEqual([
      expect.stringMatching(/^guest_error: .*regs at .*more than 1000000 callbacks.*refused$/),
    ]);
  });

  it("leave alone a device that moves more data than that, between devices", () => {
    let moved = 0;
    let results = 0;
    const block = new Uint8Array(0x100);
    const count = () => void moved++;
    regs(0x1000, count);
    regs(0x2000, count);
    regs(0, () => {
      while (moved <= MAX_NESTED_CALLBACKS) {
        results |= bus.read(0x1000, block) | bus.write(0x2000, block);
        results |= bus.store(0x2000, 4, bus.load(0x1000, 4)) | bus.lastResult;
      }
    });
    for (const start of [() => bus.store(0, 4, 1), () => bus.write(0, block.subarray(0, 4))]) {
      moved = 0;
      expect([start(), results, moved > MAX_NESTED_CALLBACKS]).toEqual([OK, OK, true]);
    }
    expect(log).toEqual([]);
  });

  it("count anew with each outermost access", () => {
    let left = 0;
    let results = 0;
    const some = 1000;
    regs(0x200, () => void left--);
    regs(0x100, () => {
      while (left > 0) results |= bus.store(0x200, 4, 0);
    });
    regs(0, () => void bus.store(0x100, 4, 0));
    for (let done = 0; done <= MAX_NESTED_CALLBACKS; done += some) {
      left = some;
      results |= bus.store(0, 4, 0);
    }
    expect([results, left, log]).toEqual([OK, 0, []]);
  });

  it("that signals and checks set off count as well", () => {
    let checks = 0;
    let refused = 0;
    const checked = machine.mmio({
      name: "checked",
      size: 8,
      valid: { accepts: () => (checks++, false) },
      read: () => 0,
    });
    root.addSubregion(0x200, checked);
    regs(0x100, () => {
      for (let i = 0; i < MAX_NESTED_CALLBACKS + 10; i++) bus.load(0x200, 4);
    });
    regs(0, () => {
      bus.load(0x100, 4);
      if (bus.load(0x100, 4) === 0 && bus.lastResult === ACCESS_ERROR) refused++;
    });
    bus.load(0, 4);
    expect([checks, refused, log.length]).toEqual([MAX_NESTED_CALLBACKS, 1, 1]);
  });
});
