import { describe, expect, it } from "vitest";

import { PciError } from "../src/pci/pci-error.js";
import { PciBus } from "../src/pci/pci-bus.js";
import { Rig } from "./support/board-rig.js";
import { TestCard } from "./support/test-card.js";

function cardRig(): { rig: Rig; card: TestCard } {
  const rig = new Rig();
  const card = new TestCard({ machine: rig.pc.machine, clock: rig.clock, log: () => undefined });
  rig.pc.board.pci.add(card, 3);
  return { rig, card };
}

const SLOT = 3;
const COMMAND = 0x04;

describe("configuration mechanism #1", () => {
  it("reads bytes, words and doublewords at any offset", () => {
    const rig = new Rig();
    expect(rig.config(0, 0, 0, 4)).toBe(0x12378086);
    expect(rig.config(0, 0, 0, 2)).toBe(0x8086);
    expect(rig.config(0, 0, 2, 2)).toBe(0x1237);
    expect(rig.config(0, 0, 1, 1)).toBe(0x80);
    expect(rig.config(0, 0, 3, 1)).toBe(0x12);
  });

  it("gives all ones where nothing is", () => {
    const rig = new Rig();
    expect(rig.config(9, 0, 0, 4)).toBe(0xffff_ffff);
    expect(rig.config(9, 0, 0, 2)).toBe(0xffff);
    expect(rig.config(0, 1, 0, 1)).toBe(0xff);
    rig.out(0xcf8, 4, 0x8001_0000);
    expect(rig.in(0xcfc, 4)).toBe(0xffff_ffff);
    rig.out(0xcf8, 4, 0);
    expect(rig.in(0xcfc, 4)).toBe(0xffff_ffff);
  });

  it("takes the index only as a doubleword", () => {
    const rig = new Rig();
    rig.out(0xcf8, 4, 0x8000_0800);
    rig.out(0xcf8, 1, 0x12);
    rig.out(0xcfa, 2, 0x1234);
    expect(rig.in(0xcf8, 4)).toBe(0x8000_0800);
  });

  it("names the board's functions", () => {
    const rig = new Rig();
    expect(rig.config(1, 0, 0)).toBe(0x70008086);
    expect(rig.config(1, 0, 0x0e, 1)).toBe(0x80);
    expect(rig.config(1, 3, 0)).toBe(0x71138086);
    expect(rig.config(1, 3, 8)).toBe(0x06800003);
    expect(rig.config(1, 3, 0x2c)).toBe(0x11001af4);
  });

  it("keeps what is read only, and masks what is partly writable", () => {
    const rig = new Rig();
    rig.setConfig(1, 3, 0, 0xffff_ffff);
    rig.setConfig(1, 3, COMMAND, 0xffff_ffff);
    rig.setConfig(1, 3, 0x0c, 0xffff_ffff);
    rig.setConfig(1, 3, 0x3c, 0xffff_ffff);
    expect(rig.config(1, 3, 0)).toBe(0x71138086);
    expect(rig.config(1, 3, COMMAND)).toBe(0x02800507);
    expect(rig.config(1, 3, 0x0c)).toBe(0xff);
    expect(rig.config(1, 3, 0x3c)).toBe(0x1ff);
  });
});

describe("base address registers", () => {
  it("tell their size", () => {
    const { rig } = cardRig();
    for (const offset of [0x10, 0x14, 0x18, 0x30]) {
      rig.setConfig(SLOT, 0, offset, 0xffff_ffff);
    }
    expect(rig.config(SLOT, 0, 0x10)).toBe(0xffff_0008);
    expect(rig.config(SLOT, 0, 0x14)).toBe(0);
    expect(rig.config(SLOT, 0, 0x18)).toBe(0xffff_ffe1);
    expect(rig.config(SLOT, 0, 0x30)).toBe(0xffff_f001);
  });

  it("decode only while the command register says so", () => {
    const { rig, card } = cardRig();
    card.memory.ramBytes().fill(0x5a);
    rig.setConfig(SLOT, 0, 0x10, 0xe000_0000);
    rig.setConfig(SLOT, 0, 0x18, 0xc100);
    expect(rig.read(0xe000_0000)).toBe(0);
    expect(rig.in(0xc101, 1)).toBe(0xff);
    rig.setConfig(SLOT, 0, COMMAND, 3, 2);
    expect(rig.read(0xe000_0000)).toBe(0x5a5a5a5a);
    expect(rig.in(0xc101, 1)).toBe(0x41);
    rig.out(0xc11f, 1, 0x77);
    expect(card.lastPortWrite).toBe(0x77);
    rig.setConfig(SLOT, 0, COMMAND, 1, 2);
    expect(rig.read(0xe000_0000)).toBe(0);
    expect(rig.in(0xc101, 1)).toBe(0x41);
  });

  it("move over RAM, which wins, and over another window, and back", () => {
    const { rig, card } = cardRig();
    card.memory.ramBytes().fill(0x5a);
    rig.write(0x100_0000, 0x1111_1111);
    rig.setConfig(SLOT, 0, COMMAND, 3, 2);
    rig.setConfig(SLOT, 0, 0x10, 0x100_0000);
    expect(card.bars[0]?.address).toBe(0x100_0000);
    expect(rig.read(0x100_0000)).toBe(0x1111_1111);
    rig.setConfig(SLOT, 0, 0x10, 0xfffc_0000);
    expect(rig.read(0xfffc_0010)).toBe(0x5a5a5a5a);
    rig.setConfig(SLOT, 0, 0x10, 0xe000_0000);
    expect(rig.read(0xfffc_0010)).toBe(0x10);
    expect(rig.read(0xe000_0000)).toBe(0x5a5a5a5a);
  });

  it("are not mapped while they are sized, nor at 0, nor up to the last byte", () => {
    const { rig, card } = cardRig();
    rig.setConfig(SLOT, 0, COMMAND, 3, 2);
    for (const address of [0xffff_ffff, 0, 0xffff_0000]) {
      rig.setConfig(SLOT, 0, 0x10, address);
      expect(card.bars[0]?.address).toBeNull();
    }
    rig.setConfig(SLOT, 0, 0x10, 0xfffe_0000);
    expect(card.bars[0]?.address).toBe(0xfffe_0000);
  });

  it("show the expansion ROM, read only, when its own enable bit is set too", () => {
    const { rig } = cardRig();
    rig.setConfig(SLOT, 0, COMMAND, 2, 2);
    rig.setConfig(SLOT, 0, 0x30, 0xfebe_0000);
    expect(rig.read(0xfebe_0000)).toBe(0);
    rig.setConfig(SLOT, 0, 0x30, 0xfebe_0001);
    expect(rig.read(0xfebe_0000)).toBe(0xc3c3c3c3);
    rig.write(0xfebe_0000, 0);
    expect(rig.read(0xfebe_0000)).toBe(0xc3c3c3c3);
  });

  it("change the map in one transaction", () => {
    const { rig } = cardRig();
    let commits = 0;
    rig.pc.memory.listen({ commit: () => commits++ });
    commits = 0;
    rig.setConfig(SLOT, 0, 0x10, 0xe000_0000);
    rig.setConfig(SLOT, 0, 0x30, 0xe100_0001);
    rig.setConfig(SLOT, 0, COMMAND, 3, 2);
    expect(commits).toBeLessThanOrEqual(3);
    commits = 0;
    rig.setConfig(SLOT, 0, COMMAND, 0, 2);
    expect(commits).toBe(1);
  });

  it("lose their addresses in a reset", () => {
    const { rig, card } = cardRig();
    rig.setConfig(SLOT, 0, 0x10, 0xe000_0000);
    rig.setConfig(SLOT, 0, COMMAND, 7, 2);
    rig.pc.reset();
    expect(card.bars[0]?.address).toBeNull();
    expect(rig.config(SLOT, 0, 0x10)).toBe(8);
    expect(rig.config(SLOT, 0, COMMAND)).toBe(0);
  });
});

describe("bus mastering", () => {
  it("reaches memory only while it is on", () => {
    const { rig, card } = cardRig();
    rig.write(0x1000, 0xdead_beef);
    const bytes = new Uint8Array(4);
    expect(card.dma.read(0x1000, bytes)).not.toBe(0);
    rig.setConfig(SLOT, 0, COMMAND, 4, 2);
    expect(card.dma.read(0x1000, bytes)).toBe(0);
    expect([...bytes]).toEqual([0xef, 0xbe, 0xad, 0xde]);
  });
});

describe("interrupt wires", () => {
  it("shift by one from slot to slot", () => {
    expect(PciBus.pirqOf(1 << 3, 1)).toBe(0);
    expect(PciBus.pirqOf(2 << 3, 1)).toBe(1);
    expect(PciBus.pirqOf(3 << 3, 1)).toBe(2);
    expect(PciBus.pirqOf(5 << 3, 4)).toBe(3);
  });

  it("are shared: low only when every pin on them is", () => {
    const { rig, card } = cardRig();
    const other = new TestCard(
      { machine: rig.pc.machine, clock: rig.clock, log: () => undefined },
      "other-card",
    );
    rig.pc.board.pci.add(other, SLOT + 4);
    const seen: [number, boolean][] = [];
    rig.pc.board.pci.onPirq = (pirq, level) => seen.push([pirq, level]);
    card.setInterrupt(true);
    other.setInterrupt(true);
    card.setInterrupt(false);
    expect(seen).toEqual([[2, true]]);
    other.setInterrupt(false);
    expect(seen).toEqual([
      [2, true],
      [2, false],
    ]);
  });

  it("show in the status register, and stay low while disabled by the command register", () => {
    const { rig, card } = cardRig();
    rig.setConfig(SLOT, 0, COMMAND, 0x400, 2);
    card.setInterrupt(true);
    expect(rig.config(SLOT, 0, 6, 2) & 8).toBe(8);
    expect(rig.pc.board.pci.pirqLevel(2)).toBe(false);
    rig.setConfig(SLOT, 0, COMMAND, 0, 2);
    expect(rig.pc.board.pci.pirqLevel(2)).toBe(true);
  });
});

describe("misuse", () => {
  it("is refused with a typed error", () => {
    const { rig, card } = cardRig();
    const { pci } = rig.pc.board;
    const context = { machine: rig.pc.machine, clock: rig.clock, log: () => undefined };
    const spare = new TestCard(context, "spare-card");
    expect(() => pci.add(spare, SLOT)).toThrow(PciError);
    expect(() => pci.add(spare, 32)).toThrow(PciError);
    expect(() => pci.add(card, 9)).toThrow(PciError);
    expect(() => spare.dma).toThrow(PciError);
    expect(() => spare.registerBar(0, spare.memory, "mem")).toThrow(PciError);
    const odd = rig.pc.machine.ram({ name: "odd", size: 0x3000 });
    expect(() => spare.registerBar(1, odd, "mem")).toThrow(/power of two/);
  });
});
