/** The picture: what a monitor would show, as RGBA pixels. */
import type { Frame, Lines } from "./frame.js";
import type { LinearModes } from "./linear-modes.js";
import { TextPainter } from "./text-painter.js";
import { cellWidthOf, isTextMode, startAddress, textLayout, visibleLines } from "./text-screen.js";
import { Attr, Crtc, Gfx, type VgaRegisters } from "./vga-registers.js";

const ALL_LINES: Lines = { first: 0, end: Infinity };

class Canvas implements Frame {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.pixels = new Uint8ClampedArray(4 * width * height).fill(255);
  }

  set(x: number, y: number, color: number): void {
    const at = 4 * (y * this.width + x);
    this.pixels[at] = color >> 16;
    this.pixels[at + 1] = (color >> 8) & 0xff;
    this.pixels[at + 2] = color & 0xff;
  }
}

/**
 * Draw the mode that is set.
 * @param bigEndian the most significant byte of a pixel comes first, in modes of 15 bits and more
 * @param lines only these, which become the whole frame; a text screen is drawn as a whole
 */
export function renderFrame(
  registers: VgaRegisters,
  modes: LinearModes,
  videoMemory: Uint8Array,
  bigEndian = false,
  lines: Lines = ALL_LINES,
): Frame {
  if (modes.enabled && modes.mode.bpp !== 4) {
    return renderLinear(modes, videoMemory, dacColors(registers), bigEndian, lines);
  }
  if (isTextMode(registers)) {
    const painter = new TextPainter();
    painter.paint(registers, videoMemory, textColors(registers));
    return painter.frame;
  }
  const colors = dacColors(registers);
  return is256Colors(registers)
    ? render256(registers, videoMemory, colors, lines)
    : renderPlanar(registers, modes, videoMemory, colors, lines);
}

/** Width and height in pixels of the mode that is set. */
export function pictureSize(
  registers: VgaRegisters,
  modes: LinearModes,
): { readonly width: number; readonly height: number } {
  if (modes.enabled && modes.mode.bpp !== 4) return modes.mode;
  const { columns, rows, cellHeight } = textLayout(registers);
  if (isTextMode(registers)) {
    return { width: columns * cellWidthOf(registers), height: rows * cellHeight };
  }
  const height = Math.floor(visibleLines(registers) / lineRepeat(registers));
  return { width: columns * (is256Colors(registers) ? 4 : 8), height };
}

function is256Colors(registers: VgaRegisters): boolean {
  return ((registers.gfx[Gfx.MODE] ?? 0) & 0x40) !== 0;
}

/** Offsets in video memory of the lines of a graphics mode; `null` for text. */
export function pictureLines(
  registers: VgaRegisters,
  modes: LinearModes,
): { readonly start: number; readonly pitch: number; readonly height: number } | null {
  if (modes.enabled && modes.mode.bpp !== 4) return modes.mode;
  if (isTextMode(registers)) return null;
  return {
    start: modes.enabled ? 4 * modes.mode.start : 4 * startAddress(registers),
    pitch: (registers.crtc[Crtc.OFFSET] ?? 0) * 8,
    height: Math.floor(visibleLines(registers) / lineRepeat(registers)),
  };
}

/** The 256 DAC entries as 0xrrggbb. */
function dacColors(registers: VgaRegisters): readonly number[] {
  const { palette, dac8, pelMask } = registers;
  const level = (at: number): number => {
    const value = palette[at] ?? 0;
    return dac8 ? value : (value << 2) | (value >> 4);
  };
  return Array.from({ length: 256 }, (_unused, n) => {
    const at = 3 * (n & pelMask);
    return (level(at) << 16) | (level(at + 1) << 8) | level(at + 2);
  });
}

/** The sixteen attribute colors of a text screen, as 0xrrggbb. */
export function textColors(registers: VgaRegisters): readonly number[] {
  const colors = dacColors(registers);
  return Array.from({ length: 16 }, (_unused, n) => colors[attributeColor(registers, n)] ?? 0);
}

/** The DAC entry of one of the sixteen attribute colors. */
function attributeColor(registers: VgaRegisters, color: number): number {
  const { attr } = registers;
  const entry = attr[color & (attr[Attr.PLANES] ?? 0x0f) & 0x0f] ?? 0;
  const select = attr[Attr.COLOR] ?? 0;
  const high = (select & 0x0c) << 4;
  const fromSelect = ((attr[Attr.MODE] ?? 0) & 0x80) !== 0;
  return fromSelect ? high | ((select & 3) << 4) | (entry & 0x0f) : high | entry;
}

function renderLinear(
  modes: LinearModes,
  memory: Uint8Array,
  colors: readonly number[],
  bigEndian: boolean,
  { first, end }: Lines,
): Frame {
  const { width, bpp, pitch, start, ...mode } = modes.mode;
  const height = Math.min(mode.height, end) - first;
  const canvas = new Canvas(width, height);
  const byte = (at: number): number => memory[at] ?? 0;
  const five = (value: number): number => ((value & 31) << 3) | ((value & 31) >> 2);
  const six = (value: number): number => ((value & 63) << 2) | ((value & 63) >> 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const line = start + (first + y) * pitch;
      let color: number;
      if (bpp === 8) {
        color = colors[byte(line + x)] ?? 0;
      } else if (bpp === 15 || bpp === 16) {
        const [low, high] = bigEndian ? [1, 0] : [0, 1];
        const value = byte(line + 2 * x + low) | (byte(line + 2 * x + high) << 8);
        color =
          bpp === 15
            ? (five(value >> 10) << 16) | (five(value >> 5) << 8) | five(value)
            : (five(value >> 11) << 16) | (six(value >> 5) << 8) | five(value);
      } else {
        const bytes = bpp >> 3;
        const at = line + bytes * x;
        color = bigEndian
          ? (byte(at + bytes - 3) << 16) | (byte(at + bytes - 2) << 8) | byte(at + bytes - 1)
          : (byte(at + 2) << 16) | (byte(at + 1) << 8) | byte(at);
      }
      canvas.set(x, y, color);
    }
  }
  return canvas;
}

/** Number of scan lines that show one line of memory. */
export function lineRepeat(registers: VgaRegisters): number {
  const scan = registers.crtc[Crtc.MAX_SCAN_LINE] ?? 0;
  return ((scan & 0x1f) + 1) * ((scan & 0x80) !== 0 ? 2 : 1);
}

function render256(
  registers: VgaRegisters,
  memory: Uint8Array,
  colors: readonly number[],
  { first, end }: Lines,
): Frame {
  const width = ((registers.crtc[Crtc.DISPLAY_END_H] ?? 0) + 1) * 4;
  const lines = Math.floor(visibleLines(registers) / lineRepeat(registers));
  const height = Math.min(lines, end) - first;
  const pitch = (registers.crtc[Crtc.OFFSET] ?? 0) * 8;
  const start = 4 * startAddress(registers);
  const canvas = new Canvas(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      canvas.set(x, y, colors[memory[start + (first + y) * pitch + x] ?? 0] ?? 0);
    }
  }
  return canvas;
}

function renderPlanar(
  registers: VgaRegisters,
  modes: LinearModes,
  memory: Uint8Array,
  colors: readonly number[],
  { first, end }: Lines,
): Frame {
  const width = ((registers.crtc[Crtc.DISPLAY_END_H] ?? 0) + 1) * 8;
  const lines = Math.floor(visibleLines(registers) / lineRepeat(registers));
  const height = Math.min(lines, end) - first;
  const pitch = (registers.crtc[Crtc.OFFSET] ?? 0) * 8;
  const start = modes.enabled ? 4 * modes.mode.start : 4 * startAddress(registers);
  const canvas = new Canvas(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = start + (first + y) * pitch + 4 * (x >> 3);
      const shift = 7 - (x & 7);
      let color = 0;
      for (let plane = 0; plane < 4; plane++) {
        color |= (((memory[at + plane] ?? 0) >> shift) & 1) << plane;
      }
      canvas.set(x, y, colors[attributeColor(registers, color)] ?? 0);
    }
  }
  return canvas;
}
