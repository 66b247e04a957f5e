import { AddressError, LifecycleError, memTxAttrs, MemTxResult } from "@mem/core";
import {
  array,
  at,
  Bus,
  bytes,
  defineLayout,
  type Fields,
  i16be,
  i8,
  LayoutError,
  MemoryRegionCache,
  padding,
  TxStatus,
  u16be,
  u16le,
  u32le,
  u64be,
  u64le,
  u8,
} from "@mem/ldst";
import { describe, expect, it } from "vitest";
import { makeMachine } from "./machine.js";

const descriptor = defineLayout({ addr: u64le, len: u32le, flags: u16le, next: u16le });

/** RAM at 0x1000 with 0, 1, 2... in it, and a cache of its second 256 bytes. */
function cachedRam(isWrite = true) {
  const { space, bus, ram, mmio, root, machine } = makeMachine();
  const region = ram(0x1000);
  const cache = new MemoryRegionCache(space, 0x1100, 0x100, isWrite);
  return { machine, root, space, bus, mmio, region, cache, bytes: region.ramBytes(0x100, 0x100) };
}

describe("a layout", () => {
  it("is packed, unless it is asked to be as C has it", () => {
    const fields = { a: u8, b: u32le, c: u16le, d: u64le, e: u8 };
    const packed = defineLayout(fields);
    expect(packed.offsets).toEqual({ a: 0, b: 1, c: 5, d: 7, e: 15 });
    expect([packed.size, packed.alignment]).toEqual([16, 1]);
    const aligned = defineLayout(fields, { aligned: true });
    expect(aligned.offsets).toEqual({ a: 0, b: 4, c: 8, d: 16, e: 24 });
    expect([aligned.size, aligned.alignment]).toEqual([32, 8]);
    expect(descriptor.offsets).toEqual({ addr: 0, len: 8, flags: 12, next: 14 });
  });

  it("aligns what it holds to what that needs", () => {
    const inner = defineLayout({ a: u8, b: u32le }, { aligned: true });
    const packed = defineLayout({ a: u8, b: u32le });
    const outer = defineLayout(
      { x: u8, inner, y: u8, packed, z: bytes(3), list: array(u16le, 3), pairs: array(inner, 2) },
      { aligned: true },
    );
    const offsets = { x: 0, inner: 4, y: 12, packed: 13, z: 18, list: 22, pairs: 28 };
    expect(outer.offsets).toEqual(offsets);
    expect([outer.size, outer.alignment]).toEqual([44, 4]);
  });

  it("goes on behind a field that has an offset, also for a union", () => {
    const union = defineLayout({
      word: at(4, u32le),
      low: at(4, u16le),
      high: u16le,
      x: at(0, u8),
    });
    expect(union.offsets).toEqual({ word: 4, low: 4, high: 6, x: 0 });
    expect(union.size).toBe(8);
    expect(defineLayout({ a: u8, _: padding(6), b: u8 }).offsets.b).toBe(7);
    expect(defineLayout({ a: u8 }, { size: 64 }).size).toBe(64);
  });

  it.each<[string, Fields]>([
    ["a view's own name", { moveTo: u8 }],
    ["a name of objects", { toString: u8 }],
    ["a half's name, first", { aLo: u32le, a: u64le }],
    ["a half's name, last", { a: u64be, aHi: u32le }],
    ["an index", { 1: u8 }],
    ["no fields", {}],
  ])("refuses %s", (_what, fields) => {
    expect(() => defineLayout(fields as Record<string, typeof u8>)).toThrow(LayoutError);
  });

  it("refuses sizes, counts and offsets that are none", () => {
    expect(() => defineLayout({ a: u32le }, { size: 3 })).toThrow("needs 4 bytes cannot have 3");
    for (const n of [0, -1, 0.5, Number.NaN]) {
      expect(() => bytes(n)).toThrow(LayoutError);
      expect(() => padding(n)).toThrow(LayoutError);
      expect(() => array(u8, n)).toThrow(LayoutError);
    }
    expect(() => at(-1, u8)).toThrow(LayoutError);
    expect(() => array(padding(1) as unknown as typeof u8, 2)).toThrow(LayoutError);
  });
});

describe("a view", () => {
  it("reads and stores fields of a cache in RAM", () => {
    const { cache, bytes } = cachedRam();
    const { addr, len, flags, next } = descriptor.view(cache, 0x10);
    expect([addr, len, flags, next]).toEqual([0x1716_1514_1312_1110n, 0x1b1a_1918, 0x1d1c, 0x1f1e]);
    const view = descriptor.view(cache, 0x20);
    view.addr = -2n;
    view.next = 0x1_2345;
    expect([...bytes.subarray(0x20, 0x30)]).toEqual([
      ...[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
      ...[0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x45, 0x23],
    ]);
  });

  it("touches nothing but the bytes of the field", () => {
    const { bus, space, mmio } = cachedRam();
    const seen: [string, number, number][] = [];
    mmio(0x8000, {
      valid: { maxAccessSize: 8 },
      impl: { maxAccessSize: 8 },
      read: (offset, size) => {
        seen.push(["read", offset, size]);
        return 7;
      },
      read64: (offset) => {
        seen.push(["read", offset, 8]);
        return 7n;
      },
      write: (offset, _value, size) => void seen.push(["write", offset, size]),
      write64: () => {},
    });
    const log = () => seen.splice(0);
    using cache = new MemoryRegionCache(space, 0x8000, 0x40, true);
    for (const view of [descriptor.view(cache, 0x10), descriptor.view(bus, 0x8010)]) {
      expect(log()).toEqual([]);
      expect([view.len, log()]).toEqual([7, [["read", 0x18, 4]]]);
      expect([view.addr, log()]).toEqual([7n, [["read", 0x10, 8]]]);
      expect([view.addrLo, log()]).toEqual([7, [["read", 0x10, 4]]]);
      expect([view.addrHi, log()]).toEqual([7, [["read", 0x14, 4]]]);
      view.flags = 1;
      expect(log()).toEqual([["write", 0x1c, 2]]);
      view.addrHi = 1;
      expect(log()).toEqual([["write", 0x14, 4]]);
      view.assign({ next: 1, len: undefined });
      expect(log()).toEqual([["write", 0x1e, 2]]);
    }
  });

  it("has the halves of 64 bits in either order", () => {
    const { cache } = cachedRam();
    const both = defineLayout({ le: u64le, be: u64be });
    const view = both.view(cache, 0);
    view.leLo = 0xffff_fffe;
    view.leHi = 1;
    view.beLo = 0x8000_0000;
    view.beHi = 2;
    expect([view.le, view.be]).toEqual([0x1_ffff_fffen, 0x2_8000_0000n]);
    expect([view.leLo, view.leHi, view.beLo, view.beHi]).toEqual([0xffff_fffe, 1, 0x8000_0000, 2]);
    expect(Object.keys(view.toObject())).toEqual(["le", "be"]);
  });

  it("moves, and says where it is", () => {
    const { cache, bus } = cachedRam();
    const view = descriptor.view(cache, 0);
    expect([view.moveTo(0xf0).len, view.position]).toEqual([0xfbfa_f9f8, 0xf0]);
    expect(view.moveTo(0x10)).toBe(view);
    const there = descriptor.view(bus, 0x1110);
    expect([there.len, there.position]).toEqual([view.len, 0x1110]);
    expect(there.moveTo(0x1120n).position).toBe(0x1120);
    expect(there.len).toBe(0x2b2a_2928);
  });

  it("takes an address space as it is", () => {
    const { space } = cachedRam();
    expect(descriptor.read(space, 0x1110)).toEqual({
      addr: 0x1716_1514_1312_1110n,
      len: 0x1b1a_1918,
      flags: 0x1d1c,
      next: 0x1f1e,
    });
  });

  it("hands on attributes, and tells how each access went", () => {
    const { bus, mmio } = cachedRam();
    const masters: number[] = [];
    mmio(0x8000, {
      read: (_offset, _size, attrs) => masters.push(attrs.requesterId),
      write: () => {},
      valid: { accepts: (offset) => offset < 12 },
    });
    const status = new TxStatus();
    const view = descriptor.view(bus, 0x8000, { attrs: memTxAttrs({ requesterId: 5 }), status });
    expect([view.len, status.ok]).toEqual([1, true]);
    expect([view.flags, status.result]).toEqual([0, MemTxResult.DECODE_ERROR]);
    expect(view.len).toBe(2);
    view.toObject(); // fails in its midst
    expect(status.result).toBe(MemTxResult.DECODE_ERROR);
    view.assign({ len: 1 });
    expect(status.ok).toBe(true);
    view.assign({ next: 1, len: 2 });
    expect(status.result).toBe(MemTxResult.DECODE_ERROR);
    expect(new Set(masters)).toEqual(new Set([5]));
  });
});

describe("the status of many accesses", () => {
  it("tells of a failure that others follow", () => {
    const { bus, mmio } = cachedRam();
    const list = array(u8, 4);
    mmio(0x8000, { read: () => 1, write: () => {}, valid: { accepts: (offset) => offset >= 8 } });
    const status = new TxStatus();
    const view = descriptor.view(bus, 0x8000, { status });
    view.toObject();
    expect(status.result).toBe(MemTxResult.DECODE_ERROR);
    view.assign({ len: 1 });
    expect(status.ok).toBe(true);
    view.assign({ addr: 1n, len: 1 });
    expect(status.result).toBe(MemTxResult.DECODE_ERROR);
    const items = defineLayout({ list }).view(bus, 0x8006, { status });
    expect(items.list.toArray()).toEqual([0, 0, 1, 1]);
    expect(status.result).toBe(MemTxResult.DECODE_ERROR);
    expect([items.list.get(3), status.ok]).toEqual([1, true]);
    items.list.assign([1, 2, 3]);
    expect(status.result).toBe(MemTxResult.DECODE_ERROR);
  });
});

describe("addresses that a guest supplies", () => {
  it("may lead nowhere, anywhere and over the end", () => {
    const { bus, root, machine } = cachedRam();
    const top = machine.ram({ name: "top", size: 0x1000 });
    root.addSubregion(2n ** 64n - 0x1000n, top);
    const low = machine.ram({ name: "low", size: 0x1000 });
    root.addSubregion(0, low);
    top.ramBytes().set([1, 2, 3, 4, 5, 6, 7, 8], 0xff8);
    low.ramBytes().set([9, 8, 7, 6, 5, 4, 3, 2]);
    const status = new TxStatus();
    const view = descriptor.view(bus, 2n ** 64n - 8n, { status });
    expect(view.toObject()).toEqual({
      addr: 0x0807_0605_0403_0201n,
      len: 0x0607_0809,
      flags: 0x0405,
      next: 0x0203,
    });
    expect(status.ok).toBe(true);
    view.next = 0xffff;
    expect(low.ramBytes(6, 2)).toEqual(Uint8Array.of(0xff, 0xff));
    expect([view.moveTo(0x7fff_0000).len, status.result]).toEqual([0, MemTxResult.DECODE_ERROR]);
    expect(view.moveTo(Number.MAX_SAFE_INTEGER).len).toBe(0);
    expect(view.moveTo(2n ** 53n - 4n).addr).toBe(0n);
    expect(view.moveTo(8).len).toBe(0);
  });

  it("that are none of 64 bits are a mistake, and move nothing", () => {
    const { bus } = cachedRam();
    const view = descriptor.view(bus, 0x1100);
    for (const address of [-1, -1n, 2n ** 64n, 0.5, Number.NaN, 2 ** 53]) {
      expect(() => view.moveTo(address)).toThrow(AddressError);
      expect(() => descriptor.read(bus, address)).toThrow(AddressError);
    }
    expect(view.position).toBe(0x1100);
  });
});

describe("bounds of a cache", () => {
  it("hold the whole layout", () => {
    const { cache } = cachedRam();
    const view = descriptor.view(cache, 0xf0);
    for (const offset of [0xf1, 0x100, -1, 0.5, Number.NaN, 2n ** 60n]) {
      expect(() => view.moveTo(offset)).toThrow(AddressError);
      expect(() => descriptor.view(cache, offset)).toThrow("leaves the cache 0x1100+0x100");
    }
    expect(view.position).toBe(0xf0);
    expect(descriptor.array(cache, 0x20, 14).length).toBe(14);
    expect(() => descriptor.array(cache, 0x20, 15)).toThrow(AddressError);
    expect(() => descriptor.array(cache, 0, 0)).toThrow(LayoutError);
  });

  it("refuse stores through one for reading, and everything through one that ended", () => {
    const { cache } = cachedRam(false);
    const view = descriptor.view(cache, 0);
    expect(() => (view.len = 1)).toThrow(LifecycleError);
    expect(() => view.assign({ len: 1 })).toThrow(LifecycleError);
    cache.destroy();
    expect(() => view.len).toThrow(LifecycleError);
    expect(() => view.moveTo(0)).toThrow(LifecycleError);
  });
});

describe("nested layouts, arrays and bytes", () => {
  const pair = defineLayout({ a: u8, b: i16be });
  const all = defineLayout({
    id: u8,
    pair,
    list: array(u16be, 3),
    wide: array(u64be, 2),
    raw: bytes(5),
    pairs: array(pair, 2),
    grid: array(array(i8, 2), 2),
    rows: array(bytes(2), 2),
  });

  it("read alike in RAM, and as plain values", () => {
    const { cache, bus } = cachedRam();
    const expected = {
      id: 0x80,
      pair: { a: 0x81, b: 0x8283 - 0x1_0000 },
      list: [0x8485, 0x8687, 0x8889],
      wide: [0x8a8b_8c8d_8e8f_9091n, 0x9293_9495_9697_9899n],
      raw: Uint8Array.of(0x9a, 0x9b, 0x9c, 0x9d, 0x9e),
      pairs: [
        { a: 0x9f, b: 0xa0a1 - 0x1_0000 },
        { a: 0xa2, b: 0xa3a4 - 0x1_0000 },
      ],
      grid: [
        [0xa5 - 256, 0xa6 - 256],
        [0xa7 - 256, 0xa8 - 256],
      ],
      rows: [Uint8Array.of(0xa9, 0xaa), Uint8Array.of(0xab, 0xac)],
    };
    expect(all.read(cache, 0x80)).toEqual(expected);
    const view = all.view(bus, 0x1180);
    expect(view.toObject()).toEqual(expected);
    expect([view.pair.b, view.list.get(2), view.wide.get(1)]).toEqual([
      expected.pair.b,
      expected.list[2],
      expected.wide[1],
    ]);
    expect([view.wide.getLo(1), view.wide.getHi(1)]).toEqual([0x9697_9899, 0x9293_9495]);
    expect([view.raw.get(4), view.raw.length, view.pairs.at(1).a]).toEqual([0x9e, 5, 0xa2]);
    expect([view.grid.at(1).get(0), view.rows.at(0).get(1)]).toEqual([0xa7 - 256, 0xaa]);
    expect(view.pair.toObject()).toEqual(expected.pair);
    expect(view.pairs.toArray()).toEqual(expected.pairs);
    expect(view.raw.read(new Uint8Array(2), 1)).toEqual(Uint8Array.of(0x9b, 0x9c));
  });

  it("store alike", () => {
    const { cache, bytes: ram } = cachedRam();
    const view = all.view(cache, 0x80);
    view.pair.b = -2;
    view.list.set(1, 0x1_0203);
    view.wide.setLo(0, 0xaabb_ccdd);
    view.wide.setHi(0, 1);
    view.raw.set(0, 0x177);
    view.raw.write(Uint8Array.of(5, 6), 3);
    view.pairs.at(1).b = 0x0a0b;
    view.grid.at(0).set(1, -1);
    expect([...ram.subarray(0x81, 0x84), ...ram.subarray(0x86, 0x88)]).toEqual([
      0x81, 0xff, 0xfe, 2, 3,
    ]);
    expect(view.wide.get(0)).toBe(0x1_aabb_ccddn);
    expect([...view.raw.toBytes()]).toEqual([0x77, 0x9b, 0x9c, 5, 6]);
    expect(view.pairs.at(1).toObject()).toEqual({ a: 0xa2, b: 0x0a0b });
    expect(view.grid.toArray()).toEqual([
      [0xa5 - 256, -1],
      [0xa7 - 256, 0xa8 - 256],
    ]);
  });

  it("assign in part, down to any depth", () => {
    const { cache } = cachedRam();
    const before = all.read(cache, 0x80);
    all.write(cache, 0x80, {
      pair: { b: 1 },
      list: [7],
      wide: [1n, 2n],
      raw: Uint8Array.of(1),
      pairs: [{ a: 1 }, { b: 2 }],
      grid: [[], [9]],
    });
    expect(all.read(cache, 0x80)).toEqual({
      ...before,
      pair: { ...before.pair, b: 1 },
      list: [7, ...before.list.slice(1)],
      wide: [1n, 2n],
      raw: Uint8Array.of(1, 0x9b, 0x9c, 0x9d, 0x9e),
      pairs: [
        { ...before.pairs[0], a: 1 },
        { ...before.pairs[1], b: 2 },
      ],
      grid: [before.grid[0], [9, 0xa8 - 256]],
    });
  });

  it("follow the view that they are part of", () => {
    const { cache } = cachedRam();
    const view = all.view(cache, 0);
    const { pair: part, pairs, raw, grid } = view;
    const second = pairs.at(1);
    const row = grid.at(1);
    view.moveTo(0x80);
    expect([part.a, second.a, raw.get(0), row.get(1)]).toEqual([0x81, 0xa2, 0x9a, 0xa8 - 256]);
    expect([view.pair, pairs.at(0)]).toEqual([part, second]);
    expect(second.a).toBe(0x9f);
    expect(part.position).toBe(0x81);
  });

  it("follow it above 2^53 too", () => {
    const { bus, root, machine } = cachedRam();
    const high = machine.ram({ name: "high", size: 0x1000 });
    root.addSubregion(2n ** 60n, high);
    const view = all.view(bus, 0x1180);
    expect(view.pairs.at(1).a).toBe(0xa2);
    high.ramBytes()[0x10 + all.offsets.pairs + pair.size] = 0x5a;
    view.moveTo(2n ** 60n + 0x10n);
    expect(view.pairs.at(1).a).toBe(0x5a);
    view.pairs.at(1).a = 0xa5;
    view.raw.write(Uint8Array.of(1, 2));
    expect(high.ramBytes()[0x10 + all.offsets.pairs + pair.size]).toBe(0xa5);
    expect([...view.raw.toBytes()]).toEqual([1, 2, 0, 0, 0]);
    expect(view.moveTo(0x1180).pairs.at(1).a).toBe(0xa2);
  });

  it("tell the results of all their accesses", () => {
    const { space, root, machine } = makeMachine();
    root.addSubregion(0x1000, machine.ram({ name: "short", size: 0x90 }));
    const status = new TxStatus();
    const view = all.view(new Bus(space), 0x1000 + 0x90 - all.offsets.pairs - 3, { status });
    expect([view.pairs.at(0).a, status.ok]).toEqual([0, true]);
    expect([view.raw.toBytes().length, status.ok]).toEqual([5, true]);
    expect([view.pairs.at(1).a, status.ok]).toEqual([0, false]);
    view.list.toArray();
    expect(status.ok).toBe(true);
    view.pairs.toArray();
    expect(status.result).toBe(MemTxResult.DECODE_ERROR);
    view.pairs.assign([{ a: 1 }]);
    expect(status.ok).toBe(true);
    view.pairs.assign([{ a: 1 }, { a: 2 }]);
    expect(status.result).toBe(MemTxResult.DECODE_ERROR);
    view.rows.at(0).write(Uint8Array.of(1));
    expect(status.result).toBe(MemTxResult.DECODE_ERROR);
    view.toObject();
    expect(status.result).toBe(MemTxResult.DECODE_ERROR);
  });

  it("refuse indices that are none", () => {
    const { cache } = cachedRam();
    const view = all.view(cache, 0);
    for (const index of [-1, 3, 0.5, Number.NaN]) {
      expect(() => view.list.get(index)).toThrow(AddressError);
      expect(() => view.wide.setLo(index, 0)).toThrow(AddressError);
      expect(() => view.pairs.at(index)).toThrow(AddressError);
      expect(() => view.list.set(index, 0)).toThrow("among 3");
    }
    expect(() => view.raw.get(5)).toThrow(AddressError);
    expect(() => view.raw.write(new Uint8Array(3), 3)).toThrow(AddressError);
    expect(() => view.raw.read(new Uint8Array(6))).toThrow(AddressError);
  });

  it.each<[string, object]>([
    ["a name that is none", { id: 1, idd: 1 }],
    ["a bigint for a number", { id: 1, pair: { a: 1n } }],
    ["a number for a bigint", { id: 1, wide: [1n, 1] }],
    ["too many elements", { id: 1, list: [1, 2, 3, 4] }],
    ["no array", { id: 1, list: 5 }],
    ["too many bytes", { id: 1, raw: new Uint8Array(6) }],
    ["an array for an object", { id: 1, pair: [] }],
    ["null", { id: 1, pairs: [null] }],
  ])("refuse %s, before anything is stored", (_what, values) => {
    const { cache, bytes: ram } = cachedRam();
    const before = ram.slice();
    expect(() => all.write(cache, 0x80, values)).toThrow(LayoutError);
    expect(ram).toEqual(before);
  });
});
