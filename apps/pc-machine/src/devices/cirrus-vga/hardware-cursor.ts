/** The hardware cursor: a pattern of 32 or 64 pixels squared over the picture. */
import type { Frame, Lines } from "../vga/frame.js";
import { CirrusSeq, type CirrusRegisters } from "./registers.js";

const SHOWN = 0x01;
const LARGE = 0x04;
/** The patterns fill the end of video memory. */
const PATTERN_BYTES = 0x4000;
const PATTERN_STEP = 0x100;
const SMALL_PATTERNS = 0x3f;
const LARGE_PATTERNS = 0x3c;

/** A shape, and where it is read: two bits a pixel, in two planes. */
interface Shape {
  readonly size: 32 | 64;
  /** Offset of the pattern in video memory. */
  readonly at: number;
  /** Bytes from a line of a plane to the next. */
  readonly pitch: number;
  /** Bytes from the first plane to the second. */
  readonly plane: number;
}

/** Draws the cursor. */
export class HardwareCursor {
  readonly #registers: CirrusRegisters;
  readonly #videoMemory: Uint8Array;

  constructor(registers: CirrusRegisters, videoMemory: Uint8Array) {
    this.#registers = registers;
    this.#videoMemory = videoMemory;
  }

  /** All that its look depends on: another text, another look. Empty while it is hidden. */
  state(): string {
    const shape = this.#shape();
    if (shape === null) return "";
    const { cursorX, cursorY, cursorColors } = this.#registers;
    const bytes = (shape.size * shape.size) / 4;
    const pattern = this.#videoMemory.subarray(shape.at, shape.at + bytes);
    return [cursorX, cursorY, shape.size, ...cursorColors, ...pattern].join();
  }

  /** Draw it into lines of the picture, of which `frame` begins with the first. */
  draw(frame: Frame, { first }: Lines): void {
    const shape = this.#shape();
    if (shape === null) return;
    const { cursorX, cursorY } = this.#registers;
    for (let row = 0; row < shape.size; row++) {
      const y = cursorY + row - first;
      if (y < 0 || y >= frame.height) continue;
      for (let column = 0; column < shape.size; column++) {
        const x = cursorX + column;
        if (x >= frame.width) break;
        this.#drawPixel(frame.pixels, 4 * (y * frame.width + x), this.#bits(shape, row, column));
      }
    }
  }

  /** The shape that is shown, `null` for none. */
  #shape(): Shape | null {
    const { seq } = this.#registers;
    const attributes = seq[CirrusSeq.CURSOR_ATTRIBUTES] ?? 0;
    if ((attributes & SHOWN) === 0) return null;
    const select = seq[CirrusSeq.CURSOR_PATTERN] ?? 0;
    const base = this.#videoMemory.length - PATTERN_BYTES;
    return (attributes & LARGE) !== 0
      ? { size: 64, at: base + (select & LARGE_PATTERNS) * PATTERN_STEP, pitch: 16, plane: 8 }
      : { size: 32, at: base + (select & SMALL_PATTERNS) * PATTERN_STEP, pitch: 4, plane: 128 };
  }

  /** The bits of a pixel: the first plane's is the low one. */
  #bits({ at, pitch, plane }: Shape, row: number, column: number): number {
    const byte = at + row * pitch + (column >> 3);
    const shift = 7 - (column & 7);
    const bit = (from: number): number => ((this.#videoMemory[from] ?? 0) >> shift) & 1;
    return bit(byte) | (bit(byte + plane) << 1);
  }

  /** 0 lets the picture through, 1 inverts it, 2 and 3 are background and foreground. */
  #drawPixel(pixels: Uint8ClampedArray, at: number, bits: number): void {
    if (bits === 0) return;
    for (let component = 0; component < 3; component++) {
      const color = this.#registers.cursorColors[component + (bits === 3 ? 3 : 0)] ?? 0;
      pixels[at + component] =
        bits === 1 ? 255 - (pixels[at + component] ?? 0) : (color << 2) | (color >> 4);
    }
  }
}
