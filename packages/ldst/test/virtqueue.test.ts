import type { MemoryRegion, MmioOps } from "@mem/core";
import type { AddressSpace } from "@mem/flat";
import {
  array,
  Bus,
  defineLayout,
  type LayoutArray,
  MemoryRegionCache,
  TxStatus,
  u16le,
  u32le,
  u64le,
} from "@mem/ldst";
import { describe, expect, it } from "vitest";
import { makeMachine } from "./machine.js";

const SIZE = 8;
const NEXT = 1;
const WRITE = 2;
const descriptorFields = { addr: u64le, len: u32le, flags: u16le, next: u16le };
const descriptor = defineLayout(descriptorFields);
const available = defineLayout({ flags: u16le, idx: u16le, ring: array(u16le, SIZE) });
const used = defineLayout({
  flags: u16le,
  idx: u16le,
  ring: array(defineLayout({ id: u32le, len: u32le }), SIZE),
});
const queue = defineLayout({ table: array(descriptor, SIZE), available, used });
const request = defineLayout({ type: u32le, reserved: u32le, sector: u64le });

/** The buffers of a chain, as a device finds them; it ends where the guest's data make no sense. */
function walk(table: LayoutArray<typeof descriptorFields>, head: number) {
  const buffers: [addr: bigint, len: number, isWrite: boolean][] = [];
  for (let index = head; index < table.length && buffers.length < table.length;) {
    const { addr, len, flags, next } = table.at(index);
    buffers.push([addr, len, (flags & WRITE) !== 0]);
    if ((flags & NEXT) === 0) break;
    index = next;
  }
  return buffers;
}

/** What a guest's driver does: a chain of three buffers, out of order, and its head on offer. */
function offer(space: AddressSpace, base: number): void {
  const { table, available } = queue.view(space, base);
  table.assign([
    { addr: 0x9000n, len: 1, flags: WRITE },
    {},
    { addr: 0x8000n, len: 16, flags: NEXT, next: 5 },
    {},
    {},
    { addr: 0x1_0000_8100n, len: 512, flags: NEXT | WRITE, next: 0 },
  ]);
  available.ring.set(available.idx % SIZE, 2);
  available.idx += 1;
}

const CHAIN = [
  [0x8000n, 16, false],
  [0x1_0000_8100n, 512, true],
  [0x9000n, 1, true],
];

type World = ReturnType<typeof makeMachine>;

/** The callbacks of a device that keeps 256 bytes of its own, and hands them out by words. */
function words(): MmioOps {
  const view = new DataView(new ArrayBuffer(0x100));
  return {
    read(offset, size) {
      if (size === 4) return view.getUint32(offset, true);
      return size === 2 ? view.getUint16(offset, true) : view.getUint8(offset);
    },
    write(offset, value, size) {
      if (size === 4) view.setUint32(offset, value, true);
      else if (size === 2) view.setUint16(offset, value, true);
      else view.setUint8(offset, value);
    },
  };
}

/** A window at 0x4000 on RAM that is elsewhere; answers that. */
function aliasAt({ machine, root }: World): MemoryRegion {
  const target = machine.ram({ name: "elsewhere", size: 0x2000 });
  const alias = machine.alias({ name: "window", target, offset: 0x800, size: 0x1000 });
  root.addSubregion(0x4000, alias);
  return target;
}

describe("a split virtqueue", () => {
  it("has the layout that drivers know", () => {
    expect(descriptor.size).toBe(16);
    expect(queue.offsets).toEqual({ table: 0, available: 128, used: 148 });
    expect(queue.size).toBe(216);
  });

  const places: [string, (world: World) => void, boolean][] = [
    ["RAM", ({ ram }) => ram(0x4000), true],
    ["a device's memory", ({ mmio }) => mmio(0x4000, words()), false],
    ["an alias of RAM", aliasAt, true],
  ];

  it.each(places)("is walked in %s, through a cache and on the bus", (_where, build, isDirect) => {
    const world = makeMachine();
    build(world);
    const { space, bus } = world;
    for (let at = 0; at < queue.size; at++) bus.st8(0x4000 + at, 0);
    offer(space, 0x4000);
    using cache = new MemoryRegionCache(space, 0x4000, queue.size, true);
    expect(cache.isDirect).toBe(isDirect);
    for (const rings of [queue.view(cache, 0), queue.view(bus, 0x4000)]) {
      expect([rings.available.idx, rings.available.ring.get(0)]).toEqual([1, 2]);
      expect(walk(rings.table, rings.available.ring.get(0))).toEqual(CHAIN);
    }
    // The table alone does too.
    expect(walk(descriptor.array(cache, queue.offsets.table, SIZE), 2)).toEqual(CHAIN);
    const { used } = queue.view(cache, 0);
    used.ring.at(used.idx % SIZE).assign({ id: 2, len: 513 });
    used.idx += 1;
    expect(bus.ld64le(0x4000 + 152)).toBe(0x201_0000_0002n);
    expect(bus.ld16le(0x4000 + 150)).toBe(1);
  });

  it("in an alias is where the alias leads, and nowhere else", () => {
    const world = makeMachine();
    const target = aliasAt(world);
    target.ramBytes().fill(0xa5);
    const before = target.ramBytes().slice();
    const ring = target.ramBytes(0x800, queue.size).fill(0);
    offer(world.space, 0x4000);
    const { table, available } = queue.offsets;
    expect([ring[table], ring[available + 4], ring[available + 5]]).toEqual([0, 2, 0]);
    ring.fill(0xa5);
    expect(target.ramBytes()).toEqual(before);
  });

  it("whose chain is a loop, or leaves the table, is given up", () => {
    const { space, ram } = makeMachine();
    ram(0x4000);
    const table = descriptor.array(space, 0x4000, SIZE);
    table.assign([
      { flags: NEXT, next: 1 },
      { flags: NEXT, next: 0 },
      { flags: NEXT, next: 99 },
    ]);
    expect(walk(table, 0)).toHaveLength(SIZE);
    expect(walk(table, 2)).toHaveLength(1);
    expect(walk(table, 0xffff)).toEqual([]);
  });

  it("may be where there is nothing, and point there", () => {
    const { bus } = makeMachine();
    const status = new TxStatus();
    expect(walk(descriptor.array(bus, 0x4000, SIZE, { status }), 3)).toEqual([[0n, 0, false]]);
    expect(status.ok).toBe(false);
    const header = request.view(new Bus(bus.space), 0xffff_ffff_ffff_fffcn, { status });
    expect([header.sector, status.ok]).toEqual([0n, false]);
  });
});
