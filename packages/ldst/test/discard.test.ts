import { GiB, MiB, RAM_CHUNK_BYTES, type MemoryRegion, type RamBlock, TiB } from "@mem/core";
import { type AddressSpace, Machine, type MemoryListener } from "@mem/flat";
import { Bus, MemoryRegionCache } from "@mem/ldst";
import * as fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";

const CHUNK = RAM_CHUNK_BYTES;
const PAGE = 4096;

let machine: Machine;
let ram: MemoryRegion;
let space: AddressSpace;
let bus: Bus;

function build(options: { size: number; sparse?: boolean; shared?: boolean }): RamBlock {
  machine = new Machine();
  const system = machine.container({ name: "system", size: 2n ** 64n });
  ram = machine.ram({ name: "ram", ...options });
  system.addSubregion(0, ram);
  space = machine.addressSpace(system, "cpu");
  bus = new Bus(space);
  return blockOf(ram);
}

function blockOf(region: MemoryRegion): RamBlock {
  if (!region.ramBlock) throw new Error("no memory");
  return region.ramBlock;
}

/** Are the bytes the same? Millions are compared, as words where they can be. */
function areSame(bytes: Uint8Array, others: Uint8Array): boolean {
  if (bytes.length !== others.length) return false;
  const places = [bytes.length, bytes.byteOffset, others.byteOffset];
  const canBeWords = places.every((place) => place % 4 === 0);
  const [ours, theirs] = canBeWords ? [wordsOf(bytes), wordsOf(others)] : [bytes, others];
  for (let at = 0; at < ours.length; at++) if (ours[at] !== theirs[at]) return false;
  return true;
}

const wordsOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Int32Array =>
  new Int32Array(buffer, byteOffset, byteLength / 4);

const layouts = [
  { name: "sparse memory", sparse: true },
  { name: "sparse shared memory", sparse: true, shared: true },
  { name: "memory in one piece", sparse: false },
  { name: "shared memory in one piece", sparse: false, shared: true },
];

describe.each(layouts)("a discard in $name", ({ sparse, shared = false }) => {
  let block: RamBlock;
  beforeEach(() => {
    block = build({ size: 8 * MiB, sparse, shared });
  });

  it("reads 0 in every way that was set up before it", () => {
    const addr = CHUNK + 0x10;
    bus.st64(addr, 0x1122334455667788n);
    const cache = new MemoryRegionCache(space, addr, 16, true);
    const mapping = space.map(addr, 16, { isWrite: false });
    const window = space.lookup(addr);
    const bytes = ram.ramBytes(addr, 16);
    block.discard(CHUNK, CHUNK);
    expect(bus.ld64(addr)).toBe(0n);
    expect(cache.ld64(0)).toBe(0n);
    expect([...(mapping?.bytes ?? [])]).toEqual(Array(16).fill(0));
    expect(window.view?.getUint8(addr - window.bias)).toBe(0);
    expect([...bytes]).toEqual(Array(16).fill(0));
    const into = new Uint8Array(16).fill(1);
    space.read(addr, into);
    expect([...into]).toEqual(Array(16).fill(0));
    mapping?.unmap();
    cache.destroy();
  });

  it("parts no view from the memory: what either stores, the other loads", () => {
    const addr = 2 * CHUNK + 0x100;
    bus.st32(addr, 1);
    const cache = new MemoryRegionCache(space, addr, 16, true);
    block.discard(2 * CHUNK, CHUNK);
    cache.st32(0, 0xcafe);
    expect(bus.ld32(addr)).toBe(0xcafe);
    bus.st32(addr + 4, 0xbeef);
    expect(cache.ld32(4)).toBe(0xbeef);
    expect(ram.ramBytes(addr, 2)).toEqual(new Uint8Array([0xfe, 0xca]));
    cache.destroy();
  });

  it("leaves what is beside it", () => {
    for (const addr of [CHUNK - 1, CHUNK, 2 * CHUNK - 1, 2 * CHUNK]) bus.st8(addr, 0xaa);
    block.discard(CHUNK, CHUNK);
    expect([CHUNK - 1, CHUNK, 2 * CHUNK - 1, 2 * CHUNK].map((at) => bus.ld8(at))).toEqual([
      0xaa, 0, 0, 0xaa,
    ]);
    block.discard(2 * CHUNK, PAGE);
    block.discard(CHUNK - PAGE, 0);
    expect([CHUNK - 1, 2 * CHUNK].map((at) => bus.ld8(at))).toEqual([0xaa, 0]);
  });

  it("takes whole pages within the block", () => {
    for (const [offset, length] of [
      [1, PAGE],
      [0, 100],
      [PAGE, 8 * MiB],
      [-PAGE, PAGE],
    ] as const) {
      expect(() => block.discard(offset, length), `${offset}+${length}`).toThrow(/ram: bytes/);
    }
    expect(() => block.discard(Number.NaN, PAGE)).toThrow("ram: offset NaN is no exact integer");
  });

  it("agrees with a plain array, whatever came before", () => {
    const model = new Uint8Array(8 * MiB);
    const page = fc.integer({ min: 0, max: (8 * MiB) / PAGE - 1 });
    const step = fc.oneof(
      fc.record({ kind: fc.constant("store" as const), page, value: fc.integer({ max: 255 }) }),
      fc.record({ kind: fc.constant("discard" as const), page, value: fc.integer({ max: 1500 }) }),
      fc.record({ kind: fc.constant("hold" as const), page, value: fc.constant(0) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const held: Uint8Array[] = [];
        block.discard(0, 8 * MiB);
        model.fill(0);
        for (const { kind, page: at, value } of steps) {
          const addr = at * PAGE + (value & 0xff);
          if (kind === "store") {
            bus.st8(addr, value);
            model[addr] = value;
          } else if (kind === "discard") {
            const length = Math.min(Math.abs(value) * PAGE, 8 * MiB - at * PAGE);
            block.discard(at * PAGE, length);
            model.fill(0, at * PAGE, at * PAGE + length);
          } else {
            held.push(ram.ramBytes(at * PAGE, PAGE));
          }
        }
        for (const bytes of held) {
          const offset = block.offsetOf(bytes);
          expect(areSame(bytes, model.subarray(offset, offset + PAGE))).toBe(true);
        }
        for (let at = 0; at < 8 * MiB; at += CHUNK) {
          const now = ram.ramBytes(at, CHUNK);
          expect(areSame(now, model.subarray(at, at + CHUNK))).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe("sparse memory", () => {
  it("is what its user asks for, at any size", () => {
    const block = build({ size: 8 * MiB, sparse: true });
    expect(block.allocatedBytes).toBe(0);
    bus.st8(5 * MiB, 1);
    bus.st8(0, 1);
    expect(block.allocatedBytes).toBe(2 * CHUNK);
    expect([...block.allocated(0, 8 * MiB)].map(({ start }) => start)).toEqual([0, 4 * MiB]);
    expect([...block.allocated(CHUNK, 2 * MiB)]).toEqual([]);
    expect(build({ size: 8 * MiB }).allocatedBytes).toBe(8 * MiB);
  });

  it("of a tebibyte costs what is touched, and gives back what is discarded", () => {
    const block = build({ size: TiB });
    const places = Array.from({ length: 20 }, (_, i) => i * 50 * GiB + 123);
    for (const at of places) bus.st8(at, 0x5a);
    expect(places.map((at) => bus.ld8(at))).toEqual(places.map(() => 0x5a));
    expect(block.allocatedBytes).toBe(20 * CHUNK);
    block.discard(0, 500 * GiB);
    expect(block.allocatedBytes).toBe(10 * CHUNK);
    block.discard(0, TiB);
    expect(block.allocatedBytes).toBe(0);
    expect(places.map((at) => bus.ld8(at))).toEqual(places.map(() => 0));
  });

  it("is one memory across its chunks, for words, transfers and what was discarded", () => {
    const block = build({ size: 8 * MiB, sparse: true });
    bus.st64(CHUNK - 3, 0x1122334455667788n);
    expect(bus.ld64(CHUNK - 3)).toBe(0x1122334455667788n);
    expect([bus.ld8(CHUNK - 1), bus.ld8(CHUNK)]).toEqual([0x66, 0x55]);
    const data = Uint8Array.from({ length: CHUNK + 100 }, (_, i) => i * 31);
    space.write(CHUNK - 50, data);
    const into = new Uint8Array(data.length);
    space.read(CHUNK - 50, into);
    expect(areSame(into, data)).toBe(true);
    block.discard(CHUNK, CHUNK);
    space.read(CHUNK - 50, into);
    expect(areSame(into, data.fill(0, 50, 50 + CHUNK))).toBe(true);
  });

  it("that is shared stays, as other threads may have it", () => {
    const block = build({ size: 8 * MiB, sparse: true, shared: true });
    bus.st8(3 * MiB, 1);
    const before = block.allocatedBytes;
    block.discard(0, 8 * MiB);
    expect(block.allocatedBytes).toBe(before);
  });

  it("is given back by the views of address spaces, which stay what they are", () => {
    const block = build({ size: 8 * MiB, sparse: true });
    const events: string[] = [];
    const listener: MemoryListener = {
      regionAdd: (section) => events.push(`add ${section.region.name}`),
      regionDel: (section) => events.push(`del ${section.region.name}`),
    };
    space.listen(listener);
    events.length = 0;
    bus.st8(2 * MiB, 1);
    const stale = space.lookup(2 * MiB).bytes;
    block.discard(2 * MiB, CHUNK);
    expect(events).toEqual([]);
    expect(space.lookup(3 * MiB).bytes?.buffer).toBe(stale?.buffer);
    bus.st8(5, 1);
    expect(block.allocatedBytes).toBe(2 * CHUNK);
  });

  it("can be discarded while a transaction is open, and by a device that it commits", () => {
    const block = build({ size: 8 * MiB, sparse: true });
    bus.st8(2 * MiB, 7);
    machine.transaction(() => {
      block.discard(2 * MiB, CHUNK);
      expect(bus.ld8(2 * MiB)).toBe(0);
      bus.st8(2 * MiB, 9);
    });
    expect(bus.ld8(2 * MiB)).toBe(9);
    expect(ram.ramBytes(2 * MiB, 1)[0]).toBe(9);
  });
});
