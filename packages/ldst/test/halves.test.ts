import { Data64, type MemTxResult, MemTxResult as Tx } from "@mem/core";
import { type AddressSpace, Machine } from "@mem/flat";
import { describe, expect, it } from "vitest";
import { Bus, MemoryRegionCache, TxStatus, type WordAccess } from "../src/index.js";

const VALUE = 0xfedc_ba98_7654_3210n;

function machineWithAll(): { space: AddressSpace; calls: string[] } {
  const machine = new Machine();
  const root = machine.container({ name: "system", size: 2n ** 64n });
  const calls: string[] = [];
  const ram = machine.ram({ name: "ram", size: 0x3000 });
  const rom = machine.rom({ name: "rom", size: 0x1000 });
  const wide = { valid: { maxAccessSize: 8 as const }, impl: { maxAccessSize: 8 as const } };
  root.addSubregion(0x0800, ram); // its sections end at 0x1000 and 0x3000
  root.addSubregion(0x4000, rom);
  root.addSubregion(
    0x5000,
    machine.mmio({
      name: "bigints",
      size: 0x100,
      ...wide,
      read: () => 0,
      read64: (offset) => VALUE + BigInt(offset),
      write64: (offset, value) => void calls.push(`${offset} ${value.toString(16)}`),
      write: () => undefined,
    }),
  );
  root.addSubregion(
    0x5100,
    machine.mmio({
      name: "carriers",
      size: 0x100,
      ...wide,
      endianness: "big",
      readWithAttrs: (offset, _size, _attrs, data) => {
        data.set(0x7654_3210 + offset, 0xfedc_ba98);
        return Tx.OK;
      },
      writeWithAttrs: (offset, data) => {
        calls.push(`${offset} ${data.value64.toString(16)}`);
        data.set(0, 0); // what a device does with its own carrier is nobody else's business
        return Tx.ERROR;
      },
    }),
  );
  root.addSubregion(
    0x5200,
    machine.mmio({
      name: "split",
      size: 0x100,
      read: (offset, size) => 0x80 + offset + size,
      write: (offset, value, size) => void calls.push(`${offset} ${value.toString(16)} ${size}`),
    }),
  );
  rom.ramBytes().forEach((_, i, bytes) => (bytes[i] = i * 7));
  ram.ramBytes().forEach((_, i, bytes) => (bytes[i] = i * 13));
  root.addSubregion(2 ** 40, machine.alias({ name: "high", size: 0x1000, target: ram }));
  return { space: machine.addressSpace(root, "cpu"), calls };
}

type Loads = "ld64le" | "ld64be" | "ld64";
type Stores = "st64le" | "st64be" | "st64";
const LOADS: Loads[] = ["ld64le", "ld64be", "ld64"];
const STORES: Stores[] = ["st64le", "st64be", "st64"];

function load(words: WordAccess<number>, name: Loads, addr: number): [bigint, MemTxResult] {
  const status = new TxStatus();
  return [words[name](addr, undefined, status), status.result];
}

function loadInto(words: WordAccess<number>, name: Loads, addr: number): [bigint, MemTxResult] {
  const status = new TxStatus();
  const data = new Data64();
  data.set(1, 2);
  words[`${name}Into`](addr, data, undefined, status);
  return [data.value64, status.result];
}

/** RAM, across its sections and pages, ROM, devices, and holes; aligned and not. */
const PLACES = [
  0x800, 0x803, 0xff8, 0xffc, 0x1000, 0x1ffc, 0x2ffd, 0x37f8, 0x37fc, 0x3800, 0x4000, 0x4005,
  0x4ffc, 0x5000, 0x5008, 0x5001, 0x50fc, 0x5100, 0x5108, 0x5200, 0x5204, 0x9000,
];

describe("64 bits in two halves", () => {
  it("load what bigints load, in every order, from everything", () => {
    const bus = new Bus(machineWithAll().space) as WordAccess<number>;
    for (const name of LOADS) {
      for (const addr of [...PLACES, 2 ** 40, 2 ** 40 + 0xffc]) {
        expect([name, addr, loadInto(bus, name, addr)]).toEqual([
          name,
          addr,
          load(bus, name, addr),
        ]);
      }
    }
    expect(loadInto(bus, "ld64le", 0x5108)[0]).toBe(0x1832_5476_98ba_dcfen);
  });

  it("store what bigints store, in every order, to everything", () => {
    for (const name of STORES) {
      for (const addr of [...PLACES, 2 ** 40]) {
        const [one, two] = [machineWithAll(), machineWithAll()];
        const [left, right] = [new TxStatus(), new TxStatus()];
        const data = new Data64();
        data.value64 = VALUE;
        new Bus(one.space)[name](addr, VALUE, undefined, left);
        new Bus(two.space)[`${name}From`](addr, data, undefined, right);
        expect(data.value64).toBe(VALUE);
        expect([addr, right.result, two.calls]).toEqual([addr, left.result, one.calls]);
        expect(bytesOf(two.space)).toEqual(bytesOf(one.space));
      }
    }
  });

  it("do the same in a cache of anything", () => {
    for (const start of [0x800, 0x4000, 0x5000, 0x5100, 0x5200, 0x9000]) {
      for (const [i, name] of LOADS.entries()) {
        const [one, two] = [machineWithAll(), machineWithAll()];
        using left = new MemoryRegionCache(one.space, start, 0x40, true);
        using right = new MemoryRegionCache(two.space, start, 0x40, true);
        const data = new Data64();
        for (const offset of [0, 8, 3, 0x38]) {
          expect([start, loadInto(right, name, offset)]).toEqual([start, load(left, name, offset)]);
          data.value64 = VALUE;
          const [was, is] = [new TxStatus(), new TxStatus()];
          left[STORES[i] ?? "st64"](offset, VALUE, undefined, was);
          right[`${STORES[i] ?? "st64"}From`](offset, data, undefined, is);
          expect([data.value64, is.result, two.calls]).toEqual([VALUE, was.result, one.calls]);
        }
        expect(bytesOf(two.space)).toEqual(bytesOf(one.space));
        expect(() => right.ld64leInto(0x3c, data)).toThrow(/leave the cache/);
      }
    }
  });
});

function bytesOf(space: AddressSpace): string {
  const bytes = new Uint8Array(0x3000);
  space.read(0x800, bytes);
  return new TextDecoder("latin1").decode(bytes);
}
