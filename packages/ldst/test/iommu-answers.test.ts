import {
  type AddressSpace,
  explain,
  IommuAccess,
  type IommuTlbEntry,
  Machine,
  MemTxResult,
} from "@mem/flat";
import { Bus, bytes, defineLayout, MemoryRegionCache, TxStatus } from "@mem/ldst";
import { describe, expect, it } from "vitest";
import { translating } from "./translating.js";

const Packet = defineLayout({ head: bytes(16) });

/** A device behind an IOMMU that answers what `answer` makes of a good entry. */
function board(answer: (good: IommuTlbEntry<AddressSpace>) => unknown) {
  const log: string[] = [];
  const machine = new Machine({ log: (category, message) => log.push(`${category}: ${message}`) });
  const system = machine.container({ name: "system", size: 2n ** 64n });
  const ram = machine.ram({ name: "ram", size: 0x10000 });
  ram.ramBytes().fill(0x5a);
  system.addSubregion(0, ram);
  const memory = machine.addressSpace(system, "memory");
  const iommu = translating(machine, {
    name: "bad-iommu",
    size: 1n << 32n,
    translate: (addr) =>
      answer({
        targetAs: memory,
        iova: addr & ~0xfffn,
        translatedAddr: addr & ~0xfffn,
        addrMask: 0xfffn,
        perm: IommuAccess.RW,
      }),
  });
  return { log, machine, memory, ram, space: machine.addressSpace(iommu, "dma") };
}

/** Every way to reach bytes: its result, and what it read. */
const entrances: Record<string, (space: AddressSpace) => unknown> = {
  load: (space) => [space.load(0x40, 4), space.lastResult],
  store: (space) => space.store(0x40, 4, 1),
  read: (space) => reading((into) => space.read(0x40, into)),
  write: (space) => space.write(0x40, new Uint8Array(16)),
  set: (space) => space.set(0x40, 0, 16),
  writeRom: (space) => space.writeRom(0x40, new Uint8Array(16)),
  "cached words": (space) => {
    using cache = new MemoryRegionCache(space, 0x40, 16, true);
    const status = new TxStatus();
    cache.st32le(0, 1, undefined, status);
    return [cache.ld64le(0, undefined, status), status.result];
  },
  "cached bytes": (space) => {
    using cache = new MemoryRegionCache(space, 0x40, 16, true);
    const written = cache.write(0, new Uint8Array(16));
    return [written, reading((into) => cache.read(0, into))];
  },
  "a field of bytes": (space) => {
    using cache = new MemoryRegionCache(space, 0x40, 16, true);
    const status = new TxStatus();
    const view = Packet.view(cache, 0, { status });
    return [[...view.head.toBytes()], status.result];
  },
  "a bus": (space) => {
    const status = new TxStatus();
    return [new Bus(space).ld64be(0x40, undefined, status), status.result];
  },
};

function reading(read: (into: Uint8Array) => MemTxResult): unknown {
  const into = new Uint8Array(16).fill(0xee);
  const result = read(into);
  return [[...into], result];
}

/** An entry that lacks a field. */
function without(good: IommuTlbEntry<AddressSpace>, field: keyof IommuTlbEntry<unknown>): unknown {
  return Object.fromEntries(Object.entries(good).filter(([name]) => name !== field));
}

const otherMachine = new Machine();
const other = otherMachine.addressSpace(otherMachine.unassigned, "other machine");
const answers: Record<string, (good: IommuTlbEntry<AddressSpace>) => unknown> = {
  null: () => null,
  undefined: () => undefined,
  "a number": () => 0x1000,
  "a promise": async (good) => good,
  "nothing in it": () => ({}),
  "no target": (good) => without(good, "targetAs"),
  "no iova": (good) => without(good, "iova"),
  "no translatedAddr": (good) => without(good, "translatedAddr"),
  "no addrMask": (good) => without(good, "addrMask"),
  "no perm": (good) => without(good, "perm"),
  "a target that is no address space": (good) => ({ ...good, targetAs: { flatView: {} } }),
  "a target that is a name": (good) => ({ ...good, targetAs: "memory" }),
  "a target of another machine": (good) => ({ ...good, targetAs: other }),
  "a number for an address": (good) => ({ ...good, translatedAddr: 0x1000 }),
  "a number for a mask": (good) => ({ ...good, addrMask: 0xfff }),
  "a bigint for a permission": (good) => ({ ...good, perm: 3n }),
  "a fraction for a permission": (good) => ({ ...good, perm: 1.5 }),
  "NaN for a permission": (good) => ({ ...good, perm: NaN }),
  "the mask of the page, by mistake": (good) => ({ ...good, addrMask: ~0xfffn }),
  "the same in 64 bits": (good) => ({ ...good, addrMask: 2n ** 64n - 0x1000n }),
  "a size in place of a mask": (good) => ({ ...good, addrMask: 0x1000n }),
  "a mask with holes": (good) => ({ ...good, addrMask: 0xf0f0n }),
  "a mask with holes above 2^32": (good) => ({ ...good, addrMask: 0xf0_0000_0fffn }),
  "an address beyond 2^64": (good) => ({ ...good, translatedAddr: 2n ** 64n }),
  "an address far below 0": (good) => ({ ...good, translatedAddr: -(2n ** 64n) }),
  "a getter that throws": (good) => ({
    ...good,
    get addrMask(): bigint {
      throw new Error("no mask today");
    },
  }),
};

describe("a translation that is none", () => {
  it.each(Object.keys(answers))("is a failed access everywhere, and one line: %s", (name) => {
    const refused = board(answers[name] ?? (() => null));
    // What a translation that is merely missing comes to.
    const missing = board((good) => ({ ...good, targetAs: null, perm: IommuAccess.NONE }));
    for (const [entrance, run] of Object.entries(entrances)) {
      expect(run(refused.space), entrance).toEqual(run(missing.space));
    }
    const { space, machine, ram } = refused;
    expect(space.load(0x40, 4)).toBe(0);
    expect(space.lastResult).toBe(MemTxResult.DECODE_ERROR);
    for (const isWrite of [false, true]) {
      expect(space.accessValid(0x40, 16, isWrite)).toBe(false);
      expect(space.translate(0x40, 16, isWrite).region).toBe(machine.unassigned);
      expect(space.iotlbEntry(0x40, isWrite).targetAs).toBeNull();
      expect(space.isIo(0x40)).toBe(true);
      using mapping = space.map(0x40, 16, { isWrite });
      expect(mapping?.isBounce).toBe(true);
      const { translation } = explain(space, 0x40, { isWrite, translate: true });
      expect(translation?.kind).toBe("refused");
    }
    expect(ram.ramBytes().every((byte) => byte === 0x5a)).toBe(true);
    expect(refused.log).toEqual([expect.stringContaining("bad-iommu")]);
    expect(missing.log).toEqual([]);
  });

  it("is one that leads to an address space that has ended", () => {
    const made = board((good) => ({ ...good, targetAs: ended }));
    const ended = made.machine.addressSpace(made.ram, "ended");
    ended.destroy();
    for (const run of Object.values(entrances)) run(made.space);
    expect(made.space.write(0x40, new Uint8Array(4))).toBe(MemTxResult.DECODE_ERROR);
    expect(made.log).toEqual([expect.stringContaining("has ended")]);
  });

  it.each([
    ["all ones", 2n ** 64n - 1n],
    ["all ones, as C's ~0", ~0n],
  ])("is not one of everything: %s", (_, addrMask) => {
    const { space, ram, log } = board((good) => ({ ...good, translatedAddr: 0n, addrMask }));
    expect(space.load(0x40, 4)).toBe(0x5a5a5a5a);
    for (const [entrance, run] of Object.entries(entrances)) {
      ram.ramBytes().fill(0x5a);
      const direct = board((good) => good);
      expect(run(space), entrance).toEqual(run(direct.space));
    }
    expect(space.accessValid(0x40, 16, true)).toBe(true);
    expect(space.iotlbEntry(0x1040, true)).toMatchObject({ translatedAddr: 0x1000n });
    using mapping = space.map(0x40, 16, { isWrite: true });
    expect(mapping).toMatchObject({ length: 16, isBounce: false });
    expect(log).toEqual([]);
  });

  it("is not one at a negative address, which counts from 2^64 down", () => {
    const { space, memory, machine, log } = board((good) => ({
      ...good,
      translatedAddr: -0x1000n,
    }));
    const top = machine.ram({ name: "top", size: 0x1000 });
    memory.root.addSubregion(2n ** 64n - 0x1000n, top);
    expect(space.store(0x40, 4, 0x1234)).toBe(MemTxResult.OK);
    expect(top.ramBytes()[0x41]).toBe(0x12);
    expect(log).toEqual([]);
  });
});
