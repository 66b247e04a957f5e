import { describe, expect, it } from "vitest";

import { numberedDisk, SECTORS, setUp } from "./ide-rig.js";

describe("IDE bus master", () => {
  function withDma() {
    const disk = numberedDisk();
    const setup = setUp(disk);
    const { rig, ide } = setup;
    const ram = rig.machine.ram({ name: "ram", size: 0x100000 });
    rig.memory.addSubregion(0, ram);
    ide.configWrite(0x20, 0xc000, 4);
    ide.configWrite(0x04, 0x0005, 2);
    const bytes = ram.ramBytes(0, 0x100000);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const prd = (n: number, address: number, length: number, last: boolean): void => {
      view.setUint32(0x1000 + 8 * n, address, true);
      view.setUint16(0x1004 + 8 * n, length & 0xffff, true);
      view.setUint16(0x1006 + 8 * n, last ? 0x8000 : 0, true);
    };
    rig.out(0xc004, 0x1000, 4);
    return { ...setup, disk, view, prd };
  }

  it("scatters a read over memory", () => {
    const { rig, prd, view, command, primaryIrq } = withDma();
    prd(0, 0x2000, 0x300, false);
    prd(1, 0x8000, 0x500, true);
    command(0xc8, 7, 4);
    expect(rig.in(0x3f6)).toBe(0x58);
    rig.out(0xc000, 0x09);
    expect(rig.in(0xc002)).toBe(0x04);
    expect(primaryIrq.level).toBe(true);
    expect(rig.in(0x1f7)).toBe(0x50);
    expect(view.getUint32(0x2000, true)).toBe(7);
    expect(view.getUint32(0x2200, true)).toBe(8);
    expect(view.getUint32(0x8000 + 0x100, true)).toBe(9);
    expect(view.getUint32(0x8000 + 0x300, true)).toBe(10);
    rig.out(0xc002, 0x64);
    expect(rig.in(0xc002)).toBe(0x60);
  });

  it("notes no interrupt that the drive was told not to make", () => {
    const { rig, prd, command, primaryIrq } = withDma();
    prd(0, 0x2000, 0x200, true);
    rig.out(0x3f6, 0x02);
    command(0xc8, 7, 1);
    rig.out(0xc000, 0x09);
    expect([rig.in(0xc002), rig.in(0x3f6), primaryIrq.level]).toEqual([0x00, 0x50, false]);
  });

  it("gathers a write, the engine started first", () => {
    const { rig, prd, view, disk, commandExt } = withDma();
    view.setUint32(0x2000, 0xdeadbeef, true);
    prd(0, 0x2000, 0x200, true);
    rig.out(0xc000, 0x01);
    commandExt(0x35, 0x123, 1);
    expect(rig.in(0xc002)).toBe(0x04);
    expect(new DataView(disk.bytes.buffer).getUint32(0x123 * 512, true)).toBe(0xdeadbeef);
  });

  it("gives up without an interrupt when the list is too short", () => {
    const { rig, prd, command } = withDma();
    prd(0, 0x2000, 0x100, true);
    command(0xc8, 0, 1);
    rig.out(0xc000, 0x09);
    expect(rig.in(0xc002)).toBe(0x00);
    expect(rig.in(0x3f6)).toBe(0x50);
  });

  it("takes an unreachable list for zeroes: 64 KiB at 0, and more to come", () => {
    const { rig, ide, prd, command } = withDma();
    prd(0, 0x2000, 0x200, true);
    ide.configWrite(0x04, 0x0001, 2);
    command(0xc8, 0, 1);
    rig.out(0xc000, 0x09);
    expect(rig.in(0xc002)).toBe(0x05);
    expect(rig.in(0x3f6)).toBe(0x50);
    expect(rig.memorySpace.load(0x2000, 4)).toBe(0);
  });

  it("moves nothing, and stays active or not by what is left of the list", () => {
    const { rig, prd, view, command } = withDma();
    // Two sectors are wanted, the list names one and a half: none is moved.
    prd(0, 0x2000, 0x300, true);
    view.setUint32(0x2000, 0x55aa55aa, true);
    command(0xc8, 7, 2);
    rig.out(0xc000, 0x09);
    expect([rig.in(0xc002), rig.in(0x1f7)]).toEqual([0x00, 0x50]);
    expect(view.getUint32(0x2000, true)).toBe(0x55aa55aa);
    rig.out(0xc000, 0);
    // One is wanted: an exact list ends the engine's work, half a sector more keeps it at work.
    prd(0, 0x2000, 0x200, true);
    command(0xc8, 7, 1);
    rig.out(0xc000, 0x09);
    expect([rig.in(0xc002), rig.in(0x1f7)]).toEqual([0x04, 0x50]);
    rig.out(0xc000, 0);
    prd(0, 0x2000, 0x300, true);
    rig.out(0xc002, 0x04);
    command(0xc8, 7, 1);
    rig.out(0xc000, 0x09);
    expect([rig.in(0xc002), rig.in(0x1f7)]).toEqual([0x05, 0x50]);
    rig.out(0xc000, 0);
    expect(rig.in(0xc002)).toBe(0x04);
  });

  it("ends a transfer of sectors that are not there with an error, and the engine with it", () => {
    const { rig, prd, command, primaryIrq } = withDma();
    prd(0, 0x2000, 0x400, true);
    command(0xc8, SECTORS - 1, 2);
    expect(rig.in(0x1f7)).toBe(0x58);
    rig.out(0xc000, 0x09);
    expect([rig.in(0xc002), primaryIrq.level]).toEqual([0x04, true]);
    expect([rig.in(0x1f7), rig.in(0x1f1)]).toEqual([0x41, 0x10]);
  });

  it("takes no command, a reset among them, while it waits for the engine", () => {
    const { rig, command } = withDma();
    command(0xca, 2, 8);
    for (const code of [0xec, 0x90, 0x08]) {
      rig.out(0x1f7, code);
      expect([rig.in(0x1f7), rig.in(0x1f2)]).toEqual([0x58, 8]);
    }
  });

  it("follows a list of a page at most", () => {
    const { rig, prd, view, command } = withDma();
    for (let n = 0; n < 512; n++) prd(n, 0x4000, 0x200, false);
    view.setUint16(0x1000 + 8 * 512 + 6, 0x8000, true);
    rig.out(0x1f6, 0xe0);
    command(0xc8, 0, 0);
    rig.out(0xc000, 0x09);
    // 256 of 512 sectors were taken.
    expect([rig.in(0xc002), rig.in(0x1f7)]).toEqual([0x05, 0x50]);
    expect(view.getUint32(0x4000, true)).toBe(255);
  });

  it("takes a list of sectors to trim, and keeps them", () => {
    const { rig, prd, view, command, disk } = withDma();
    const trim = (lba: number, sectors: number, blocks = 1): number[] => {
      view.setUint32(0x2000, lba, true);
      view.setUint32(0x2004, sectors << 16, true);
      rig.out(0x1f1, 1);
      command(0x06, 0, blocks);
      rig.out(0xc000, 0x01);
      const answer = [rig.in(0xc002), rig.in(0x1f7), rig.in(0x1f1)];
      rig.out(0xc000, 0);
      rig.out(0xc002, 0x06);
      return answer;
    };
    prd(0, 0x2000, 0x200, true);
    expect(trim(0x10, 8)).toEqual([0x04, 0x50, 0]);
    // As of other transfers, the registers show the sector behind as many as the list was long.
    expect([rig.in(0x1f2), rig.in(0x1f3), rig.in(0x1f4)]).toEqual([0, 1, 0]);
    expect(new DataView(disk.bytes.buffer).getUint32(0x10 * 512, true)).toBe(0x10);
    expect(trim(SECTORS - 1, 2)).toEqual([0x04, 0x41, 0x04]);
    expect(trim(SECTORS - 1, 2, 0)).toEqual([0x04, 0x50, 0]);
    rig.out(0x1f1, 0);
    command(0x06, 0, 1);
    expect([rig.in(0x1f7), rig.in(0x1f1)]).toEqual([0x41, 0x04]);
  });

  it("answers bytes only at its command registers", () => {
    const { rig } = withDma();
    expect(rig.in(0xc000, 2)).toBe(0xffff);
    rig.out(0xc00c, 0x12345677, 4);
    expect(rig.in(0xc00c, 4)).toBe(0x12345674);
    expect(rig.in(0xc00d)).toBe(0x56);
  });
});
