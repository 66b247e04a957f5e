import { AddressError, Data64, Machine, MemTxResult, memOp, RegionOptionsError } from "@mem/flat";
import { describe, expect, it } from "vitest";

const { OK, DECODE_ERROR } = MemTxResult;

function board() {
  const machine = new Machine();
  const system = machine.container({ name: "system", size: 2n ** 64n });
  const recorded = machine.addressSpace(system, "recorded");
  const space = machine.addressSpace(system, "split", { crossSections: "split" });
  /** RAM that counts up from a value. */
  const ram = (at: number, size: number, first: number) => {
    const region = machine.ram({ name: `ram${first}`, size });
    region.ramBytes().forEach((_, i, bytes) => (bytes[i] = first + i));
    system.addSubregion(at, region);
    return region;
  };
  return { machine, system, recorded, space, ram };
}

describe("words across boundaries, where they are split", () => {
  it("are read and written over two modules of RAM side by side", () => {
    const { ram, space, recorded } = board();
    const low = ram(0, 0x1800, 0);
    const high = ram(0x1800, 0x1000, 0x40);
    for (const size of [2, 4] as const) {
      for (let before = 1; before < size; before++) {
        const addr = 0x1800 - before;
        const bytes = Uint8Array.from({ length: size }, (_, i) =>
          i < before ? (0x1800 - before + i) & 0xff : 0x40 + i - before,
        );
        const expected = bytes.reduceRight((value, byte) => value * 256 + byte, 0);
        expect(space.load(addr, size)).toBe(expected);
        expect(space.lastResult).toBe(OK);
        recorded.load(addr, size);
        expect(recorded.lastResult).toBe(DECODE_ERROR);
      }
    }
    expect(space.load64(0x17fd)).toBe(0x44_4342_4140_fffe_fdn);
    expect(space.store64(0x17fd, 0x1122_3344_5566_7788n)).toBe(OK);
    expect([...low.ramBytes().subarray(0x17fd, 0x1800)]).toEqual([0x88, 0x77, 0x66]);
    expect([...high.ramBytes().subarray(0, 6)]).toEqual([0x55, 0x44, 0x33, 0x22, 0x11, 0x45]);
    expect(space.store(0x17ff, 2, 0xabcd)).toBe(OK);
    expect([low.ramBytes()[0x17ff], high.ramBytes()[0]]).toEqual([0xcd, 0xab]);
  });

  it("wrap in mirrors of 2 KiB, in either byte order", () => {
    const { machine, system, space } = board();
    const wram = machine.ram({ name: "wram", size: 0x800 });
    wram.ramBytes().forEach((_, i, bytes) => (bytes[i] = i ^ (i >> 4)));
    for (let i = 0; i < 4; i++) {
      const name = `mirror${i}`;
      system.addSubregion(i * 0x800, machine.alias({ name, target: wram, size: 0x800 }));
    }
    const data = new Data64();
    for (const at of [0x7fd, 0xffe, 0xfff, 0x17f9]) {
      const bytes = Array.from({ length: 8 }, (_, i) => wram.ramBytes()[(at + i) % 0x800] ?? 0);
      const value = (order: number[]) =>
        order.reduce((all, byte) => (all << 8n) | BigInt(byte), 0n);
      expect(space.loadData(at, memOp(8, "big"), data)).toBe(OK);
      expect(data.value64).toBe(value(bytes));
      expect(space.loadData(at, memOp(8), data)).toBe(OK);
      expect(data.value64).toBe(value(bytes.toReversed()));
      data.value64 = 0x0102_0304_0506_0708n;
      expect(space.storeData(at, memOp(8, "big"), data)).toBe(OK);
      const now = Array.from({ length: 8 }, (_, i) => wram.ramBytes()[(at + i) % 0x800]);
      expect(now).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    }
  });

  it("go through RAM of 0x1800 bytes, over the cut at its page, and end at its end", () => {
    const { ram, space, recorded } = board();
    ram(0, 0x1800, 0);
    expect([space.load(0xffe, 4), space.lastResult]).toEqual([0x0100_fffe, OK]);
    recorded.load(0xffe, 4);
    expect(recorded.lastResult).toBe(DECODE_ERROR);
    expect([space.load(0x17fe, 4), space.lastResult]).toEqual([0xfffe, DECODE_ERROR]);
    expect(space.store(0x17fe, 4, 0x1122_3344)).toBe(DECODE_ERROR);
    expect(space.load(0x17fe, 2)).toBe(0x3344);
  });

  it("reach devices in pieces that are aligned there, by ascending address", () => {
    const { machine, system, space, ram, recorded } = board();
    const calls: string[] = [];
    const io = machine.mmio({
      name: "io",
      size: 0x10,
      valid: { unaligned: false },
      read: (offset, size) => (calls.push(`r${offset}.${size}`), 0xa1b2c3d4),
      write: (offset, value, size) => void calls.push(`w${offset}.${size}=${value.toString(16)}`),
    });
    system.addSubregion(0x1000, io);
    const behind = ram(0x1010, 0x10, 0x50);
    ram(0, 0x1000, 0);
    expect(space.load(0xffd, 4)).toBe(0xd4fffefd);
    expect(space.load64(0xffd)).toBe(0xd4a1_b2c3_d4ff_fefdn);
    expect(calls).toEqual(["r0.1", "r0.4", "r4.1"]);
    calls.length = 0;
    expect(space.store64(0x100d, 0x1122_3344_5566_7788n)).toBe(OK);
    expect(calls).toEqual(["w13.1=88", "w14.2=6677"]);
    expect([...behind.ramBytes().subarray(0, 5)]).toEqual([0x55, 0x44, 0x33, 0x22, 0x11]);
    calls.length = 0;
    for (let i = 0; i < 3; i++) expect(space.load(0x100e, 4)).toBe(0x4455_c3d4);
    expect(calls).toEqual(["r14.2", "r14.2", "r14.2"]);
    // As recorded, the device has the word whole, behind its end too.
    calls.length = 0;
    recorded.store(0x100c, 4, 1);
    recorded.storeData(0x100c, memOp(8), new Data64());
    expect(calls).toEqual(["w12.4=1"]);
  });

  it("leave a device whole where it goes on over a page", () => {
    const { machine, system, space } = board();
    const calls: string[] = [];
    const io = machine.mmio({
      name: "io",
      size: 0x1800,
      valid: { unaligned: true },
      read: (offset, size) => (calls.push(`${offset.toString(16)}.${size}`), 0),
    });
    system.addSubregion(0, io);
    for (let i = 0; i < 2; i++) space.load(0xffe, 4);
    expect(calls).toEqual(["ffe.4", "ffe.4"]);
  });

  it("have a part that fails read as 0, with the results of all parts", () => {
    const { machine, system, space, ram } = board();
    ram(0, 0x1000, 0);
    const bad = machine.mmio({
      name: "bad",
      size: 0x10,
      read: () => {
        throw new Error("no");
      },
    });
    system.addSubregion(0x1000, bad);
    expect([space.load(0xffe, 4), space.lastResult]).toEqual([0xfffe, MemTxResult.ERROR]);
    expect([space.load(0x100f, 2), space.lastResult]).toEqual([
      0,
      MemTxResult.ERROR | DECODE_ERROR,
    ]);
  });

  it("cost nothing to others, and need a mode that there is", () => {
    const { machine, system, recorded, space } = board();
    expect([recorded.crossSections, space.crossSections]).toEqual(["as-recorded", "split"]);
    const bad = { crossSections: "both" } as never;
    expect(() => machine.addressSpace(system, "x", bad)).toThrow(RegionOptionsError);
    expect(() => space.load(-1, 4)).toThrow(AddressError);
    expect([space.load64(2n ** 64n - 2n), space.lastResult]).toEqual([0n, DECODE_ERROR]);
  });
});
