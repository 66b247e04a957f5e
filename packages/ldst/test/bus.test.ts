import { AddressError, MemTxResult, memTxAttrs } from "@mem/core";
import { TxStatus } from "@mem/ldst";
import { describe, expect, it } from "vitest";
import { makeMachine, QUADS, valueOf, WORDS } from "./machine.js";

const BIG = 1n << 60n;
const VALUE = 0x8877_6655_4433_22f1n;

describe("words of a bus", () => {
  it.each(WORDS)("$load and $store agree with the bytes in RAM", ({ bits, order, load, store }) => {
    const { bus, ram } = makeMachine();
    const bytes = ram(0x1000).ramBytes();
    for (const at of [0x1000, 0x1001, 0x1ffd - 4, 0x5000 - bits / 8]) {
      const here = bytes.subarray(at - 0x1000, at - 0x1000 + bits / 8);
      expect(BigInt(bus[load](at))).toBe(valueOf(here, order));
      bus[store](at, Number(VALUE & 0xffff_ffffn));
      expect(valueOf(here, order)).toBe(BigInt.asUintN(bits, VALUE));
      expect(bus[load](BigInt(at))).toBe(Number(BigInt.asUintN(bits, VALUE)));
    }
  });

  it.each(QUADS)("$load and $store agree with the bytes in RAM", ({ bits, order, load, store }) => {
    const { bus, ram } = makeMachine();
    const bytes = ram(0x1000).ramBytes();
    for (const at of [0x1000, 0x1003, 0x5000 - 8]) {
      const here = bytes.subarray(at - 0x1000, at - 0x1000 + bits / 8);
      expect(bus[load](at)).toBe(valueOf(here, order));
      bus[store](at, -VALUE);
      expect(valueOf(here, order)).toBe(BigInt.asUintN(64, -VALUE));
      expect(bus[load](BigInt(at))).toBe(BigInt.asUintN(64, -VALUE));
    }
  });

  it.each([...WORDS, ...QUADS])(
    "$load and $store reach a device",
    ({ bits, order, load, store }) => {
      const { bus, mmio } = makeMachine();
      const writes: [number, bigint, number][] = [];
      const ops = {
        valid: { maxAccessSize: 8 },
        impl: { maxAccessSize: 8 },
        read: (offset: number) => 0x0403_0200 + offset,
        read64: (offset: number) => 0x0706_0504_0302_0100n + BigInt(offset),
        write: (offset: number, value: number, size: number) =>
          void writes.push([offset, BigInt(value), size]),
        write64: (offset: number, value: bigint) => void writes.push([offset, value, 8]),
      };
      mmio(0x8000, { ...ops, endianness: "little" });
      mmio(0x9000, { ...ops, endianness: "big" });
      const raw = BigInt.asUintN(bits, (bits === 64 ? 0x0706_0504_0302_0100n : 0x0403_0200n) + 8n);
      const swap = (value: bigint) => {
        const digits = value.toString(16).padStart(bits / 4, "0");
        return BigInt(`0x${(digits.match(/../g) ?? []).reverse().join("")}`);
      };
      const status = new TxStatus();
      for (const [base, device] of [
        [0x8000, "little"],
        [0x9000, "big"],
      ] as const) {
        const swapped = (order === "native" ? "little" : order) !== device && bits > 8;
        const expected = swapped ? swap(raw) : raw;
        expect(BigInt(bus[load](base + 8, undefined, status))).toBe(expected);
        const value = BigInt.asUintN(bits, VALUE);
        if (store === "st64" || store === "st64le" || store === "st64be")
          bus[store](base + 8, value);
        else bus[store](base + 8, Number(value));
        expect(writes.pop()).toEqual([8, swapped ? swap(value) : value, bits / 8]);
        expect(status.ok).toBe(true);
      }
    },
  );

  it("reach regions above 2^53 with bigints", () => {
    const { bus, ram } = makeMachine();
    ram(BIG);
    bus.st32be(BIG + 0x10n, 0xcafe_f00d);
    bus.st64(BIG + 0x18n, 5n);
    expect(bus.ld32be(BIG + 0x10n)).toBe(0xcafe_f00d);
    expect(bus.ld16le(BIG + 0x10n)).toBe(0xfeca);
    expect(bus.ld64(BIG + 0x18n)).toBe(5n);
  });
});

describe("the status of an access", () => {
  it("tells holes, ROM and devices that fail", () => {
    const { bus, rom, mmio } = makeMachine();
    rom(0x1000);
    mmio(0x8000, { readWithAttrs: () => MemTxResult.ERROR });
    const status = new TxStatus();
    expect(bus.ld32(0x7000, undefined, status)).toBe(0);
    expect(status.result).toBe(MemTxResult.DECODE_ERROR);
    expect(bus.ld8(0x1003, undefined, status)).toBe(3);
    expect(status.ok).toBe(true);
    bus.st8(0x1003, 9, undefined, status);
    expect(status.result).toBe(MemTxResult.DECODE_ERROR);
    expect(bus.ld8(0x1003)).toBe(3);
    bus.st64be(0x1000, 9n, undefined, status);
    expect(status.result).toBe(MemTxResult.DECODE_ERROR);
    expect(bus.ld32be(0x8000, undefined, status)).toBe(0);
    expect(status.result).toBe(MemTxResult.ERROR);
    expect(bus.ld64(0x1000, undefined, status)).toBe(0x0706_0504_0302_0100n);
    expect(status.ok).toBe(true);
  });

  it("lets a debugger write ROM", () => {
    const { bus, rom } = makeMachine();
    rom(0x1000);
    bus.st16be(0x1000, 0x1234, memTxAttrs({ debug: true }));
    expect(bus.ld16be(0x1000)).toBe(0x1234);
  });

  it("refuses a load over the end of RAM as a whole", () => {
    const { bus, ram } = makeMachine();
    ram(0x1000, 0x1000);
    const status = new TxStatus();
    expect(bus.ld32(0x1ffe, undefined, status)).toBe(0);
    expect(status.result).toBe(MemTxResult.DECODE_ERROR);
    bus.st64(0x1ffc, -1n, undefined, status);
    expect(status.result).toBe(MemTxResult.DECODE_ERROR);
    expect(bus.ld8(0x1fff)).toBe(0xff);
    expect(bus.ld8(0x1ffe)).toBe(0xfe);
  });

  it("hands the attributes to the device", () => {
    const { bus, mmio } = makeMachine();
    const seen: number[] = [];
    mmio(0x8000, { read: (_offset, _size, attrs) => seen.push(attrs.requesterId) });
    bus.ld8(0x8000, memTxAttrs({ requesterId: 7 }));
    bus.ld16be(0x8000, memTxAttrs({ requesterId: 8 }));
    bus.ld64le(0x8000, memTxAttrs({ requesterId: 9 }));
    expect(seen).toEqual([7, 8, 9, 9]);
  });
});

describe("stores", () => {
  it.each(WORDS)("$store tells the dirty clients", ({ store }) => {
    const { bus, ram } = makeMachine();
    const region = ram(0x1000);
    region.setLog(true);
    const bitmap = region.ramBlock?.dirtyBitmap(0);
    bitmap?.clear(0, 4);
    bus[store](0x2010, 1);
    expect([0, 1, 2].map((page) => bitmap?.get(page))).toEqual([false, true, false]);
  });

  it("follow the map at each access", () => {
    const { bus, ram, mmio } = makeMachine();
    ram(0x1000);
    const device = mmio(0x1000, { read: () => 0x5a });
    expect(bus.ld8(0x1000)).toBe(0x5a);
    device.enabled = false;
    expect(bus.ld8(0x1000)).toBe(0);
    device.enabled = true;
    expect(bus.ld8(0x1000)).toBe(0x5a);
  });

  it("of a callback that stores again do not disturb each other", () => {
    const { bus, ram, mmio } = makeMachine();
    ram(0x1000);
    const got: number[] = [];
    mmio(0x8000, {
      impl: { maxAccessSize: 1 },
      write: (_offset, value) => {
        bus.st32be(0x1000, 0xffff_ffff);
        got.push(value);
      },
    });
    bus.st32be(0x8000, 0x0102_0304);
    expect(got).toEqual([1, 2, 3, 4]);
  });
});

describe("an address that is none", () => {
  it.each([-1, -1n, 1n << 64n, 2 ** 60, 0.5, Number.NaN])("throws: %s", (addr) => {
    const { bus, ram } = makeMachine();
    ram(0x1000);
    expect(() => bus.ld8(addr)).toThrow(AddressError);
    expect(() => bus.ld64be(addr)).toThrow(AddressError);
    expect(() => bus.st32le(addr, 1)).toThrow(AddressError);
    expect(() => bus.st64(addr, 1n)).toThrow(AddressError);
  });
});
