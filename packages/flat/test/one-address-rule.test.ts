import { systemInternals } from "@mem/core/plumbing";
import { AddressError, Data64, Machine, MemTxResult, memOp } from "@mem/flat";
import { describe, expect, it } from "vitest";

const BAD: Record<string, unknown> = {
  "below 0": -1,
  "a signed 32-bit address": 0xffff_f000 | 0,
  "far below 0": -(2 ** 40),
  "a fraction": 1.5,
  "a fraction above 2^32": 2 ** 32 + 0.5,
  NaN: NaN,
  infinite: Infinity,
  "2^53": 2 ** 53,
  "2^64 as a number": 2 ** 64,
  "2^64": 2n ** 64n,
  "below 0, as a bigint": -1n,
  "a string": "16",
  undefined: undefined,
  null: null,
  "an object": {},
};

function board() {
  const machine = new Machine();
  const system = machine.container({ name: "system", size: 2n ** 64n });
  const ram = machine.ram({ name: "ram", size: 0x10000 });
  system.addSubregion(0, ram);
  system.addSubregion(2 ** 32, machine.alias({ name: "high", target: ram, size: 0x10000 }));
  system.addSubregion(0x20000, machine.mmio({ name: "io", size: 0x100, read: () => 7 }));
  return machine.addressSpace(system, "cpu");
}

type Space = ReturnType<typeof board>;
const data = new Data64();
/** Every entrance of an address space that takes an address. */
const ENTRANCES: Record<string, (space: Space, addr: never) => unknown> = {
  load: (space, addr) => space.load(addr, 4),
  "load of 1": (space, addr) => space.load(addr, 1),
  load64: (space, addr) => space.load64(addr),
  fetch: (space, addr) => space.fetch(addr),
  store: (space, addr) => space.store(addr, 4, 0),
  store64: (space, addr) => space.store64(addr, 0n),
  loadData: (space, addr) => space.loadData(addr, memOp(4), data),
  storeData: (space, addr) => space.storeData(addr, memOp(8), data),
  read: (space, addr) => space.read(addr, new Uint8Array(4)),
  "read of nothing": (space, addr) => space.read(addr, new Uint8Array(0)),
  write: (space, addr) => space.write(addr, new Uint8Array(4)),
  "write of nothing": (space, addr) => space.write(addr, new Uint8Array(0)),
  rw: (space, addr) => space.rw(addr, new Uint8Array(4), true),
  set: (space, addr) => space.set(addr, 1, 4),
  "set of nothing": (space, addr) => space.set(addr, 1, 0),
  writeRom: (space, addr) => space.writeRom(addr, new Uint8Array(4)),
  translate: (space, addr) => space.translate(addr, 4, false),
  accessValid: (space, addr) => space.accessValid(addr, 4, false),
  "accessValid of nothing": (space, addr) => space.accessValid(addr, 0, false),
  isIo: (space, addr) => space.isIo(addr),
  iotlbEntry: (space, addr) => space.iotlbEntry(addr, false),
  map: (space, addr) => space.map(addr, 4, { isWrite: false }),
  "map of nothing": (space, addr) => space.map(addr, 0, { isWrite: false }),
  lookup: (space, addr) => space.lookup(addr),
  "lookup of a view": (space, addr) => space.flatView.lookup(addr),
  "find of a view": (space, addr) => space.flatView.find(addr),
};

/** What the address space has found before. */
const HISTORIES: Record<string, (space: Space) => void> = {
  nothing: () => {},
  "the RAM at 0": (space) => void [space.load(0, 4), space.read(0, new Uint8Array(8))],
  "a device": (space) => void space.load(0x20000, 4),
  "the hole": (space) => void space.load(2 ** 40, 4),
  "RAM above 4 GiB": (space) => void space.load(2 ** 32, 4),
  "pages one by one": (space) => {
    for (let i = 0; i < 80; i++) space.load(i % 2 ? 0x1000 : 0x20000, 4);
  },
};

describe("what is no address", () => {
  it.each(Object.keys(BAD))("throws an AddressError at every entrance: %s", (name) => {
    for (const [history, warm] of Object.entries(HISTORIES)) {
      for (const [entrance, run] of Object.entries(ENTRANCES)) {
        const space = board();
        warm(space);
        expect(() => run(space, BAD[name] as never), `${entrance} after ${history}`).toThrow(
          AddressError,
        );
        space.destroy();
      }
    }
  });

  it("has changed nothing", () => {
    const space = board();
    for (const bad of Object.values(BAD)) {
      for (const run of Object.values(ENTRANCES)) {
        expect(() => run(space, bad as never)).toThrow(AddressError);
      }
    }
    expect(systemInternals(space.system).reclaimer.inFlight).toBe(0);
    expect(space.load64(0)).toBe(0n);
  });

  it("is told from what may have been meant", () => {
    const space = board();
    expect(() => space.load(0xffff_f000 | 0, 4)).toThrow(/-0x1000 .*`>>> 0`/);
    expect(() => space.load(1.5, 4)).toThrow(/1.5 is no exact integer/);
    expect(() => space.load(2 ** 60, 4)).toThrow(/a bigint is needed/);
    expect(() => space.load("4" as never, 4)).toThrow(/is string, where a number or a bigint/);
  });

  it("is not an address behind the end of what shows, which has a result", () => {
    const space = board();
    for (const addr of [2 ** 53 - 1, 2n ** 53n, 2n ** 64n - 1n]) {
      expect(space.load(addr, 4)).toBe(0);
      expect(space.lastResult).toBe(MemTxResult.DECODE_ERROR);
      expect(space.store(addr, 1, 1)).toBe(MemTxResult.DECODE_ERROR);
      expect(space.read(addr, new Uint8Array(4))).toBe(MemTxResult.DECODE_ERROR);
    }
    expect(space.load(-0, 4)).toBe(0);
    expect(space.lastResult).toBe(MemTxResult.OK);
  });

  it("is not a bigint below 2^53, which is what the number is", () => {
    const space = board();
    expect(space.store(0x10n, 4, 0x1234)).toBe(MemTxResult.OK);
    expect([space.load(0x10, 4), space.load(0x10n, 2), space.load(2n ** 32n + 0x10n, 4)]).toEqual([
      0x1234, 0x1234, 0x1234,
    ]);
    expect(space.lookup(0x10n as never)).toBe(space.lookup(0x10));
  });
});

describe("a word", () => {
  it.each([0, 3, 8, -1, 1.5, NaN, "4", undefined])("of %s bytes throws an AddressError", (size) => {
    for (const warm of Object.values(HISTORIES)) {
      const space = board();
      warm(space);
      for (const addr of [0, 0x1004, 2 ** 32, 2 ** 32 + 0x1000, 0x20000, 2n ** 60n]) {
        expect(() => space.load(addr, size as never)).toThrow(AddressError);
        expect(() => space.store(addr, size as never, 0)).toThrow(AddressError);
      }
      space.destroy();
    }
  });

  it("of 64 bits goes wherever others do", () => {
    const space = board();
    for (const addr of [0, 0x1ffc, 2 ** 32, 2n ** 32n, 0x10000 - 8]) {
      expect(space.store64(addr, 0x0123_4567_89ab_cdefn)).toBe(MemTxResult.OK);
      expect([space.load64(addr), space.lastResult]).toEqual([0x0123_4567_89ab_cdefn, 0]);
      expect(space.load(addr, 4)).toBe(0x89ab_cdef);
      expect(space.store64(addr, -1n)).toBe(MemTxResult.OK);
      expect(space.load64(addr)).toBe(2n ** 64n - 1n);
    }
    expect([space.load64(0x20000), space.lastResult]).toEqual([7n | (7n << 32n), 0]);
    expect([space.load64(0xfffc), space.lastResult]).toEqual([0n, MemTxResult.DECODE_ERROR]);
    expect(space.store64(0x40000, 1n)).toBe(MemTxResult.DECODE_ERROR);
  });
});
