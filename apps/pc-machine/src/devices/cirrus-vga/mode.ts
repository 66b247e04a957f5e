/** The packed-pixel modes of the GD5446: pixels of 8 to 32 bits, one after another. */
import type { LinearMode, LinearModes } from "../vga/linear-modes.js";
import { lineRepeat } from "../vga/render.js";
import { visibleLines } from "../vga/text-screen.js";
import { Crtc } from "../vga/vga-registers.js";
import { CirrusSeq, type CirrusRegisters } from "./registers.js";

const PACKED = 0x01;
const PIXEL_WIDTH = 0x0e;
/** Low bits of the hidden register: five bits for green, or six. */
const HIDDEN_FORMAT = 0x0f;
const SIX_BITS_OF_GREEN = 0x01;
const INTERLACED = 0x01;
const INTERLACE_CONTROL = 0x1a;

/** The mode, as registers tell it. */
export class CirrusMode implements LinearModes {
  readonly #registers: CirrusRegisters;

  constructor(registers: CirrusRegisters) {
    this.#registers = registers;
  }

  /** True if pixels are packed: else the screen is a VGA's. */
  get enabled(): boolean {
    return ((this.#registers.seq[CirrusSeq.MODE] ?? 0) & PACKED) !== 0;
  }

  get mode(): LinearMode {
    const { vga, displayStart, pitch } = this.#registers;
    const lines = Math.floor(visibleLines(vga) / lineRepeat(vga));
    const interlaced = ((vga.crtc[INTERLACE_CONTROL] ?? 0) & INTERLACED) !== 0;
    return {
      width: 8 * ((vga.crtc[Crtc.DISPLAY_END_H] ?? 0) + 1),
      height: Math.max(1, interlaced ? 2 * lines : lines),
      bpp: this.#bitsPerPixel(),
      pitch,
      start: displayStart,
    };
  }

  #bitsPerPixel(): number {
    const format = this.#registers.hiddenDac & HIDDEN_FORMAT;
    const sixteen = format === SIX_BITS_OF_GREEN ? 16 : 15;
    switch ((this.#registers.seq[CirrusSeq.MODE] ?? 0) & PIXEL_WIDTH) {
      case 0x02:
      case 0x06:
        return sixteen;
      case 0x04:
        return 24;
      case 0x08:
        return 32;
      default:
        return 8;
    }
  }
}
