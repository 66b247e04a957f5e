import {
  type AddressSpace,
  IommuAccess,
  type Machine,
  MAX_ALIAS_CHAIN,
  MAX_COMMIT_ROUNDS,
  MAX_REENTRIES,
  MAX_REENTRY_DEPTH,
  MemoryRegion,
  memTxAttrs,
  MemTxResult,
  TYPE_MEMORY_REGION,
} from "@mem/flat";
import { MAX_RENDER_DEPTH } from "@mem/core/plumbing";
import { IOMMU_WALK, MAX_IOMMU_HOPS } from "@mem/flat/plumbing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  allZero,
  loads,
  type Outcome,
  paths,
  reading,
  single,
  stores,
  wideOps,
} from "./access-paths.js";
import { assertNothingOpen, loggedBus } from "./logged-bus.js";

// Every bound on work: what the guest sees, and the one line of the log, however often it
// happens and by whichever path.

const { OK, DECODE_ERROR, ACCESS_ERROR } = MemTxResult;

let machine: Machine;
let root: MemoryRegion;
let bus: AddressSpace;
let log: string[];

beforeEach(() => {
  ({ machine, root, bus, log } = loggedBus(0x100000));
});

afterEach(() => assertNothingOpen(machine));

const twice = 2;

describe("depth", () => {
  it.each(single)("of accesses inside accesses is bounded for a $name", (used) => {
    const outcomes: Outcome[] = [];
    // Each region reaches the next one: no device enters itself.
    const reach = (index: number) => () => {
      outcomes.push(used.run(bus, 0x100 * (index + 1)));
      return 0;
    };
    for (let i = 0; i < MAX_REENTRY_DEPTH + 2; i++) {
      const [read, write] = [reach(i), () => void reach(i)()];
      const regs = machine.mmio({
        name: `r${i}`,
        size: 0x100,
        impl: { maxAccessSize: 8 },
        valid: { maxAccessSize: 8 },
        read,
        write,
        read64: () => BigInt(read()),
        write64: write,
      });
      root.addSubregion(0x100 * i, regs);
    }
    for (let i = 0; i < twice; i++) {
      outcomes.length = 0;
      const first = bus.store(0, 1, 0);
      expect([first, outcomes.length > 0]).toEqual([OK, true]);
      const [innermost] = outcomes;
      expect([innermost?.result, allZero(innermost?.value ?? null)]).toEqual([ACCESS_ERROR, true]);
    }
    expect(log).toEqual([expect.stringMatching(/^guest_error: .*nest more than 64 deep/)]);
  });

  it("of re-entry is bounded in number too: a device that reaches itself twice", () => {
    for (const used of [loads[2], stores[2]]) {
      if (!used) throw new Error("no path");
      let calls = 0;
      const refused: Outcome[] = [];
      const name = `twice ${used.name}`;
      const again = () => {
        calls++;
        for (let i = 0; i < 2; i++) {
          const outcome = used.run(bus, 0x1000);
          if (outcome.result !== OK) refused.push(outcome);
        }
        return 0;
      };
      const regs = machine.mmio({ name, size: 8, read: again, write: () => void again() });
      root.addSubregion(0x1000, regs);
      for (let i = 0; i < twice; i++) {
        calls = 0;
        expect(used.run(bus, 0x1000).result).toBe(OK);
        expect(calls).toBeGreaterThan(MAX_REENTRY_DEPTH / 2);
        expect(calls).toBeLessThanOrEqual(MAX_REENTRIES + 1);
      }
      expect(refused.length).toBeGreaterThan(0);
      for (const { result, value } of refused) {
        expect([result, allZero(value)]).toEqual([ACCESS_ERROR, true]);
      }
      expect(log.splice(0)).toEqual([expect.stringMatching(/^guest_error: .*re-enter more than/)]);
      root.removeSubregion(regs);
    }
  });
});

describe("translations", () => {
  /** A region that translates as it is told. */
  function iommu(name: string, translate: (addr: bigint) => { addr: bigint }): MemoryRegion {
    class Translating extends MemoryRegion {
      override get iommu() {
        return {
          attrsToIndex: () => 0,
          walk: IOMMU_WALK,
          translate: (iova: bigint) => ({
            targetAs: bus,
            iova,
            translatedAddr: translate(iova).addr,
            addrMask: 0xfffn,
            perm: IommuAccess.RW,
          }),
        };
      }
    }
    const init = { objects: machine.objects, klass: machine.objects.types.get(TYPE_MEMORY_REGION) };
    const spec = { kind: "iommu", name, owner: null, size: 0x10000n } as const;
    return machine.adopt(new Translating(init, machine, spec));
  }

  it.each(paths)("without end are given up: a $name", (used) => {
    let walks = 0;
    const loop = iommu("loop", (addr) => {
      walks++;
      return { addr };
    });
    root.addSubregion(0, loop);
    for (let i = 0; i < twice; i++) {
      walks = 0;
      const { result, value } = used.run(bus, 0x1000);
      expect([result, allZero(value)]).toEqual([DECODE_ERROR, true]);
      // A read of several pieces looks each of them up.
      expect(walks % MAX_IOMMU_HOPS).toBe(0);
    }
    expect(log).toEqual([expect.stringMatching(/^guest_error: .*loop.*more than 64 translations/)]);
    expect(bus.iotlbEntry(0x1000, used.isWrite).targetAs).toBeNull();
    expect(log).toHaveLength(1);
  });

  it.each(paths)("that throw have failed: a $name", (used) => {
    const bad = iommu("bad", () => {
      throw new Error("oops");
    });
    root.addSubregion(0, bad);
    for (let i = 0; i < twice; i++) {
      const { result, value } = used.run(bus, 0x1000);
      expect([result, allZero(value)]).toEqual([DECODE_ERROR, true]);
      expect(bus.translate(0x1000, 4, used.isWrite).region).toBe(machine.unassigned);
      expect(bus.iotlbEntry(0x1000, used.isWrite).targetAs).toBeNull();
    }
    expect(log).toEqual([expect.stringMatching(/^callback: .*bad.*threw: Error: oops/)]);
  });
});

describe("who insists on memory", () => {
  it("is refused elsewhere, with what the buffer held and one line", () => {
    const calls = { count: 0 };
    root.addSubregion(0x1000, machine.mmio({ name: "regs", size: 0x100, ...wideOps(calls) }));
    const attrs = memTxAttrs({ memory: true });
    for (let i = 0; i < twice; i++) {
      expect(reading(4, (into) => bus.read(0x1000, into, attrs))).toEqual({
        result: ACCESS_ERROR,
        value: "eeeeeeee",
      });
      expect(bus.write(0x1000, new Uint8Array(4), attrs)).toBe(ACCESS_ERROR);
    }
    expect([calls.count, log]).toEqual([
      0,
      [expect.stringMatching(/^guest_error: .*regs.*allow memory alone reached a device; refused/)],
    ]);
  });
});

describe("the map", () => {
  it("nested too deeply shows nothing, by containers as by aliases, with one line", () => {
    for (const kind of ["container", "alias"] as const) {
      let region: MemoryRegion = machine.ram({ name: "ram", size: 0x1000 });
      let shallow: MemoryRegion = region;
      for (let i = 0; i < MAX_RENDER_DEPTH + 2; i++) {
        if (i === MAX_RENDER_DEPTH - 10) shallow = region;
        if (kind === "alias") {
          region = machine.alias({ name: `a${i}`, size: 0x1000, target: region });
        } else {
          const holder = machine.container({ name: `c${i}`, size: 0x1000 });
          holder.addSubregion(0, region);
          region = holder;
        }
      }
      root.addSubregion(0, region);
      // Beside it, so that no container is looked through.
      const aside = machine.ram({ name: "aside", size: 0x1000 });
      root.addSubregion(0x8000, aside);
      for (let i = 0; i < twice; i++) {
        expect([bus.load(0, 4), bus.lastResult]).toEqual([0, DECODE_ERROR]);
        expect(bus.store(0, 4, 1)).toBe(DECODE_ERROR);
        expect(bus.store(0x8000, 4, 1)).toBe(OK);
        region.enabled = false;
        region.enabled = true;
      }
      expect(log.splice(0)).toEqual([expect.stringMatching(/^guest_error: .*too deep/)]);
      root.removeSubregion(region);
      shallow.container?.removeSubregion(shallow);
      root.addSubregion(0, shallow);
      expect(bus.store(0, 4, 1)).toBe(OK);
      root.removeSubregion(shallow);
      root.removeSubregion(aside);
    }
  });

  it("has no more aliases in a row than there may be: who adds one more is told", () => {
    let target: MemoryRegion = machine.ram({ name: "ram", size: 0x1000 });
    for (let i = 0; i < MAX_ALIAS_CHAIN - 1; i++) {
      target = machine.alias({ name: `a${i}`, size: 0x1000, target });
    }
    const longest = target;
    const refusals: unknown[] = [];
    for (let i = 0; i < MAX_ALIAS_CHAIN && refusals.length < twice; i++) {
      try {
        target = machine.alias({ name: `b${i}`, size: 0x1000, target });
      } catch (error) {
        refusals.push(error);
      }
    }
    for (const error of refusals) {
      expect(error).toMatchObject({ name: "TopologyError", rule: "alias-chain" });
    }
    expect([refusals.length, longest.ramBytes(0, 4).length, log]).toEqual([twice, 4, []]);
  });

  it("changed by listeners without end is left alone, each time, and works", () => {
    const ram = machine.ram({ name: "ram", size: 0x1000 });
    root.addSubregion(0, ram);
    let rounds = 0;
    let restless = false;
    bus.listen({
      commit() {
        rounds++;
        if (restless) ram.addr ^= 0x8000n;
      },
    });
    for (let i = 0; i < twice; i++) {
      restless = true;
      rounds = 0;
      expect(() => (root.size -= 1n)).toThrow(
        expect.objectContaining({ name: "TransactionError", rule: "commit-loop" }),
      );
      expect(rounds).toBe(MAX_COMMIT_ROUNDS);
      restless = false;
      // What the last round left is committed with whatever comes next.
      expect(bus.store(Number(ram.addr), 4, 1)).toBe(DECODE_ERROR);
      machine.transaction(() => undefined);
      expect(bus.store(Number(ram.addr), 4, 1)).toBe(OK);
    }
  });
});
