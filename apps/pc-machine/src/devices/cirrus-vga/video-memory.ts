/**
 * The processor's ways into video memory: the two banks at 0xa0000, and all of it behind the first BAR. While a
 * mode of packed pixels is on, writes may be of eight pixels at once.
 */
import { Gfx } from "../vga/vga-registers.js";
import type { VgaWindow } from "../vga/vga-window.js";
import type { Blitter } from "./blitter.js";
import { bltRegister } from "./blt-registers.js";
import { CirrusGfx, CirrusSeq, type CirrusRegisters } from "./registers.js";

/** Bytes of a bank, and of both. */
export const BANK_BYTES = 0x8000;
const BANKS_BYTES = 2 * BANK_BYTES;
/** The engine's registers, where the window shows them. */
const REGISTERS_FIRST = 0x18000;
const REGISTERS_BYTES = 0x100;
const FLOATING = 0xff;

const PACKED = 0x01;
/** The engine's registers are in memory; with the second bit at its end, not in the window. */
const REGISTERS_SHOWN = 0x04;
const REGISTERS_AT_END = 0x40;

/** Bits of the mode extensions. */
const Extension = {
  TWO_BANKS: 0x01,
  /** Each address is one of eight pixels of a byte. */
  EIGHT: 0x02,
  EXTENDED_WRITES: 0x04,
  /** Pixels of eight addresses are words; with extended writes. */
  WORDS: 0x10,
  LARGE_GRAINS: 0x20,
} as const;
const SIXTEEN = Extension.EXTENDED_WRITES | Extension.WORDS;
const WRITE_MODE = 0x07;
const EXPAND_FOREGROUND = 4;
const EXPAND_BOTH = 5;
const FOREGROUND_HIGH = 0x11;
const BACKGROUND_HIGH = 0x10;

/** Video memory as the processor sees it. */
export class CirrusMemory {
  readonly #registers: CirrusRegisters;
  readonly #bytes: Uint8Array;
  readonly #window: VgaWindow;
  readonly #blitter: Blitter;
  readonly #written: (offset: number, bytes: number) => void;

  /** @param written told which bytes of video memory changed */
  constructor(
    registers: CirrusRegisters,
    bytes: Uint8Array,
    window: VgaWindow,
    blitter: Blitter,
    written: (offset: number, bytes: number) => void,
  ) {
    this.#registers = registers;
    this.#bytes = bytes;
    this.#window = window;
    this.#blitter = blitter;
    this.#written = written;
  }

  /** Offset in video memory of a bank, `null` where it begins beyond the end. */
  bankOffset(bank: 0 | 1): number | null {
    const { gfx } = this.#registers;
    const extensions = this.#extensions;
    const twoBanks = (extensions & Extension.TWO_BANKS) !== 0;
    const index = twoBanks && bank === 1 ? CirrusGfx.BANK_1 : CirrusGfx.BANK_0;
    const grain = (extensions & Extension.LARGE_GRAINS) !== 0 ? 0x4000 : 0x1000;
    const offset = (gfx[index] ?? 0) * grain + (bank === 1 && !twoBanks ? BANK_BYTES : 0);
    return offset < this.#bytes.length ? offset : null;
  }

  /** True if video memory is plain: what is stored at an address of the first BAR is read there. */
  get isPlain(): boolean {
    const { seq } = this.#registers;
    const both = REGISTERS_SHOWN | REGISTERS_AT_END;
    if (((seq[CirrusSeq.CONFIGURATION] ?? 0) & both) === both) return false;
    const isEight = (this.#extensions & Extension.EIGHT) !== 0 || this.#isSixteen;
    return !this.#blitter.awaitsSource && !isEight && !this.#expands;
  }

  /** True if pixels are packed, so that the window shows the banks. */
  get isPacked(): boolean {
    return ((this.#registers.seq[CirrusSeq.MODE] ?? 0) & PACKED) !== 0;
  }

  /** Read a byte of the window. */
  readWindow(offset: number): number {
    if (!this.isPacked) return this.#window.read(offset);
    if (offset >= BANKS_BYTES) {
      const register = this.#windowRegister(offset);
      return register === null ? FLOATING : this.readRegister(register);
    }
    const at = this.#inBank(offset);
    return at === null ? FLOATING : (this.#bytes[this.#scaled(at)] ?? FLOATING);
  }

  /** Write a byte of the window. */
  writeWindow(offset: number, value: number): void {
    if (!this.isPacked) {
      this.#window.write(offset, value);
      return;
    }
    if (offset >= BANKS_BYTES) {
      const register = this.#windowRegister(offset);
      if (register !== null) this.writeRegister(register, value);
      return;
    }
    if (this.#blitter.awaitsSource) {
      this.#blitter.feed(value);
      return;
    }
    const at = this.#inBank(offset);
    if (at !== null) this.#store(at, value);
  }

  /** Read a byte behind the first BAR. */
  readLinear(offset: number): number {
    const register = this.#linearRegister(offset);
    if (register !== null) return this.readRegister(register);
    return this.#bytes[this.#scaled(offset)] ?? FLOATING;
  }

  /** Write a byte behind the first BAR. */
  writeLinear(offset: number, value: number): void {
    const register = this.#linearRegister(offset);
    if (register !== null) this.writeRegister(register, value);
    else if (this.#blitter.awaitsSource) this.#blitter.feed(value);
    else this.#store(offset, value);
  }

  /** Read a register of the engine by its place in memory. */
  readRegister(offset: number): number {
    const index = bltRegister(offset);
    return index === null ? FLOATING : this.#registers.readGraphics(index);
  }

  /** Write a register of the engine by its place in memory. */
  writeRegister(offset: number, value: number): void {
    const index = bltRegister(offset);
    if (index !== null) this.#registers.writeGraphics(index, value);
  }

  get #extensions(): number {
    return this.#registers.gfx[CirrusGfx.MODE_EXTENSIONS] ?? 0;
  }

  get #isSixteen(): boolean {
    return (this.#extensions & SIXTEEN) === SIXTEEN;
  }

  get #writeMode(): number {
    return (this.#registers.gfx[Gfx.MODE] ?? 0) & WRITE_MODE;
  }

  /** True if bits of what is written stand for pixels. */
  get #expands(): boolean {
    const mode = this.#writeMode;
    const isMode = mode === EXPAND_FOREGROUND || mode === EXPAND_BOTH;
    return isMode && (this.#extensions & Extension.EXTENDED_WRITES) !== 0;
  }

  #inBank(offset: number): number | null {
    const base = this.bankOffset(offset < BANK_BYTES ? 0 : 1);
    if (base === null) return null;
    const at = base + (offset % BANK_BYTES);
    return at < this.#bytes.length ? at : null;
  }

  #windowRegister(offset: number): number | null {
    const configuration = this.#registers.seq[CirrusSeq.CONFIGURATION] ?? 0;
    const shown = (configuration & (REGISTERS_SHOWN | REGISTERS_AT_END)) === REGISTERS_SHOWN;
    const at = offset - REGISTERS_FIRST;
    return shown && at >= 0 && at < REGISTERS_BYTES ? at : null;
  }

  #linearRegister(offset: number): number | null {
    const both = REGISTERS_SHOWN | REGISTERS_AT_END;
    const shown = ((this.#registers.seq[CirrusSeq.CONFIGURATION] ?? 0) & both) === both;
    const at = offset - (this.#bytes.length - REGISTERS_BYTES);
    return shown && at >= 0 ? at : null;
  }

  /** The byte of video memory that an address stands for. */
  #scaled(at: number): number {
    const shift = this.#isSixteen ? 4 : (this.#extensions & Extension.EIGHT) !== 0 ? 3 : 0;
    return (at << shift) & (this.#bytes.length - 1);
  }

  #store(at: number, value: number): void {
    const to = this.#scaled(at);
    if (!this.#expands) {
      this.#bytes[to] = value;
      this.#written(to, 1);
      return;
    }
    const { gfx } = this.#registers;
    const low = [gfx[CirrusGfx.BACKGROUND] ?? 0, gfx[CirrusGfx.FOREGROUND] ?? 0] as const;
    const high = [gfx[BACKGROUND_HIGH] ?? 0, gfx[FOREGROUND_HIGH] ?? 0] as const;
    const step = this.#isSixteen ? 2 : 1;
    const mask = this.#bytes.length - 1;
    for (let pixel = 0; pixel < 8; pixel++) {
      const isSet = ((value >> (7 - pixel)) & 1) !== 0;
      if (!isSet && this.#writeMode === EXPAND_FOREGROUND) continue;
      const color = isSet ? 1 : 0;
      this.#bytes[(to + pixel * step) & mask] = low[color];
      if (step === 2) this.#bytes[(to + pixel * step + 1) & mask] = high[color];
    }
    this.#written(to, 8 * step);
  }
}
