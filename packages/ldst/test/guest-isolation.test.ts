import {
  type AddressSpace,
  Data64,
  Machine,
  type MemoryRegion,
  memOp,
  MemTxResult,
} from "@mem/flat";
import { Bus, defineLayout, MemoryRegionCache, u32le, u64be } from "@mem/ldst";
import { describe, expect, it } from "vitest";

const SECRET = 0xa5;
const layout = defineLayout({ head: u32le, tail: u64be });

/** Every way to write at an address; what a cache is not for is left out. */
const writers: Record<string, (space: AddressSpace, at: number) => void> = {
  store: (space, at) => void space.store(at, 4, 0x11111111),
  storeData(space, at) {
    const data = new Data64();
    data.set(0x11111111, 0x11111111);
    space.storeData(at, memOp(8, "big"), data);
  },
  write: (space, at) => void space.write(at, new Uint8Array(40).fill(0x11)),
  set: (space, at) => void space.set(at, 0x11, 600),
  bus: (space, at) => new Bus(space).st64be(at, 0x1111_1111_1111_1111n),
  layout: (space, at) => layout.write(new Bus(space), at, { head: 0x11111111, tail: 0x11n }),
  mapping(space, at) {
    using mapping = space.map(at, 64, { isWrite: true });
    mapping?.bytes.fill(0x11);
  },
  cache(space, at) {
    using cache = new MemoryRegionCache(space, at, 64, true);
    if (cache.length >= 8) cache.st64le(0, 0x1111_1111_1111_1111n);
    cache.write(0, new Uint8Array(cache.length).fill(0x11));
  },
};

/** Every way to read at an address: the bytes that were seen. */
const readers: Record<string, (space: AddressSpace, at: number) => Uint8Array> = {
  load: (space, at) => wordBytes(BigInt(space.load(at, 4)), 4),
  loadData(space, at) {
    const data = new Data64();
    space.loadData(at, memOp(8), data);
    return wordBytes(data.value64, 8);
  },
  read(space, at) {
    const into = new Uint8Array(40);
    space.read(at, into);
    return into;
  },
  bus: (space, at) => wordBytes(new Bus(space).ld64le(at), 8),
  mapping(space, at) {
    using mapping = space.map(at, 64, { isWrite: false });
    return mapping ? mapping.bytes.slice() : new Uint8Array();
  },
  cache(space, at) {
    using cache = new MemoryRegionCache(space, at, 64, false);
    const into = new Uint8Array(cache.length);
    cache.read(0, into);
    return into;
  },
};

function wordBytes(value: bigint, size: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes.subarray(0, size);
}

/** Addresses around the edges of a window, near and far. */
function* around(start: number, length: number): Iterable<number> {
  for (const edge of [start, start + length]) {
    for (let d = -70; d <= 70; d++) if (edge + d >= 0) yield edge + d;
  }
}

describe("a guest cannot", () => {
  it("reach bytes beside those that are mapped, by any form of access", () => {
    const machine = new Machine();
    const memory = new Uint8Array(0x4000).fill(SECRET);
    const [from, size] = [0x1000, 0x2000];
    memory.fill(0, from, from + size);
    const ram = machine.ram({ name: "ram", size, memory, memoryOffset: from });
    const hidden = machine.ram({ name: "hidden", size: 0x1000 });
    hidden.ramBytes().fill(SECRET);
    const system = machine.container({ name: "system", size: 1n << 64n });
    system.addSubregion(0x8000, ram);
    // A window on the middle of the same memory, and one on a region that is switched off.
    const part = { target: ram, offset: 0x810, size: 0x20 };
    system.addSubregion(0x20000, machine.alias({ name: "part", ...part }));
    system.addSubregion(0x30000, hidden);
    hidden.enabled = false;
    const space = machine.addressSpace(system, "guest");
    for (const [start, length] of [[0x8000, size] as const, [0x20000, 0x20] as const]) {
      for (const at of around(start, length)) {
        for (const [form, read] of Object.entries(readers)) {
          expect(read(space, at).includes(SECRET), `${form} at ${at.toString(16)}`).toBe(false);
        }
        ram.ramBytes().fill(0);
        for (const write of Object.values(writers)) write(space, at);
        if (start !== 0x20000) continue;
        const bytes = ram.ramBytes();
        expect(bytes.subarray(0, part.offset).some(Boolean)).toBe(false);
        expect(bytes.subarray(part.offset + part.size).some(Boolean)).toBe(false);
      }
    }
    expect(memory.subarray(0, from).every((byte) => byte === SECRET)).toBe(true);
    expect(memory.subarray(from + size).every((byte) => byte === SECRET)).toBe(true);
    for (const write of Object.values(writers)) write(space, 0x30010);
    expect(hidden.ramBytes().every((byte) => byte === SECRET)).toBe(true);
  });

  it.each(Object.entries(writers))("write ROM by any form of access: %s", (_form, write) => {
    const machine = new Machine();
    const system = machine.container({ name: "system", size: 0x100000 });
    const rom = machine.rom({ name: "rom", size: 0x2000 });
    const flash = machine.romDevice({ name: "flash", size: 0x2000, write: () => undefined });
    const sealed = machine.ram({ name: "sealed", size: 0x2000 });
    sealed.readonly = true;
    const places: [number, MemoryRegion][] = [
      [0x10000, rom],
      [0x20000, flash],
      [0x30000, sealed],
    ];
    for (const [at, region] of places) system.addSubregion(at, region);
    for (const [at, region] of places) {
      const alias = machine.alias({ name: "window", size: 0x1000, target: region, offset: 0x800 });
      system.addSubregion(at + 0x8000, alias);
    }
    const space = machine.addressSpace(system, "guest");
    for (const romd of [true, false]) {
      flash.romd = romd;
      for (const [start] of places) {
        for (const at of [0, 1, 0x7ff, 0xffc, 0xffd, 0x1ff8, 0x1ffd, 0x8000, 0x8ffe]) {
          write(space, start + at);
        }
      }
    }
    for (const [, region] of places) {
      expect(region.ramBytes().some(Boolean), region.name).toBe(false);
    }
  });

  it("fill the log: each cause has one line, however often it comes up", () => {
    const lines: string[] = [];
    const machine = new Machine({ log: (_category, line) => void lines.push(line) });
    const fail = (): never => {
      throw new Error("broken");
    };
    const system = machine.container({ name: "system", size: 0x10000 });
    system.addSubregion(0, machine.mmio({ name: "device", size: 0x1000, read: fail, write: fail }));
    system.addSubregion(0x2000, machine.rom({ name: "rom", size: 0x1000 }));
    const space = machine.addressSpace(system, "guest");
    for (let i = 0; i < 200; i++) {
      for (const at of [i, 0x2000 + i, 0x8000 + i]) {
        for (const read of Object.values(readers)) read(space, at);
        for (const write of Object.values(writers)) write(space, at);
      }
    }
    expect(lines).toEqual([expect.stringContaining("device")]);
  });

  it("hold more memory in bounce buffers than an address space has to give", () => {
    const machine = new Machine();
    const device = machine.mmio({ name: "device", size: 1 << 20, read: () => 7 });
    const space = machine.addressSpace(device, "guest", { maxBounceBufferSize: 1000 });
    const held = Array.from({ length: 50 }, (_, i) =>
      space.map(i * 0x1000, 0x1000 - 1, { isWrite: false }),
    );
    expect(held.reduce((sum, mapping) => sum + (mapping?.length ?? 0), 0)).toBe(1000);
    expect(held.filter((mapping) => mapping === null)).toHaveLength(49);
    for (const mapping of held) mapping?.unmap();
    expect(space.map(0, 5000, { isWrite: false })?.length).toBe(1000);
  });

  it("reach, through what was mapped or cached before, what the map shows there now", () => {
    const machine = new Machine();
    const system = machine.container({ name: "system", size: 0x10000 });
    const old = machine.ram({ name: "old", size: 0x1000 });
    const secret = machine.ram({ name: "secret", size: 0x1000 });
    secret.ramBytes().fill(SECRET);
    system.addSubregion(0, old);
    const space = machine.addressSpace(system, "guest");
    using cache = new MemoryRegionCache(space, 0, 0x1000, true);
    const mapping = space.map(0, 0x1000, { isWrite: true });
    machine.transaction(() => {
      system.removeSubregion(old);
      system.addSubregion(0, secret);
    });
    expect(cache.ld32le(0)).toBe(0);
    cache.st32le(8, 1);
    mapping?.bytes.fill(2, 0, 4);
    mapping?.unmap();
    expect(secret.ramBytes().every((byte) => byte === SECRET)).toBe(true);
    expect([old.ramBytes()[0], old.ramBytes()[8]]).toEqual([2, 1]);
    expect([space.load(0, 1), space.lastResult]).toEqual([SECRET, MemTxResult.OK]);
  });
});
