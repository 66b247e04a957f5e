import { describe, expect, it } from "vitest";

import { CirrusVga } from "../../src/devices/cirrus-vga/index.js";
import { PciBus } from "../../src/pci/index.js";
import { Random } from "@mem/common";
import { DeviceRig } from "./device-rig.js";

const MEMORY = 0xe000_0000;
const SOURCE = 0xe100_0000;
const REGISTERS = 0xe400_0000;
const UNLOCKED = 0x12;

function plug() {
  const rig = new DeviceRig();
  const bus = new PciBus({ memory: rig.memory, io: rig.io, dmaRoot: rig.memory });
  const vga = new CirrusVga(rig.ctx);
  bus.add(vga, 2, 0);
  rig.map(...vga.windows);
  for (const { address, region, priority = 0 } of vga.memoryWindows) {
    rig.memory.addSubregion(address, region, { priority });
  }
  vga.configWrite(0x10, MEMORY, 4);
  vga.configWrite(0x14, REGISTERS, 4);
  vga.configWrite(0x04, 0x03, 2);
  rig.out(0x3c2, 0x67);
  const register = (port: number) => (index: number, value?: number) => {
    rig.out(port, index);
    if (value !== undefined) rig.out(port + 1, value);
    return rig.in(port + 1);
  };
  const seq = register(0x3c4);
  const gfx = register(0x3ce);
  const crtc = register(0x3d4);
  const peek = (address: number): number => rig.memorySpace.load(address, 1);
  const poke = (address: number, ...bytes: number[]): void =>
    bytes.forEach((byte, n) => rig.memorySpace.store(address + n, 1, byte));
  const bytes = (offset: number, count: number): number[] => [...vga.vram.ramBytes(offset, count)];
  const packed = (): void => {
    seq(0x06, UNLOCKED);
    seq(0x07, 0x01);
    gfx(0x0b, 0x00);
  };
  return { rig, vga, seq, gfx, crtc, peek, poke, bytes, packed };
}

/** What a transfer is made of; all in bytes. */
interface Transfer {
  width: number;
  height: number;
  to: number;
  toPitch: number;
  from?: number;
  fromPitch?: number;
  mode?: number;
  operation?: number;
  extensions?: number;
  key?: number;
  leftSide?: number;
}

function blit({ gfx }: ReturnType<typeof plug>, transfer: Transfer): void {
  const { width, height, to, toPitch, from = 0, fromPitch = 0 } = transfer;
  const word = (index: number, value: number): void => {
    gfx(index, value & 0xff);
    gfx(index + 1, (value >> 8) & 0xff);
  };
  word(0x20, width - 1);
  word(0x22, height - 1);
  word(0x24, toPitch);
  word(0x26, fromPitch);
  word(0x28, to);
  gfx(0x2a, to >> 16);
  word(0x2c, from);
  gfx(0x2e, from >> 16);
  gfx(0x2f, transfer.leftSide ?? 0);
  gfx(0x30, transfer.mode ?? 0);
  gfx(0x32, transfer.operation ?? 0x0d);
  gfx(0x33, transfer.extensions ?? 0);
  word(0x34, transfer.key ?? 0);
  gfx(0x31, 0x02);
}

describe("cirrus-vga: registers", () => {
  it("is a GD5446, whose extensions tell whether they are unlocked", () => {
    const { vga, seq, crtc } = plug();
    expect([...vga.config.subarray(0x00, 0x0c)]).toEqual([
      0x13, 0x10, 0xb8, 0x00, 0x03, 0, 0, 0, 0, 0, 0, 0x03,
    ]);
    expect(crtc(0x27)).toBe(0xb8);
    expect(seq(0x06)).toBe(0x0f);
    expect(seq(0x06, 0x1a)).toBe(UNLOCKED);
    expect(seq(0x06, 0x02)).toBe(0x0f);
    expect([seq(0x0f), seq(0x17), seq(0x25)]).toEqual([0x98, 0x20, 0xff]);
    expect(seq(0x17, 0xff)).toBe(0xe7);
  });

  it("keeps of each graphics register the bits there are, and none beyond them", () => {
    const { gfx } = plug();
    expect([0x00, 0x05, 0x0c, 0x15, 0x21, 0x2a, 0x36].map((n) => gfx(n, 0xff))).toEqual([
      0xff, 0x7f, 0x00, 0xff, 0x1f, 0x3f, 0x00,
    ]);
    expect(gfx(0x3a)).toBe(0xff);
  });

  it("hides a register behind four reads of the pixel mask", () => {
    const { rig } = plug();
    const reads = (): number[] => Array.from({ length: 6 }, () => rig.in(0x3c6));
    for (let n = 0; n < 4; n++) rig.in(0x3c6);
    rig.out(0x3c6, 0xc1);
    expect(reads()).toEqual([0xff, 0xff, 0xff, 0xff, 0xc1, 0xff]);
    rig.out(0x3c6, 0x0f);
    expect(rig.in(0x3c6)).toBe(0x0f);
  });

  it("shows the VGA's, and the engine's in their order, behind the second BAR", () => {
    const { gfx, peek, poke } = plug();
    poke(REGISTERS + 0x0e, 0x21, 0x1f);
    expect(gfx(0x21)).toBe(0x1f);
    poke(REGISTERS + 0x110, 0x34, 0x12, 0x3f);
    expect([gfx(0x28), gfx(0x29), gfx(0x2a)]).toEqual([0x34, 0x12, 0x3f]);
    expect([peek(REGISTERS + 0x111), peek(REGISTERS + 0x1ff)]).toEqual([0x12, 0xff]);
  });
});

describe("cirrus-vga: video memory", () => {
  it("shows two banks of 32 KiB at 0xa0000, each where its register says", () => {
    const { gfx, peek, poke, bytes, packed } = plug();
    packed();
    gfx(0x0b, 0x21);
    gfx(0x09, 0x02);
    gfx(0x0a, 0x10);
    poke(0xa0001, 0x11);
    poke(0xa8001, 0x22);
    expect([bytes(0x8001, 1), bytes(0x40001, 1)]).toEqual([[0x11], [0x22]]);
    gfx(0x0b, 0x00);
    gfx(0x09, 0x38);
    expect(peek(0xa8001)).toBe(0x22);
    gfx(0x09, 0xff);
    gfx(0x0b, 0x20);
    expect(peek(0xa8000)).toBe(0xff);
  });

  it("is a VGA's while pixels are not packed", () => {
    const { seq, gfx, poke, bytes } = plug();
    seq(0x02, 0x05);
    seq(0x04, 0x06);
    gfx(0x06, 0x05);
    gfx(0x08, 0xff);
    poke(0xa0003, 0xab);
    expect(bytes(12, 4)).toEqual([0xab, 0, 0xab, 0]);
  });

  it("takes eight pixels at once in the extended write modes", () => {
    const { gfx, poke, bytes, packed } = plug();
    packed();
    gfx(0x00, 0x10);
    gfx(0x01, 0x21);
    gfx(0x11, 0x43);
    gfx(0x0b, 0x06);
    gfx(0x05, 0x04);
    poke(MEMORY + 2, 0b1010_0001);
    expect(bytes(16, 8)).toEqual([0x21, 0, 0x21, 0, 0, 0, 0, 0x21]);
    gfx(0x05, 0x05);
    poke(0xa0002, 0b1100_0000);
    expect(bytes(16, 8)).toEqual([0x21, 0x21, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10]);
    gfx(0x0b, 0x14);
    gfx(0x05, 0x04);
    poke(MEMORY + 4, 0b0100_0000);
    expect(bytes(64, 5)).toEqual([0, 0, 0x21, 0x43, 0]);
  });
});

describe("cirrus-vga: transfers", () => {
  it("copies blocks forwards and backwards, over themselves too", () => {
    const setup = plug();
    setup.poke(MEMORY, 1, 2, 3, 4, 5, 6, 7, 8);
    blit(setup, { width: 3, height: 2, from: 0, fromPitch: 4, to: 0x100, toPitch: 8 });
    expect(setup.bytes(0x100, 11)).toEqual([1, 2, 3, 0, 0, 0, 0, 0, 5, 6, 7]);
    blit(setup, { width: 4, height: 1, from: 0, to: 1, toPitch: 0, mode: 0x00 });
    expect(setup.bytes(0, 6)).toEqual([1, 1, 1, 1, 1, 6]);
    setup.poke(MEMORY, 1, 2, 3, 4, 5, 6);
    blit(setup, { width: 4, height: 1, from: 3, to: 5, toPitch: 0, mode: 0x01 });
    expect(setup.bytes(0, 6)).toEqual([1, 2, 1, 2, 3, 4]);
    expect(setup.gfx(0x31)).toBe(0);
  });

  it.each([
    [0x00, 0x00],
    [0x05, 0x44],
    [0x06, 0xc6],
    [0x09, 0x18],
    [0x0b, 0x39],
    [0x0d, 0x5c],
    [0x0e, 0xff],
    [0x50, 0x82],
    [0x59, 0x9a],
    [0x6d, 0xde],
    [0x90, 0xbb],
    [0x95, 0x65],
    [0xad, 0x7d],
    [0xd0, 0xa3],
    [0xd6, 0xe7],
    [0xda, 0x21],
    [0x77, 0xc6],
  ])("combines 0x5c with 0xc6 by operation %# as the data sheet says", (operation, result) => {
    const setup = plug();
    setup.poke(MEMORY, 0x5c);
    setup.poke(MEMORY + 0x10, 0xc6);
    blit(setup, { width: 1, height: 1, from: 0, to: 0x10, toPitch: 1, operation });
    expect(setup.bytes(0x10, 1)).toEqual([result]);
  });

  it("leaves out what is of the key's color", () => {
    const setup = plug();
    setup.poke(MEMORY, 9, 7, 9, 7);
    blit(setup, { width: 4, height: 1, from: 0, to: 0x10, toPitch: 4, mode: 0x08, key: 7 });
    expect(setup.bytes(0x10, 4)).toEqual([9, 0, 9, 0]);
  });

  it("repeats patterns from the line that the source's address names", () => {
    const setup = plug();
    for (let line = 0; line < 8; line++) {
      setup.poke(MEMORY + 0x40 + 8 * line, ...Array.from({ length: 8 }, (_u, n) => 16 * line + n));
    }
    blit(setup, { width: 10, height: 2, from: 0x47, to: 0x100, toPitch: 16, mode: 0x40 });
    expect(setup.bytes(0x100, 10)).toEqual([
      0x70, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0x70, 0x71,
    ]);
    expect(setup.bytes(0x110, 2)).toEqual([0x00, 0x01]);
  });

  it("makes colors of bits, leaves out at the left, and fills with one color", () => {
    const setup = plug();
    const { gfx } = setup;
    for (const [index, value] of [
      [0x00, 0xb0],
      [0x10, 0xb1],
      [0x01, 0xf0],
      [0x11, 0xf1],
    ] as const)
      gfx(index, value);
    setup.poke(MEMORY, 0b1010_0000);
    blit(setup, { width: 6, height: 1, from: 0, to: 0x10, toPitch: 6, mode: 0x90 });
    expect(setup.bytes(0x10, 6)).toEqual([0xf0, 0xf1, 0xb0, 0xb1, 0xf0, 0xf1]);
    blit(setup, { width: 6, height: 1, from: 0, to: 0x20, toPitch: 6, mode: 0x98, leftSide: 1 });
    expect(setup.bytes(0x20, 6)).toEqual([0, 0, 0, 0, 0xf0, 0xf1]);
    blit(setup, {
      width: 4,
      height: 1,
      from: 0,
      to: 0x30,
      toPitch: 4,
      mode: 0x98,
      extensions: 0x02,
    });
    expect(setup.bytes(0x30, 4)).toEqual([0, 0, 0xb0, 0xb1]);
    blit(setup, { width: 4, height: 2, to: 0x40, toPitch: 4, mode: 0xd0, extensions: 0x04 });
    expect(setup.bytes(0x40, 8)).toEqual([0xf0, 0xf1, 0xf0, 0xf1, 0xf0, 0xf1, 0xf0, 0xf1]);
  });

  it("takes its source from what the guest writes, line by line, wherever video memory is", () => {
    const setup = plug();
    setup.packed();
    blit(setup, { width: 3, height: 3, to: 0x100, toPitch: 8, mode: 0x04 });
    expect(setup.gfx(0x31)).toBe(0x03);
    setup.poke(SOURCE, 1, 2, 3, 99);
    setup.poke(MEMORY + 0x500, 4, 5, 6, 99);
    expect(setup.bytes(0x500, 1)).toEqual([0]);
    setup.poke(0xa0000, 7, 8, 9, 99);
    expect(setup.bytes(0x100, 19)).toEqual([
      1, 2, 3, 0, 0, 0, 0, 0, 4, 5, 6, 0, 0, 0, 0, 0, 7, 8, 9,
    ]);
    expect(setup.gfx(0x31)).toBe(0);
    setup.poke(MEMORY + 0x500, 42);
    expect(setup.bytes(0x500, 1)).toEqual([42]);
  });

  it("ends one that waits when the engine is reset, and starts none that leaves video memory", () => {
    const setup = plug();
    blit(setup, { width: 4, height: 1, to: 0, toPitch: 4, mode: 0x04 });
    setup.gfx(0x31, 0x04);
    setup.gfx(0x31, 0x00);
    setup.poke(SOURCE, 1, 2, 3, 4);
    expect(setup.bytes(0, 4)).toEqual([0, 0, 0, 0]);
    blit(setup, { width: 16, height: 2, to: 0x3f_fff0, toPitch: 16, operation: 0x0e });
    expect(setup.bytes(0x3f_fff0, 1)).toEqual([0]);
    expect(setup.gfx(0x31)).toBe(0);
  });

  it("starts with the destination's last byte where it is told to", () => {
    const setup = plug();
    blit(setup, { width: 2, height: 1, to: 0x10, toPitch: 2, operation: 0x00 });
    setup.gfx(0x32, 0x0e);
    setup.gfx(0x31, 0x80);
    setup.gfx(0x2a, 0x00);
    expect(setup.bytes(0x10, 3)).toEqual([0xff, 0xff, 0]);
  });
});

describe("cirrus-vga: a guest that writes anything anywhere", () => {
  it.each([1, 2, 3])("makes neither it nor its picture throw (seed %i)", (seed) => {
    const setup = plug();
    const { rig, vga } = setup;
    const random = new Random(seed);
    const address = (): number =>
      random.pick([0xa0000, 0xb8000, MEMORY, MEMORY + 0x3f_ff00, SOURCE, REGISTERS]) +
      random.below(0x400);
    for (let n = 0; n < 20_000; n++) {
      if (random.oneIn(2)) rig.out(random.pick([0x3c4, 0x3ce, 0x3d4]), random.below(0x10000), 2);
      else rig.memorySpace.store(address(), random.pick([1, 2, 4] as const), random.next());
      rig.memorySpace.load(address(), 1);
      rig.in(0x3c0 + random.below(0x20));
      if (random.oneIn(1000)) vga.renderFrame();
    }
    expect(rig.faults).toEqual([]);
  });
});

describe("cirrus-vga: the picture", () => {
  function mode(setup: ReturnType<typeof plug>, sequencer: number): void {
    const { seq, crtc, gfx } = setup;
    setup.packed();
    gfx(0x06, 0x05);
    crtc(0x01, 7);
    crtc(0x12, 31);
    crtc(0x13, 32);
    seq(0x07, sequencer);
  }
  const pixel = ({ vga }: ReturnType<typeof plug>, x: number, y: number): number[] => {
    const { width, pixels } = vga.renderFrame();
    const at = 4 * (y * width + x);
    return [...pixels.subarray(at, at + 3)];
  };

  it.each([
    ["24", 0x05, [0x10, 0x20, 0x30], [0x30, 0x20, 0x10]],
    ["32", 0x09, [0x10, 0x20, 0x30, 0], [0x30, 0x20, 0x10]],
    ["15", 0x07, [0x00, 0x7c], [0xff, 0, 0]],
  ])("has packed pixels of %s bits", (_bits, sequencer, bytes, color) => {
    const setup = plug();
    mode(setup, sequencer);
    setup.poke(MEMORY + 0x10004 * 4 + 256, ...bytes);
    setup.crtc(0x0d, 0x04);
    setup.crtc(0x1b, 0x01);
    const { width, height } = setup.vga.renderFrame();
    expect([width, height]).toEqual([64, 32]);
    expect(pixel(setup, 0, 1)).toEqual(color);
  });

  it("has six bits of green where the hidden register says so", () => {
    const setup = plug();
    mode(setup, 0x07);
    for (let n = 0; n < 4; n++) setup.rig.in(0x3c6);
    setup.rig.out(0x3c6, 0xc1);
    setup.poke(MEMORY, 0xe0, 0x07);
    expect(pixel(setup, 0, 0)).toEqual([0, 0xff, 0]);
  });

  it("has the cursor over it, which is told of when it moves", () => {
    const setup = plug();
    const { seq, rig, vga } = setup;
    mode(setup, 0x09);
    seq(0x12, 0x02);
    rig.out(0x3c8, 0x0f);
    for (const level of [0x3f, 0x00, 0x20]) rig.out(0x3c9, level);
    // The first two pixels: foreground, and what is beneath inverted.
    setup.poke(MEMORY + 0x3f_c100, 0xc0);
    setup.poke(MEMORY + 0x3f_c180, 0x80);
    seq(0x13, 0x01);
    seq(0x12, 0x01);
    seq(0x50, 0x01);
    seq(0x31, 0x00);
    expect(pixel(setup, 10, 1)).toEqual([0xff, 0x00, 0x82]);
    expect(pixel(setup, 11, 1)).toEqual([0xff, 0xff, 0xff]);
    expect(pixel(setup, 12, 1)).toEqual([0, 0, 0]);
    using screen = vga.watchScreen();
    screen.update();
    expect(screen.update()).toBeNull();
    seq(0x71, 0x00);
    expect(screen.update()).toMatchObject({ firstLine: 1, height: 32 });
    seq(0x12, 0x00);
    expect(screen.update()).toMatchObject({ firstLine: 3 });
  });

  it("tells watchers of lines that the engine writes", () => {
    const setup = plug();
    mode(setup, 0x09);
    using screen = setup.vga.watchScreen();
    screen.update();
    screen.update();
    blit(setup, { width: 4, height: 1, to: 256 * 20, toPitch: 4, operation: 0x0e });
    const update = screen.update();
    expect(update).not.toBeNull();
    const { firstLine, pixels, width } = update ?? { firstLine: 0, pixels: [], width: 0 };
    expect(pixels[4 * width * (20 - firstLine)]).toBe(0xff);
  });

  it("is forgotten at a reset", () => {
    const setup = plug();
    mode(setup, 0x09);
    setup.vga.reset();
    setup.rig.out(0x3c2, 0x67);
    expect([setup.seq(0x07), setup.seq(0x06), setup.gfx(0x18)]).toEqual([0x00, 0x0f, 0x0f]);
    expect(setup.vga.textScreen().length).toBeGreaterThan(0);
  });
});
