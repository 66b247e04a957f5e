import { describe, expect, it } from "vitest";

import { PciBus } from "../src/pci/index.js";
import { VGA_WINDOW_BASE, VGA_WINDOW_PRIORITY, Vga } from "../src/devices/vga/vga.js";
import { DeviceRig } from "./devices/device-rig.js";

function setUp(options: { rom?: Uint8Array } = {}) {
  const rig = new DeviceRig();
  const bus = new PciBus({ memory: rig.memory, io: rig.io, dmaRoot: rig.memory });
  const vga = new Vga(rig.ctx, options);
  bus.add(vga, 2, 0);
  rig.map(...vga.windows);
  rig.memory.addSubregion(VGA_WINDOW_BASE, vga.lowMemory, { priority: VGA_WINDOW_PRIORITY });
  vga.reset();
  const seq = (index: number, value: number): void => rig.out(0x3c4, (value << 8) | index, 2);
  const gfx = (index: number, value: number): void => rig.out(0x3ce, (value << 8) | index, 2);
  const crtc = (index: number, value: number): void => rig.out(0x3d4, (value << 8) | index, 2);
  const attr = (index: number, value: number): void => {
    rig.in(0x3da);
    rig.out(0x3c0, index);
    rig.out(0x3c0, value);
  };
  const dispi = (index: number, value: number): void => {
    rig.out(0x1ce, index, 2);
    rig.out(0x1cf, value, 2);
  };
  const readDispi = (index: number): number => {
    rig.out(0x1ce, index, 2);
    return rig.in(0x1cf, 2);
  };
  const peek = (address: number, size: 1 | 2 | 4 = 1): number =>
    rig.memorySpace.load(address, size);
  const poke = (address: number, value: number, size: 1 | 2 | 4 = 1): void => {
    rig.memorySpace.store(address, size, value);
  };
  const planes = (cell: number): number[] => [...vga.vram.ramBytes(4 * cell, 4)];
  rig.out(0x3c2, 0x67);
  return { rig, vga, seq, gfx, crtc, attr, dispi, readDispi, peek, poke, planes };
}

/** 80 by 25 text, as firmware sets it. */
function textMode({ seq, gfx, crtc, attr, rig }: ReturnType<typeof setUp>): void {
  seq(1, 0x00);
  seq(2, 0x03);
  seq(4, 0x02);
  gfx(5, 0x10);
  gfx(6, 0x0e);
  gfx(8, 0xff);
  crtc(0x01, 79);
  crtc(0x07, 0x1f);
  crtc(0x09, 0x4f);
  crtc(0x0a, 0x0d);
  crtc(0x0b, 0x0e);
  crtc(0x12, 0x8f);
  crtc(0x13, 40);
  for (let color = 0; color < 16; color++) {
    attr(color, color);
  }
  attr(0x12, 0x0f);
  rig.out(0x3c8, 0);
  for (let color = 0; color < 16; color++) {
    for (let c = 0; c < 3; c++) {
      rig.out(0x3c9, 4 * color);
    }
  }
}

function planar(setup: ReturnType<typeof setUp>): void {
  setup.seq(2, 0x0f);
  setup.seq(4, 0x06);
  setup.gfx(5, 0x00);
  setup.gfx(6, 0x05);
  setup.gfx(8, 0xff);
  setup.gfx(7, 0x0f);
}

describe("VGA registers", () => {
  it("switches between the color and the mono ports", () => {
    const { rig } = setUp();
    expect(rig.in(0x3cc)).toBe(0x67);
    rig.out(0x3d4, 0x0f);
    expect(rig.in(0x3d4)).toBe(0x0f);
    expect(rig.in(0x3b4)).toBe(0xff);
    rig.out(0x3c2, 0x66);
    expect(rig.in(0x3d4)).toBe(0xff);
    expect(rig.in(0x3b4)).toBe(0x0f);
  });

  it("flips the attribute port between index and data", () => {
    const { rig, attr } = setUp();
    attr(3, 0x2a);
    attr(0x10, 0x0c);
    rig.in(0x3da);
    rig.out(0x3c0, 0x23);
    expect(rig.in(0x3c1)).toBe(0x2a);
    rig.in(0x3da);
    expect(rig.in(0x3c0)).toBe(0x23);
  });

  it("steps through the DAC in threes, six bits wide", () => {
    const { rig } = setUp();
    rig.out(0x3c8, 254);
    for (const value of [1, 2, 3, 4, 5, 0xff, 7]) {
      rig.out(0x3c9, value);
    }
    rig.out(0x3c7, 255);
    expect(rig.in(0x3c7)).toBe(3);
    // The seventh byte waits for the other two of its color.
    expect([rig.in(0x3c9), rig.in(0x3c9), rig.in(0x3c9), rig.in(0x3c9)]).toEqual([4, 5, 0x3f, 0]);
  });

  it("protects the first CRTC registers but for one bit", () => {
    const { rig, crtc } = setUp();
    crtc(0x00, 0x5f);
    crtc(0x11, 0x80);
    crtc(0x00, 0x11);
    crtc(0x07, 0xff);
    rig.out(0x3d4, 0x00);
    expect(rig.in(0x3d5)).toBe(0x5f);
    rig.out(0x3d4, 0x07);
    expect(rig.in(0x3d5)).toBe(0x10);
  });

  it("shows retrace 70 times a second", () => {
    const { rig } = setUp();
    let retraces = 0;
    let last = 0;
    for (let us = 0; us < 1_000_000; us += 20) {
      rig.clock.advance(20_000);
      const now = rig.in(0x3da) & 0x08;
      retraces += now !== 0 && last === 0 ? 1 : 0;
      last = now;
    }
    expect(retraces).toBe(70);
  });
});

describe("VGA memory", () => {
  it("keeps characters and attributes in their planes, and shows the text", () => {
    const setup = setUp();
    textMode(setup);
    const { vga, poke, peek, planes, crtc } = setup;
    [..."Hello"].forEach((c, i) => poke(0xb8000 + 2 * i, 0x0700 | c.charCodeAt(0), 2));
    poke(0xb8000 + 160 * 24 + 158, 0x07b0, 2);
    expect(planes(0)).toEqual([0x48, 0x07, 0, 0]);
    expect(peek(0xb8002, 2)).toBe(0x0765);
    expect(peek(0xa0000)).toBe(0xff);
    const screen = vga.textScreen();
    expect(screen).toHaveLength(25);
    expect(screen[0]).toBe("Hello".padEnd(80));
    expect(screen[24]).toBe("░".padStart(80));
    crtc(0x0e, 0);
    crtc(0x0f, 85);
    expect(vga.textCursor()).toEqual({ row: 1, column: 5 });
    crtc(0x0d, 80);
    expect(vga.textScreen()[23]).toBe("░".padStart(80));
    expect(vga.textCursor()).toEqual({ row: 0, column: 5 });
    const cells = vga.textCells();
    expect(cells).toMatchObject({ columns: 80, rows: 25, cursor: { row: 0, column: 5 } });
    expect(cells?.cells[23 * 80 + 79]).toBe(0x07b0);
  });

  it("writes through set/reset, rotation, bit mask and logic (mode 0)", () => {
    const setup = setUp();
    planar(setup);
    const { gfx, poke, peek, planes } = setup;
    gfx(1, 0x05);
    gfx(0, 0x01);
    gfx(3, 0x04);
    poke(0xa0010, 0x12);
    expect(planes(0x10)).toEqual([0xff, 0x21, 0x00, 0x21]);
    gfx(1, 0x00);
    gfx(3, 0x18);
    gfx(8, 0x0f);
    peek(0xa0010);
    poke(0xa0010, 0xff);
    expect(planes(0x10)).toEqual([0xf0, 0x2e, 0x0f, 0x2e]);
  });

  it("copies the latches (mode 1) within the map mask", () => {
    const setup = setUp();
    planar(setup);
    const { vga, seq, gfx, poke, peek, planes } = setup;
    vga.vram.ramBytes(0, 4).set([1, 2, 3, 4]);
    gfx(5, 0x01);
    seq(2, 0x0a);
    peek(0xa0000);
    poke(0xa0005, 0xee);
    expect(planes(5)).toEqual([0, 2, 0, 4]);
  });

  it("spreads a color (mode 2) and masks by data (mode 3)", () => {
    const setup = setUp();
    planar(setup);
    const { gfx, poke, peek, planes } = setup;
    gfx(5, 0x02);
    gfx(8, 0x80);
    peek(0xa0000);
    poke(0xa0000, 0x09);
    expect(planes(0)).toEqual([0x80, 0, 0, 0x80]);
    gfx(5, 0x03);
    gfx(8, 0xff);
    gfx(0, 0x06);
    peek(0xa0000);
    poke(0xa0000, 0x3c);
    expect(planes(0)).toEqual([0x80, 0x3c, 0x3c, 0x80]);
  });

  it("reads a plane, and compares colors", () => {
    const setup = setUp();
    planar(setup);
    const { vga, gfx, peek } = setup;
    vga.vram.ramBytes(0, 4).set([0xf0, 0xcc, 0xaa, 0x00]);
    gfx(4, 2);
    expect(peek(0xa0000)).toBe(0xaa);
    gfx(5, 0x08);
    gfx(2, 0x03);
    expect(peek(0xa0000)).toBe(0xf0 & 0xcc & ~0xaa & 0xff);
    gfx(7, 0x01);
    expect(peek(0xa0000)).toBe(0xf0);
  });

  it("is plain memory while chained, banked by the dispi interface", () => {
    const setup = setUp();
    planar(setup);
    const { rig, vga, seq, poke, peek, dispi } = setup;
    seq(4, 0x0e);
    expect(rig.memorySpace.lookup(0xa0000).region).toBe(vga.vram);
    poke(0xa1234, 0x11223344, 4);
    expect([...vga.vram.ramBytes(0x1234, 4)]).toEqual([0x44, 0x33, 0x22, 0x11]);
    dispi(5, 2);
    poke(0xa0000, 0x77);
    expect(vga.vram.ramBytes(0x20000, 1)[0]).toBe(0x77);
    expect(peek(0xb0000)).toBe(0xff);
    seq(2, 0x05);
    expect(rig.memorySpace.lookup(0xa0000).region).toBe(vga.lowMemory);
    poke(0xa0100, 0xffffffff, 4);
    expect([...vga.vram.ramBytes(0x20100, 4)]).toEqual([0xff, 0, 0xff, 0]);
  });
});

describe("Bochs dispi interface", () => {
  it("sets a linear mode, whose picture it shows", () => {
    const setup = setUp();
    const { rig, vga, dispi, readDispi } = setup;
    expect(readDispi(0)).toBe(0xb0c5);
    expect(readDispi(10)).toBe(256);
    dispi(1, 643);
    dispi(2, 480);
    dispi(3, 32);
    vga.vram.ramBytes(0, 4).fill(9);
    dispi(4, 0x41);
    expect([1, 2, 3, 6, 7].map(readDispi)).toEqual([640, 480, 32, 640, 6553]);
    expect(vga.vram.ramBytes(0, 1)[0]).toBe(0);
    vga.configWrite(0x10, 0xe000_0000, 4);
    vga.configWrite(0x04, 0x0002, 2);
    rig.memorySpace.store(0xe000_0000 + 4 * (640 * 2 + 3), 4, 0x00112233);
    const frame = vga.renderFrame();
    expect([frame.width, frame.height]).toEqual([640, 480]);
    expect([...frame.pixels.subarray(4 * 1283, 4 * 1284)]).toEqual([0x11, 0x22, 0x33, 255]);
    dispi(9, 2);
    expect(vga.renderFrame().pixels[4 * 3]).toBe(0x11);
    vga.configWrite(0x18, 0xe100_0000, 4);
    vga.configWrite(0x04, 0x0002, 2);
    rig.memorySpace.store(0xe100_0604, 4, 0xbebebebe);
    expect(vga.renderFrame().pixels[4 * 3]).toBe(0x22);
    expect(vga.textScreen()).toEqual([]);
    expect(vga.textCells()).toBeNull();
    expect(vga.pictureSize).toMatchObject({ width: 640, height: 480 });
  });

  it("tells its limits on request, and takes words only at its ports", () => {
    const { rig, dispi, readDispi } = setUp();
    dispi(4, 0x02);
    expect([1, 2, 3].map(readDispi)).toEqual([16000, 12000, 32]);
    expect(rig.in(0x1ce)).toBe(0xff);
    expect(rig.in(0x1d0, 2)).toBe(rig.in(0x1cf, 2));
  });

  it("is reachable in the MMIO window, with the VGA ports and the monitor's description", () => {
    const { rig, vga } = setUp();
    vga.configWrite(0x18, 0xe100_0000, 4);
    vga.configWrite(0x04, 0x0002, 2);
    const load = (offset: number, size: 1 | 2 | 4): number =>
      rig.memorySpace.load(0xe100_0000 + offset, size);
    expect(load(0x500, 2)).toBe(0xb0c5);
    expect(load(0x40c, 1)).toBe(0x67);
    expect(load(0x600, 4)).toBe(8);
    expect(load(0x604, 4)).toBe(0x1e1e1e1e);
    rig.memorySpace.store(0xe100_0604, 4, 0xbebebebe);
    expect(load(0x604, 4)).toBe(0xbebebebe);
    rig.memorySpace.store(0xe100_0604, 4, 0x12345678);
    expect(load(0x604, 4)).toBe(0xbebebebe);
    expect(load(0x800, 4)).toBe(0xffffffff);
    const edid = Array.from({ length: 128 }, (_unused, i) => load(i, 1));
    expect(edid.slice(0, 8)).toEqual([0, 255, 255, 255, 255, 255, 255, 0]);
    expect(edid.reduce((sum, byte) => sum + byte, 0) % 256).toBe(0);
  });
});

describe("VGA as a PCI function", () => {
  it("shows its option ROM", () => {
    const rom = new Uint8Array(3000).fill(0x5a);
    const { rig, vga } = setUp({ rom });
    vga.configWrite(0x30, 0xffff_ffff, 4);
    expect(vga.configRead(0x30, 4)).toBe(0xffff_f001);
    vga.configWrite(0x30, 0xe101_0001, 4);
    vga.configWrite(0x04, 0x0002, 2);
    expect(rig.memorySpace.load(0xe101_0000, 1)).toBe(0x5a);
    rig.memorySpace.store(0xe101_0000, 1, 0);
    expect(rig.memorySpace.load(0xe101_0000, 1)).toBe(0x5a);
  });
});

describe("pictures", () => {
  it("draws text with the loaded font, colors and cursor", () => {
    const setup = setUp();
    textMode(setup);
    const { vga, poke, crtc } = setup;
    poke(0xb8000, 0x1f01, 2);
    // Character 1: a single lit pixel at the left of its second line.
    vga.vram.ramBytes(4 * (32 + 1) + 2, 1)[0] = 0x80;
    crtc(0x0f, 1);
    const { width, height, pixels } = vga.renderFrame();
    expect([width, height]).toEqual([720, 400]);
    expect(vga.pictureSize).toEqual({ width, height });
    const at = (x: number, y: number): number => pixels[4 * (y * width + x)]!;
    expect(at(0, 1)).toBe(255 & ((60 << 2) | (60 >> 4)));
    expect(at(1, 1)).toBe((4 << 2) | (4 >> 4));
    expect(at(9, 12)).toBe(0);
    poke(0xb8003, 0x0f);
    expect(vga.renderFrame().pixels[4 * (13 * width + 9)]).toBe(243);
  });

  it("draws 256 colors and 16", () => {
    const setup = setUp();
    textMode(setup);
    planar(setup);
    const { vga, gfx, crtc } = setup;
    crtc(0x09, 0x40);
    vga.vram.ramBytes(0, 4).set([0x80, 0, 0x80, 0]);
    let frame = vga.renderFrame();
    expect([frame.width, frame.height]).toEqual([640, 400]);
    expect(vga.pictureSize).toEqual({ width: 640, height: 400 });
    expect(frame.pixels[0]).toBe((20 << 2) | (20 >> 4));
    expect(frame.pixels[4]).toBe(0);
    gfx(5, 0x40);
    crtc(0x09, 0x41);
    vga.vram.ramBytes(0, 4).set([7, 0, 9, 0]);
    frame = vga.renderFrame();
    expect([frame.width, frame.height]).toEqual([320, 200]);
    expect(vga.pictureSize).toEqual({ width: 320, height: 200 });
    expect(frame.pixels[8]).toBe((36 << 2) | (36 >> 4));
  });
});

describe("the picture as it changes", () => {
  it("is told as a whole, then only when something was written", () => {
    const setup = setUp();
    textMode(setup);
    using screen = setup.vga.watchScreen();
    expect(screen.update()).toMatchObject({ width: 720, height: 400, firstLine: 0 });
    expect(screen.update()).toBeNull();
    // A cell with a block of light: row 3 of 16 lines each.
    setup.vga.vram.ramBytes(4 * (32 * 0xdb) + 2, 1)[0] = 0xff;
    setup.poke(0xb8000 + 160 * 3, 0xdb);
    setup.poke(0xb8001 + 160 * 3, 0x0f);
    const update = screen.update();
    expect([update?.firstLine, update?.pixels.length]).toEqual([48, 4 * 720]);
    expect(screen.update()).toBeNull();
  });

  it("is the same text, told bit by bit, as drawn as a whole", () => {
    const setup = setUp();
    textMode(setup);
    const { vga, poke, crtc, attr, seq, rig } = setup;
    const fonts = vga.vram.ramBytes(0, 0x8000);
    for (let at = 2; at < fonts.length; at += 4) fonts[at] = at * 37;
    using screen = vga.watchScreen();
    let shown = screen.update()?.pixels ?? new Uint8ClampedArray();
    let seed = 7;
    const any = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff;
      return (seed >> 8) % below;
    };
    const changes = [
      () => poke(0xb8000 + any(4000), any(256)),
      () => (crtc(0x0e, any(8)), crtc(0x0f, any(256))),
      () => (crtc(0x0a, any(64)), crtc(0x0b, any(32))),
      () => crtc(0x0d, 80 * any(3)),
      () => attr(any(16), any(64)),
      () => attr(0x10, 8 * any(2)),
      () => (rig.out(0x3c8, any(16)), rig.out(0x3c9, any(64))),
      () => void (fonts[4 * any(0x2000) + 2] = any(256)),
      () => seq(3, any(2) * 4),
      () => seq(1, any(2)),
    ];
    let told = 0;
    for (let round = 0; round < 300; round++) {
      for (let n = any(3); n >= 0; n--) changes[any(changes.length)]?.();
      // A font that the processor writes is seen with the next cell, as its page is that of cells.
      poke(0xb8000, any(256));
      const update = screen.update();
      const whole = vga.renderFrame();
      if (update !== null) {
        told++;
        if (shown.length !== whole.pixels.length)
          shown = new Uint8ClampedArray(whole.pixels.length);
        shown.set(update.pixels, 4 * update.width * update.firstLine);
      }
      expect(Buffer.from(shown.buffer).equals(Buffer.from(whole.pixels.buffer)), `${round}`).toBe(
        true,
      );
    }
    expect(told).toBeGreaterThan(100);
  });

  it("tells of the lines of a cursor that moves, and of no others", () => {
    const setup = setUp();
    textMode(setup);
    setup.poke(0xb8000 + 160 * 5 + 1, 0x0f);
    setup.poke(0xb8000 + 160 * 5 + 3, 0x0f);
    setup.crtc(0x0f, 80 * 5 - 256);
    setup.crtc(0x0e, 1);
    using screen = setup.vga.watchScreen();
    screen.update();
    setup.crtc(0x0f, 80 * 5 + 1 - 256);
    const update = screen.update();
    expect([update?.firstLine, update?.pixels.length]).toEqual([80 + 13, 2 * 4 * 720]);
  });

  it("tells which lines of a linear mode lie in dirty pages, and follows a change of mode", () => {
    const setup = setUp();
    setup.rig.memory.addSubregion(0xe000_0000, setup.vga.vram);
    using screen = setup.vga.watchScreen();
    screen.update();
    for (const [index, value] of [1024, 64, 32].entries()) setup.dispi(index + 1, value);
    setup.dispi(4, 0x41);
    expect(screen.update()).toMatchObject({ width: 1024, height: 64, firstLine: 0 });
    setup.poke(0xe000_0000 + 4096 * 10 + 8, 0x00ff_8040, 4);
    const update = screen.update();
    expect([update?.firstLine, update?.pixels.length]).toEqual([10, 4096]);
    expect(update?.pixels.slice(8, 12)).toEqual(new Uint8ClampedArray([0xff, 0x80, 0x40, 0xff]));
    expect(screen.update()).toBeNull();
  });

  it("sees planar writes, which reach video memory by the device", () => {
    const setup = setUp();
    textMode(setup);
    planar(setup);
    setup.crtc(0x01, 79);
    setup.crtc(0x09, 0x40);
    setup.seq(2, 0x0f);
    using screen = setup.vga.watchScreen();
    screen.update();
    setup.poke(0xa0000 + 80 * 200, 0xff);
    const update = screen.update();
    expect(update).not.toBeNull();
    const line = 200 - (update?.firstLine ?? 0);
    expect(update?.pixels.slice(4 * 640 * line, 4 * 640 * line + 3)).not.toEqual(
      new Uint8ClampedArray([0, 0, 0]),
    );
  });

  it("logs only while somebody looks", () => {
    const { vga } = setUp();
    expect(vga.vram.dirtyLogMask).toBe(0);
    const screen = vga.watchScreen();
    expect(vga.vram.dirtyLogMask).not.toBe(0);
    screen[Symbol.dispose]();
    screen[Symbol.dispose]();
    expect(vga.vram.dirtyLogMask).toBe(0);
    expect(screen.update()).toBeNull();
  });
});
