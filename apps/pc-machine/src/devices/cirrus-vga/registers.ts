/**
 * The GD5446's registers behind ports 0x3b0 to 0x3df: those of a VGA, and the extensions in the same sequencer,
 * graphics and CRT controllers. The VGA's own are in {@link VgaRegisters}, which sees what it knows.
 */
import { Crtc, Gfx, type VgaRegisters } from "../vga/vga-registers.js";

/** Port numbers at which something is extended. */
const Port = {
  SEQUENCER_INDEX: 0x3c4,
  SEQUENCER_DATA: 0x3c5,
  PEL_MASK: 0x3c6,
  DAC_READ_INDEX: 0x3c7,
  DAC_WRITE_INDEX: 0x3c8,
  DAC_DATA: 0x3c9,
  GRAPHICS_INDEX: 0x3ce,
  GRAPHICS_DATA: 0x3cf,
  CRTC_DATA_MONO: 0x3b5,
  CRTC_INDEX_MONO: 0x3b4,
  CRTC_INDEX: 0x3d4,
  CRTC_DATA: 0x3d5,
} as const;

/** Extended sequencer registers. */
export const CirrusSeq = {
  UNLOCK: 0x06,
  MODE: 0x07,
  MEMORY: 0x0f,
  CURSOR_X: 0x10,
  CURSOR_Y: 0x11,
  CURSOR_ATTRIBUTES: 0x12,
  CURSOR_PATTERN: 0x13,
  CONFIGURATION: 0x17,
} as const;

/** Extended graphics controller registers. */
export const CirrusGfx = {
  BACKGROUND: 0x00,
  FOREGROUND: 0x01,
  MODE: Gfx.MODE,
  BANK_0: 0x09,
  BANK_1: 0x0a,
  MODE_EXTENSIONS: 0x0b,
  DESTINATION_HIGH: 0x2a,
  BLT_STATUS: 0x31,
} as const;

/** Extended CRT controller registers. */
export const CirrusCrtc = { DISPLAY_CONTROL: 0x1b, OVERLAY_CONTROL: 0x1d } as const;

const FLOATING = 0xff;
const SEQUENCER_REGISTERS = 0x20;
const GRAPHICS_REGISTERS = 0x3a;
/** The first register of each controller that a VGA has not. */
const FIRST_SEQUENCER_EXTENSION = 6;
const FIRST_GRAPHICS_EXTENSION = 9;
const LAST_CRTC_EXTENSION = 0x1d;

const UNLOCKED = 0x12;
const LOCKED = 0x0f;
const UNLOCK_MASK = 0x17;
/** Configuration bits that tell how the chip is wired: a PCI bus. */
const CONFIGURATION_WIRED = 0x38;
const CURSOR_COLORS = 0x02;

/** Values after power-on that are not 0. */
const SEQUENCER_DEFAULTS = [
  [CirrusSeq.UNLOCK, LOCKED],
  // Four MiB of DRAM, 64 bits wide.
  [CirrusSeq.MEMORY, 0x98],
  [0x15, 0x04],
  [CirrusSeq.CONFIGURATION, 0x20],
  // Clock of the memory.
  [0x1f, 0x2d],
] as const;
const SIGNATURE = 0x18;
const SIGNATURE_VALUE = 0x0f;
/** CRT registers behind those that can be written. */
const ReadOnlyCrtc = {
  LATCHES: 0x22,
  ATTRIBUTE_TOGGLE: 0x24,
  PART_STATUS: 0x25,
  ATTRIBUTE_INDEX: 0x26,
  CHIP_ID: 0x27,
} as const;
const CHIP_ID_GD5446 = 0xb8;

/** Bits that a graphics register keeps of what is written; the others of the extensions keep nothing. */
const GRAPHICS_WRITABLE: ReadonlyMap<number, number> = new Map([
  ...[0x00, 0x01, 0x09, 0x0a, 0x0b, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15].map(
    (index) => [index, 0xff] as const,
  ),
  [Gfx.MODE, 0x7f] as const,
  ...[0x20, 0x22, 0x24, 0x26, 0x28, 0x29, 0x2c, 0x2d, 0x2f].map((index) => [index, 0xff] as const),
  ...[0x21, 0x23, 0x25, 0x27].map((index) => [index, 0x1f] as const),
  ...[0x2a, 0x2e].map((index) => [index, 0x3f] as const),
  ...[0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x38, 0x39].map((index) => [index, 0xff] as const),
]);

/** Accesses to the pixel mask after which the hidden register answers in its place. */
const HIDDEN_AFTER = 4;

/** Whoever acts on what is written. */
export interface RegisterListener {
  /** Called before sequencer register `index` changes. */
  sequencerWrite(index: number): void;
  /** Called after sequencer register `index` has changed. */
  sequencerWritten(index: number): void;
  /** Called after graphics register `index` has changed from `old`. */
  graphicsWritten(index: number, old: number): void;
}

/** The register file. */
export class CirrusRegisters {
  /** Those that a VGA has, too. */
  readonly vga: VgaRegisters;
  /** Sequencer registers from 6 on. */
  readonly seq = new Uint8Array(SEQUENCER_REGISTERS);
  /** Graphics registers as written: all eight bits of the colors, too. */
  readonly gfx = new Uint8Array(GRAPHICS_REGISTERS);
  /** Two colors of the cursor, background and foreground: red, green, blue, 6 bits each. */
  readonly cursorColors = new Uint8Array(6);
  /** The hidden register of the DAC: how pixels of 16 bits are laid out. */
  hiddenDac = 0;
  /** The place of the cursor's upper left corner, in pixels. */
  cursorX = 0;
  /** See {@link cursorX}. */
  cursorY = 0;
  readonly #listener: RegisterListener;
  #seqIndex = 0;
  #gfxIndex = 0;
  #crtcIndex = 0;
  #maskReads = 0;
  /** The entry, and its component, that the next access to the cursor's colors is about. */
  #colorIndex = 0;
  #component = 0;

  constructor(vga: VgaRegisters, listener: RegisterListener) {
    this.vga = vga;
    this.#listener = listener;
  }

  /** Power-on values. */
  reset(): void {
    this.vga.reset();
    this.seq.fill(0);
    for (const [index, value] of SEQUENCER_DEFAULTS) this.seq[index] = value;
    this.gfx.fill(0);
    this.gfx[SIGNATURE] = SIGNATURE_VALUE;
    this.cursorColors.fill(0);
    this.hiddenDac = 0;
    this.cursorX = 0;
    this.cursorY = 0;
    this.#seqIndex = 0;
    this.#gfxIndex = 0;
    this.#crtcIndex = 0;
    this.#maskReads = 0;
    this.#colorIndex = 0;
    this.#component = 0;
  }

  /** A byte read of `port`. */
  read(port: number): number {
    if (port === Port.PEL_MASK) return this.#readPixelMask();
    switch (port) {
      case Port.SEQUENCER_INDEX:
        return this.#seqIndex;
      case Port.SEQUENCER_DATA: {
        const index = this.#sequencerRegister();
        return index < FIRST_SEQUENCER_EXTENSION
          ? this.vga.read(port)
          : (this.seq[index] ?? FLOATING);
      }
      case Port.GRAPHICS_INDEX:
        return this.#gfxIndex;
      case Port.GRAPHICS_DATA:
        return this.readGraphics(this.#gfxIndex);
      case Port.CRTC_DATA:
      case Port.CRTC_DATA_MONO:
        return this.#crtcIndex <= LAST_CRTC_EXTENSION || !this.vga.answers(port)
          ? this.vga.read(port)
          : this.#readOnlyCrtc();
      case Port.DAC_DATA:
        return this.#isCursorColor ? this.#readCursorColor() : this.vga.read(port);
      default:
        return this.vga.read(port);
    }
  }

  /** A byte write to `port`. */
  write(port: number, value: number): void {
    if (port === Port.PEL_MASK) {
      this.#writePixelMask(value);
      return;
    }
    switch (port) {
      case Port.SEQUENCER_INDEX:
        this.#seqIndex = value;
        this.vga.write(port, value);
        break;
      case Port.SEQUENCER_DATA:
        this.#writeSequencer(value);
        break;
      case Port.GRAPHICS_INDEX:
        this.#gfxIndex = value;
        this.vga.write(port, value);
        break;
      case Port.GRAPHICS_DATA:
        this.writeGraphics(this.#gfxIndex, value);
        break;
      case Port.CRTC_INDEX:
      case Port.CRTC_INDEX_MONO:
        this.#crtcIndex = value;
        this.vga.write(port, value);
        break;
      case Port.CRTC_DATA:
      case Port.CRTC_DATA_MONO:
        if (this.#crtcIndex <= LAST_CRTC_EXTENSION) this.vga.write(port, value);
        break;
      case Port.DAC_READ_INDEX:
      case Port.DAC_WRITE_INDEX:
        this.#colorIndex = value;
        this.#component = 0;
        this.vga.write(port, value);
        break;
      case Port.DAC_DATA:
        if (this.#isCursorColor) this.#writeCursorColor(value);
        else this.vga.write(port, value);
        break;
      default:
        this.vga.write(port, value);
    }
  }

  /** A graphics register, which may be asked for by a memory access too. */
  readGraphics(index: number): number {
    if (index >= GRAPHICS_REGISTERS) return FLOATING;
    const isVga = index < FIRST_GRAPHICS_EXTENSION && !GRAPHICS_WRITABLE.has(index);
    return (isVga ? this.vga.gfx[index] : this.gfx[index]) ?? 0;
  }

  /** See {@link readGraphics}. */
  writeGraphics(index: number, value: number): void {
    if (index >= GRAPHICS_REGISTERS) return;
    if (index < FIRST_GRAPHICS_EXTENSION) {
      this.vga.write(Port.GRAPHICS_INDEX, index);
      this.vga.write(Port.GRAPHICS_DATA, value);
      this.vga.write(Port.GRAPHICS_INDEX, this.#gfxIndex);
    }
    const mask = GRAPHICS_WRITABLE.get(index);
    if (mask === undefined) return;
    const old = this.gfx[index] ?? 0;
    this.gfx[index] = value & mask;
    this.#listener.graphicsWritten(index, old);
  }

  /** The sequencer register that is chosen. Only those of the cursor's place leave bits of the index free. */
  #sequencerRegister(): number {
    const register = this.#seqIndex % SEQUENCER_REGISTERS;
    const isPlace = register === CirrusSeq.CURSOR_X || register === CirrusSeq.CURSOR_Y;
    return isPlace ? register : this.#seqIndex;
  }

  #writeSequencer(value: number): void {
    const index = this.#sequencerRegister();
    if (index >= SEQUENCER_REGISTERS) return;
    if (index < FIRST_SEQUENCER_EXTENSION) {
      this.vga.write(Port.SEQUENCER_DATA, value);
      return;
    }
    this.#listener.sequencerWrite(index);
    switch (index) {
      case CirrusSeq.UNLOCK:
        this.seq[index] = (value & UNLOCK_MASK) === UNLOCKED ? UNLOCKED : LOCKED;
        break;
      case CirrusSeq.CONFIGURATION:
        this.seq[index] =
          ((this.seq[index] ?? 0) & CONFIGURATION_WIRED) | (value & ~CONFIGURATION_WIRED);
        break;
      case CirrusSeq.CURSOR_X:
        // The three low bits of a place are those above the register's number in the index.
        this.seq[index] = value;
        this.cursorX = (value << 3) | (this.#seqIndex >> 5);
        break;
      case CirrusSeq.CURSOR_Y:
        this.seq[index] = value;
        this.cursorY = (value << 3) | (this.#seqIndex >> 5);
        break;
      default:
        this.seq[index] = value;
    }
    this.#listener.sequencerWritten(index);
  }

  /** The CRT registers that only tell something. */
  #readOnlyCrtc(): number {
    switch (this.#crtcIndex) {
      case ReadOnlyCrtc.LATCHES:
      case ReadOnlyCrtc.PART_STATUS:
        return 0;
      case ReadOnlyCrtc.ATTRIBUTE_TOGGLE:
        return this.vga.attributeIsData ? 0x80 : 0;
      case ReadOnlyCrtc.ATTRIBUTE_INDEX:
        return this.vga.attributeIndex;
      case ReadOnlyCrtc.CHIP_ID:
        return CHIP_ID_GD5446;
      default:
        return FLOATING;
    }
  }

  /** The mask, or the register hidden behind it. */
  #readPixelMask(): number {
    if (this.#maskReads < HIDDEN_AFTER) {
      this.#maskReads++;
      return this.vga.read(Port.PEL_MASK);
    }
    this.#maskReads = 0;
    return this.hiddenDac;
  }

  #writePixelMask(value: number): void {
    if (this.#maskReads === HIDDEN_AFTER) this.hiddenDac = value;
    else this.vga.write(Port.PEL_MASK, value);
    this.#maskReads = 0;
  }

  /** True while the DAC's data are colors of the cursor. */
  get #isCursorColor(): boolean {
    return ((this.seq[CirrusSeq.CURSOR_ATTRIBUTES] ?? 0) & CURSOR_COLORS) !== 0;
  }

  /** The place of the next component: entry 0 is the background, entry 15 the foreground. */
  #nextComponent(): number {
    const at = (this.#colorIndex & 0x0f) === 0x0f ? 3 : 0;
    return at + this.#component;
  }

  #step(): void {
    if (++this.#component < 3) return;
    this.#component = 0;
    this.#colorIndex = (this.#colorIndex + 1) & 0xff;
  }

  #readCursorColor(): number {
    const value = this.cursorColors[this.#nextComponent()] ?? 0;
    this.#step();
    return value;
  }

  #writeCursorColor(value: number): void {
    this.cursorColors[this.#nextComponent()] = value & 0x3f;
    this.#step();
  }

  /** Address of the first pixel in video memory, in bytes. */
  get displayStart(): number {
    const { crtc } = this.vga;
    const control = crtc[CirrusCrtc.DISPLAY_CONTROL] ?? 0;
    const overlay = crtc[CirrusCrtc.OVERLAY_CONTROL] ?? 0;
    const low = ((crtc[Crtc.START_HIGH] ?? 0) << 8) | (crtc[Crtc.START_LOW] ?? 0);
    return (
      4 * (low | ((control & 0x01) << 16) | ((control & 0x0c) << 15) | ((overlay & 0x80) << 12))
    );
  }

  /** Bytes from a line of memory to the next. */
  get pitch(): number {
    const { crtc } = this.vga;
    const high = ((crtc[CirrusCrtc.DISPLAY_CONTROL] ?? 0) & 0x10) << 4;
    return 8 * ((crtc[Crtc.OFFSET] ?? 0) | high);
  }
}
