import { inspected } from "@mem/common";
import { Machine } from "@mem/flat";
import {
  array,
  Bus,
  bytes,
  defineLayout,
  MemoryRegionCache,
  padding,
  TxStatus,
  u16be,
  u32le,
  u64le,
} from "@mem/ldst";
import { describe, expect, it } from "vitest";
import { makeMachine } from "./machine.js";

const POINT = defineLayout({ x: u16be, y: u16be });
const DESCRIPTOR = defineLayout({
  addr: u64le,
  len: u32le,
  gap: padding(2),
  mac: bytes(6),
  place: POINT,
  next: array(u32le, 2),
});

function described() {
  const made = makeMachine();
  made.ram(0, 0x1000);
  const view = DESCRIPTOR.view(made.bus, 0x10);
  view.assign({ addr: 0x1234n, len: 7, place: { x: 1, y: 2 }, next: [5, 6] });
  return { ...made, view };
}

const FIELDS = [
  "  addr 8 byte(s) = 4660n",
  "  len 4 byte(s) = 7",
  "  mac 6 byte(s) = 1e 1f 20 21 22 23",
  "  place 4 byte(s) = { x: 1, y: 2 }",
  "  next 8 byte(s) = [5, 6]",
];

describe("console.log of a structure in guest memory", () => {
  it("is its place and its fields", () => {
    const { view } = described();
    const place = "StructView 0x10+0x20 of cpu";
    expect(inspected(view).split("\n")).toEqual([place, ...FIELDS]);
    expect(inspected({ view })).toBe(`{ view: ${place} }`);
    expect(String(view)).toBe(place);
    expect(JSON.parse(JSON.stringify(view))).toEqual({
      position: "0x10",
      size: 32,
      fields: {
        addr: "4660",
        len: 7,
        mac: "1e 1f 20 21 22 23",
        place: { x: 1, y: 2 },
        next: [5, 6],
      },
    });
  });

  it("is the same through a cache", () => {
    const { space } = described();
    using cache = new MemoryRegionCache(space, 0x10, 0x40, true);
    const view = DESCRIPTOR.view(cache, 0);
    expect(inspected(view).split("\n").slice(1)).toEqual(FIELDS);
    expect(inspected(cache)).toBe("MemoryRegionCache 0x10+0x40 ram@0x10 (direct), read and write");
    cache.destroy();
    expect(inspected(cache)).toBe("MemoryRegionCache (nothing cached)");
    expect(JSON.parse(JSON.stringify(view))).toMatchObject({ position: "0x0", fields: null });
  });

  it("asks no device, and says so", () => {
    const { mmio, bus, space } = makeMachine();
    let asked = 0;
    mmio(0x1000, { read: () => ++asked, write() {} });
    const view = POINT.view(bus, 0x1000);
    const text = inspected(view).split("\n");
    expect(text.slice(1)).toEqual(["  x 2 byte(s)", "  y 2 byte(s)"]);
    expect(JSON.parse(JSON.stringify(view))).toMatchObject({ fields: null });
    using cache = new MemoryRegionCache(space, 0x1000, 4, false);
    expect(inspected(POINT.view(cache, 0)).split("\n")).toHaveLength(3);
    expect(inspected(cache)).toBe("MemoryRegionCache 0x1000+0x4 io@0x0, read only");
    expect(asked).toBe(0);
    expect([view.x, asked]).toEqual([0x0100, 1]);
  });

  it("leaves the status of its accesses, and memory that is not there, alone", () => {
    const machine = new Machine();
    let loads = 0;
    const source = { load: () => void loads++, discard: () => undefined };
    const ram = machine.ram({ name: "ram", size: 0x1000_0000, source });
    const space = machine.addressSpace(ram, "bus");
    const status = new TxStatus();
    status.result = 2;
    const view = POINT.view(space, 0x20_0000, { status });
    expect(inspected(view).split("\n")[1]).toBe("  x 2 byte(s)");
    expect([loads, status.result, ram.ramBlock?.allocatedBytes]).toEqual([0, 2, 0]);
    expect([view.x, status.result]).toEqual([0, 0]);
    expect(inspected(view).split("\n")[1]).toBe("  x 2 byte(s) = 0");
  });

  it("reads across regions, and nothing behind their end", () => {
    const { machine, root, bus } = makeMachine();
    root.addSubregion(0, machine.ram({ name: "low", size: 0x1000 }));
    const high = machine.ram({ name: "high", size: 0x1000 });
    root.addSubregion(0x1000, high);
    bus.st16be(0xffe, 0x1111);
    bus.st16be(0x1000, 0x2222);
    const text = () => inspected(POINT.view(bus, 0xffe)).split("\n").slice(1);
    expect(text()).toEqual(["  x 2 byte(s) = 4369", "  y 2 byte(s) = 8738"]);
    high.enabled = false;
    expect(text()).toEqual(["  x 2 byte(s)", "  y 2 byte(s)"]);
    expect(inspected(POINT.view(bus, 2n ** 64n - 2n)).split("\n")).toHaveLength(3);
  });

  it("does not read what is long", () => {
    const { bus, ram } = makeMachine();
    ram(0);
    const long = defineLayout({ list: array(u32le, 2000) });
    expect(inspected(long.view(bus, 0)).split("\n")).toEqual([
      "StructView 0x0+0x1f40 of cpu",
      "  list 8000 byte(s)",
    ]);
  });
});

describe("console.log of what structures are made of", () => {
  it("is a layout with its offsets", () => {
    expect(inspected(DESCRIPTOR).split("\n")).toEqual([
      "Layout, 32 byte(s), 5 field(s)",
      "  +0x0 addr QuadField, 8 byte(s)",
      "  +0x8 len NumberField, 4 byte(s)",
      "  +0xe mac BytesField, 6 byte(s)",
      "  +0x14 place Layout, 4 byte(s), 2 field(s)",
      "  +0x18 next ArrayField, 8 byte(s)",
    ]);
    expect(JSON.parse(JSON.stringify(POINT))).toEqual({
      kind: "Layout",
      size: 4,
      alignment: 1,
      fields: [
        { name: "x", offset: 0, kind: "NumberField", size: 2, alignment: 2 },
        { name: "y", offset: 2, kind: "NumberField", size: 2, alignment: 2 },
      ],
    });
  });

  it("is a line of an array and of bytes", () => {
    const { view } = described();
    const of = "of cpu";
    expect(inspected(view.next)).toBe(`ScalarArrayView 0x28+0x8 ${of}, 2 element(s) of 4 byte(s)`);
    expect(inspected(view.mac)).toBe(`BytesView 0x1e+0x6 ${of}`);
    expect(JSON.parse(JSON.stringify([view.next, view.mac]))).toEqual([
      { place: `0x28+0x8 ${of}`, length: 2, elementSize: 4 },
      { place: `0x1e+0x6 ${of}`, length: 6 },
    ]);
  });
});

describe("console.log of a bus and of a status", () => {
  it("is a line", () => {
    const { bus } = described();
    expect(inspected(bus)).toBe("Bus cpu, root system");
    expect(bus).toBeInstanceOf(Bus);
    expect(JSON.parse(JSON.stringify(bus))).toMatchObject({ space: { name: "cpu" } });
    const status = new TxStatus();
    expect(inspected(status)).toBe("TxStatus OK");
    bus.ld8(0x9000, undefined, status);
    expect(String(status)).toBe("TxStatus DECODE_ERROR");
  });
});
