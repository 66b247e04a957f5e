import { describe, expect, it } from "vitest";

import { plug } from "../../src/device/properties/request.js";
import { e1000 } from "../../src/devices/e1000/index.js";
import { Eeprom } from "../../src/devices/e1000/eeprom.js";
import { Rig } from "../support/board-rig.js";
import { Tap } from "../support/tap.js";

const SLOT = 5;
const WINDOW = 0xe000_0000;
const TX_RING = 0x1_0000;
const RX_RING = 0x1_1000;
const BUFFERS = 0x2_0000;
const BUFFER_BYTES = 2048;
const RING = 8;
const MAC = [0x52, 0x54, 0x00, 0xaa, 0xbb, 0xcc];
const Reg = {
  CTRL: 0,
  STATUS: 8,
  EECD: 0x10,
  EERD: 0x14,
  MDIC: 0x20,
  ICR: 0xc0,
  ICS: 0xc8,
  IMS: 0xd0,
  IMC: 0xd8,
  RCTL: 0x100,
  TCTL: 0x400,
  RDBAL: 0x2800,
  RDLEN: 0x2808,
  RDH: 0x2810,
  RDT: 0x2818,
  TDBAL: 0x3800,
  TDLEN: 0x3808,
  TDH: 0x3810,
  TDT: 0x3818,
  FRAMES_SENT: 0x4080,
  MULTICAST: 0x5200,
} as const;
const OUR_ADDRESS = "52:54:00:aa:bb:cc";

/** A driver for the card's rings. */
class Driver {
  readonly tap = new Tap();
  readonly rig = new Rig({
    devices: [plug(e1000, { netdev: this.tap, mac: Uint8Array.from(MAC) }, { addr: String(SLOT) })],
  });
  #tail = 0;

  constructor() {
    this.rig.setConfig(SLOT, 0, 0x10, WINDOW);
    this.rig.setConfig(SLOT, 0, 4, 7);
  }

  get(offset: number): number {
    return this.rig.pc.memory.load(WINDOW + offset, 4) as number;
  }
  set(offset: number, value: number): void {
    this.rig.pc.memory.store(WINDOW + offset, 4, value >>> 0);
  }
  read(address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.rig.pc.memory.read(address, bytes);
    return bytes;
  }

  startReceiving(rctl = 0x8002 | 0x0400_0000): void {
    for (let at = 0; at < RING; at++) {
      const descriptor = new Uint8Array(16);
      new DataView(descriptor.buffer).setUint32(0, BUFFERS + at * BUFFER_BYTES, true);
      this.rig.pc.memory.write(RX_RING + 16 * at, descriptor);
    }
    this.set(Reg.RDBAL, RX_RING);
    this.set(Reg.RDLEN, 16 * RING);
    this.set(Reg.RDH, 0);
    this.set(Reg.RDT, RING - 1);
    this.set(Reg.RCTL, rctl);
  }

  startSending(): void {
    this.set(Reg.TDBAL, TX_RING);
    this.set(Reg.TDLEN, 16 * RING);
    this.set(Reg.TCTL, 2);
  }

  /** Puts a descriptor into the ring: the lower and the upper half. */
  post(low: bigint, high: bigint): void {
    const descriptor = new Uint8Array(16);
    const view = new DataView(descriptor.buffer);
    view.setBigUint64(0, low, true);
    view.setBigUint64(8, high, true);
    this.rig.pc.memory.write(TX_RING + 16 * this.#tail, descriptor);
    this.#tail = (this.#tail + 1) % RING;
  }
  go(): void {
    this.set(Reg.TDT, this.#tail);
  }
}

const frameTo = (to: readonly number[], length = 64): Uint8Array => {
  const frame = new Uint8Array(length).fill(0x5a);
  frame.set(to);
  return frame;
};
const END_REPORT = 0x0b00_0000n; // EOP, IFCS, RS

describe("e1000", () => {
  it("is QEMU's card to firmware and drivers", () => {
    const { rig } = new Driver();
    expect(rig.config(SLOT, 0, 0)).toBe(0x100e_8086);
    expect(rig.config(SLOT, 0, 8)).toBe(0x0200_0003);
    expect(rig.config(SLOT, 0, 0x3d, 1)).toBe(1);
  });

  it("has its address in the EEPROM, whose words add up, by EERD and by wire", () => {
    const driver = new Driver();
    const word = (at: number): number => {
      driver.set(Reg.EERD, (at << 8) | 1);
      const value = driver.get(Reg.EERD);
      expect(value & 0x10).toBe(0x10);
      return value >>> 16;
    };
    expect([0, 1, 2].map(word)).toEqual([0x5452, 0xaa00, 0xccbb]);
    const sum = Array.from({ length: 64 }, (_unused, at) => word(at)).reduce((a, b) => a + b, 0);
    expect(sum & 0xffff).toBe(0xbaba);
    // Bit by bit: start, READ, six bits of address; then sixteen of data.
    driver.set(Reg.EECD, 0x42);
    expect(driver.get(Reg.EECD) & 0x180).toBe(0x180);
    const clock = (bit: number): number => {
      driver.set(Reg.EECD, 0x42 | (bit << 2));
      driver.set(Reg.EECD, 0x43 | (bit << 2));
      const out = (driver.get(Reg.EECD) >> 3) & 1;
      driver.set(Reg.EECD, 0x42 | (bit << 2));
      return out;
    };
    for (const bit of [1, 1, 0, 0, 0, 0, 0, 0, 1]) clock(bit);
    let value = 0;
    for (let at = 0; at < 16; at++) value = (value << 1) | clock(0);
    expect(value).toBe(0xaa00);
  });

  it("knows no word beyond the EEPROM's", () => {
    expect(new Eeprom(Uint8Array.from(MAC)).word(0x80)).toBe(0xffff);
  });

  it("has a PHY whose link is up, at address 1", () => {
    const driver = new Driver();
    const phy = (register: number, address = 1): number => {
      driver.set(Reg.MDIC, (2 << 26) | (address << 21) | (register << 16));
      return driver.get(Reg.MDIC);
    };
    expect(phy(2) & 0x5000_ffff).toBe(0x1000_0141);
    expect(phy(1) & 0x24).toBe(0x24);
    expect(phy(2, 2) & 0x4000_0000).toBe(0x4000_0000);
    expect(driver.get(Reg.STATUS) & 3).toBe(3);
  });

  it("sends a frame of two descriptors, and tells so by an interrupt", () => {
    const driver = new Driver();
    driver.rig.pc.memory.write(BUFFERS, frameTo(MAC, 100));
    driver.startSending();
    driver.set(Reg.IMS, 3);
    driver.post(BigInt(BUFFERS), 60n);
    driver.post(BigInt(BUFFERS + 60), 40n | END_REPORT);
    driver.go();
    expect(driver.tap.sent).toEqual([frameTo(MAC, 100)]);
    expect(driver.get(Reg.TDH)).toBe(2);
    expect(driver.read(TX_RING + 16 + 12, 1)).toEqual(Uint8Array.of(1));
    expect(driver.read(TX_RING + 12, 1)).toEqual(Uint8Array.of(0));
    expect(driver.rig.config(SLOT, 0, 6, 2) & 8).toBe(8);
    expect(driver.get(Reg.ICR)).toBe(0x8000_0003);
    expect(driver.rig.config(SLOT, 0, 6, 2) & 8).toBe(0);
    expect([driver.get(Reg.FRAMES_SENT), driver.get(Reg.FRAMES_SENT)]).toEqual([1, 0]);
  });

  it("cuts a long TCP segment, with numbers and checksums of its own for each part", () => {
    const driver = new Driver();
    const headers = 54;
    const frame = new Uint8Array(headers + 2500).map((_byte, at) => at & 0xff);
    const view = new DataView(frame.buffer);
    view.setUint16(12, 0x0800);
    frame.set([0x45, 0, 0, 0, 0, 7, 0, 0, 64, 6, 0, 0, 10, 0, 2, 15, 10, 0, 2, 2], 14);
    view.setUint32(38, 0xffff_ff00); // sequence
    frame[46] = 0x50;
    frame[47] = 0x19; // FIN, PSH, ACK
    // The driver leaves the sum of the addresses and the protocol, without the length.
    const pseudo = 0x0a00 + 0x020f + 0x0a00 + 0x0202 + 6;
    view.setUint16(50, pseudo);
    driver.rig.pc.memory.write(BUFFERS, frame);
    driver.startSending();
    const context = 14n | (24n << 8n) | (33n << 16n) | (34n << 32n) | (50n << 40n);
    driver.post(context, 2500n | (0x27n << 24n) | (BigInt(headers) << 40n) | (1000n << 48n));
    const data = BigInt(frame.length) | (1n << 20n) | (0x2fn << 24n) | (3n << 40n);
    driver.post(BigInt(BUFFERS), data);
    driver.go();
    const { sent } = driver.tap;
    expect(sent.map(({ length }) => length)).toEqual([1054, 1054, 554]);
    const words = (part: Uint8Array, from: number, sum: number): number => {
      let total = sum;
      for (let at = from; at < part.length; at += 2) {
        total += ((part[at] ?? 0) << 8) | (part[at + 1] ?? 0);
      }
      while (total > 0xffff) total = (total & 0xffff) + (total >> 16);
      return total;
    };
    for (const [index, part] of sent.entries()) {
      const head = new DataView(part.buffer);
      expect(head.getUint16(16)).toBe(part.length - 14);
      expect(head.getUint16(18)).toBe(7 + index);
      expect(head.getUint32(38)).toBe((0xffff_ff00 + 1000 * index) >>> 0);
      expect(part[47]).toBe(index === 2 ? 0x19 : 0x10);
      expect(words(part.slice(0, 34), 14, 0)).toBe(0xffff);
      expect(words(part, 34, pseudo + part.length - 34)).toBe(0xffff);
      expect(part[headers]).toBe(frame[headers + 1000 * index]);
    }
  });

  it("puts a frame into the next buffer, without its check sequence where that is stripped", () => {
    const driver = new Driver();
    driver.startReceiving();
    driver.set(Reg.IMS, 0x80);
    expect(driver.tap.card?.receive(frameTo(MAC, 70))).toBe(true);
    expect(driver.read(BUFFERS, 70)).toEqual(frameTo(MAC, 70));
    expect([...driver.read(RX_RING + 8, 8)]).toEqual([70, 0, 0, 0, 7, 0, 0, 0]);
    expect(driver.get(Reg.RDH)).toBe(1);
    expect(driver.get(Reg.ICR)).toBe(0x8000_0080);
    driver.set(Reg.RCTL, 0x8002);
    driver.tap.card?.receive(frameTo(MAC, 20));
    expect([...driver.read(RX_RING + 24, 2)]).toEqual([64, 0]);
  });

  it("spreads a frame over buffers that are shorter", () => {
    const driver = new Driver();
    driver.startReceiving(0x8002 | 0x0400_0000 | (3 << 16));
    expect(driver.tap.card?.receive(frameTo(MAC, 600))).toBe(true);
    const states = [0, 1, 2].map((at) => [...driver.read(RX_RING + 16 * at + 8, 5)]);
    expect(states.map(([low = 0, high = 0]) => low | (high << 8))).toEqual([256, 256, 88]);
    expect(states.map((state) => state[4])).toEqual([5, 5, 7]);
  });

  it("takes the frames that are for it", () => {
    const driver = new Driver();
    driver.startReceiving();
    const taken = (to: readonly number[]): boolean => {
      const before = driver.get(Reg.RDH);
      expect(driver.tap.card?.receive(frameTo(to))).toBe(true);
      return driver.get(Reg.RDH) !== before;
    };
    const group = [0x01, 0x00, 0x5e, 0, 0, 1];
    expect(taken(MAC)).toBe(true);
    expect(taken([2, 0, 0, 0, 0, 9])).toBe(false);
    expect(taken([255, 255, 255, 255, 255, 255])).toBe(true);
    expect(taken(group)).toBe(false);
    // Bits 4 to 15 of its last two bytes choose the bit: 010h.
    driver.set(Reg.MULTICAST + 4 * (0x10 >> 5), 1 << 0x10);
    expect(taken(group)).toBe(true);
    driver.set(Reg.RCTL, 0x0400_0002 | 0x08);
    expect(taken([2, 0, 0, 0, 0, 9])).toBe(true);
    expect(taken([255, 255, 255, 255, 255, 255])).toBe(false);
  });

  it("has the network wait while there is no buffer, and says when there is", () => {
    const driver = new Driver();
    expect(driver.tap.card?.receive(frameTo(MAC))).toBe(false);
    driver.startReceiving();
    const { rooms } = driver.tap;
    for (let at = 0; at < RING - 1; at++) expect(driver.tap.card?.receive(frameTo(MAC))).toBe(true);
    expect(driver.tap.card?.receive(frameTo(MAC))).toBe(false);
    expect(driver.get(Reg.ICR) & 0x40).toBe(0x40);
    driver.set(Reg.RDT, 3);
    expect(driver.tap.rooms).toBe(rooms + 1);
    expect(driver.tap.card?.receive(frameTo(MAC))).toBe(true);
  });

  it("keeps a distance between interrupts: the least there is, or what the guest asks for", () => {
    const raised = (driver: Driver): boolean => (driver.rig.config(SLOT, 0, 6, 2) & 8) !== 0;
    const wait = (driver: Driver, ns: number): void => {
      driver.rig.clock.advance(ns);
      driver.rig.clock.runDue();
    };
    for (const [itr, radv, distance] of [
      [0, 0, 128_000],
      [1000, 0, 256_000],
      [4000, 300, 307_200],
    ] as const) {
      const driver = new Driver();
      driver.startReceiving();
      driver.set(0xc4, itr);
      driver.set(0x2820, radv === 0 ? 0 : 1);
      driver.set(0x282c, radv);
      driver.set(Reg.IMS, 0x80);
      driver.tap.card?.receive(frameTo(MAC));
      expect(raised(driver)).toBe(true);
      driver.get(Reg.ICR);
      expect(raised(driver)).toBe(false);
      driver.tap.card?.receive(frameTo(MAC));
      wait(driver, distance - 1000);
      expect(raised(driver)).toBe(false);
      wait(driver, 2000);
      expect(raised(driver)).toBe(true);
    }
  });

  it("puts tags of VLANs in and takes them out, and filters by them", () => {
    const driver = new Driver();
    const tagged = (tag: number): Uint8Array => {
      const frame = frameTo(MAC, 100);
      frame.set([0x81, 0x00, tag >> 8, tag & 0xff, 0x08, 0x00], 12);
      return frame;
    };
    driver.startReceiving();
    driver.tap.card?.receive(tagged(0x2123));
    expect([...driver.read(RX_RING + 8, 8)]).toEqual([100, 0, 0, 0, 7, 0, 0, 0]);
    driver.set(Reg.CTRL, 0x4000_0000);
    driver.tap.card?.receive(tagged(0x2123));
    expect([...driver.read(RX_RING + 24, 8)]).toEqual([96, 0, 0, 0, 0x0f, 0, 0x23, 0x21]);
    const bare = [...tagged(0)].filter((_byte, at) => at < 12 || at >= 16);
    expect([...driver.read(BUFFERS + BUFFER_BYTES, 96)]).toEqual(bare);
    // Those of VLAN 123h alone.
    driver.set(Reg.RCTL, 0x0404_8002);
    driver.set(0x5600 + 4 * (0x123 >> 5), 1 << (0x123 & 31));
    for (const tag of [0x124, 0x2123]) driver.tap.card?.receive(tagged(tag));
    driver.tap.card?.receive(frameTo(MAC));
    expect(driver.get(Reg.RDH)).toBe(4);
    driver.rig.pc.memory.write(BUFFERS, Uint8Array.from(bare));
    driver.startSending();
    driver.post(BigInt(BUFFERS), 96n | END_REPORT | (0x4000_0000n | (0x2123n << 48n)));
    driver.post(BigInt(BUFFERS), 96n | END_REPORT);
    driver.go();
    expect(driver.tap.sent).toEqual([tagged(0x2123), Uint8Array.from(bare)]);
  });

  it("is as after power-on when it is told to reset", () => {
    const driver = new Driver();
    driver.startReceiving();
    driver.set(Reg.IMS, 0xff);
    driver.set(Reg.ICS, 4);
    driver.set(Reg.CTRL, 0x0400_0000);
    expect([driver.get(Reg.RCTL), driver.get(Reg.IMS), driver.get(Reg.CTRL)]).toEqual([0, 0, 0]);
    expect(driver.rig.config(SLOT, 0, 6, 2) & 8).toBe(0);
  });

  it("survives rings that make no sense", () => {
    const driver = new Driver();
    driver.set(Reg.TDBAL, 0xffff_fff0);
    driver.set(Reg.TDLEN, 0xf_ff80);
    driver.set(Reg.TCTL, 2);
    driver.set(Reg.TDT, 0xffff);
    driver.set(Reg.RDLEN, 0);
    driver.set(Reg.RCTL, 2 | 8);
    expect(driver.tap.card?.receive(frameTo(MAC))).toBe(false);
    driver.set(Reg.RDLEN, 0x80);
    driver.set(Reg.RDH, 0xffff);
    driver.set(Reg.RDT, 1);
    expect(driver.tap.card?.receive(frameTo(MAC))).toBe(false);
    expect(driver.rig.pc.end).toBeNull();
  });

  it("reads an address of Ethernet, and refuses what is none", () => {
    const { mac } = e1000.properties;
    expect([...mac.parse(OUR_ADDRESS)]).toEqual(MAC);
    expect(mac.format(Uint8Array.from(MAC))).toBe(`"${OUR_ADDRESS}"`);
    expect(() => mac.parse("52:54:00")).toThrow("no Ethernet address");
  });
});
