/** The Bochs "dispi" interface: eleven 16-bit registers that set high-resolution linear modes. */
import type { LinearMode, LinearModes } from "./linear-modes.js";
import { Crtc, Gfx, SEQ_CHAIN4, Seq, type VgaRegisters } from "./vga-registers.js";
import type { VgaWindow } from "./vga-window.js";

/** Register numbers. */
export const Dispi = {
  ID: 0,
  X_RESOLUTION: 1,
  Y_RESOLUTION: 2,
  BITS_PER_PIXEL: 3,
  ENABLE: 4,
  BANK: 5,
  VIRTUAL_WIDTH: 6,
  VIRTUAL_HEIGHT: 7,
  X_OFFSET: 8,
  Y_OFFSET: 9,
  VIDEO_MEMORY_64K: 10,
} as const;

/** Number of registers. */
export const DISPI_REGISTERS = 11;

const FIRST_ID = 0xb0c0;
const LAST_ID = 0xb0c5;
const ENABLED = 0x01;
const GET_CAPABILITIES = 0x02;
const DAC_8BIT = 0x20;
const KEEP_MEMORY = 0x80;
const MAX_X = 16_000;
const MAX_Y = 12_000;
const MAX_BPP = 32;
const DEPTHS: readonly number[] = [4, 8, 15, 16, 24, 32];

/** The interface. */
export class BochsDispi implements LinearModes {
  readonly #registers = new Uint16Array(DISPI_REGISTERS);
  readonly #vga: VgaRegisters;
  readonly #window: VgaWindow;
  readonly #videoMemory: Uint8Array;
  readonly #windowChanged: () => void;
  readonly #cleared: (bytes: number) => void;
  #index = 0;

  /**
   * @param windowChanged told when the way memory shows in the low window may have changed.
   * @param cleared       told how many bytes from the beginning of video memory were set to 0.
   */
  constructor(
    vga: VgaRegisters,
    window: VgaWindow,
    videoMemory: Uint8Array,
    windowChanged: () => void,
    cleared: (bytes: number) => void = () => undefined,
  ) {
    this.#vga = vga;
    this.#window = window;
    this.#videoMemory = videoMemory;
    this.#windowChanged = windowChanged;
    this.#cleared = cleared;
    this.reset();
  }

  /** Power-on: disabled. */
  reset(): void {
    this.#registers.fill(0);
    this.#registers[Dispi.ID] = LAST_ID;
    this.#index = 0;
    this.#window.bankOffset = 0;
  }

  /** True if a mode of this interface is shown. */
  get enabled(): boolean {
    return (this.#get(Dispi.ENABLE) & ENABLED) !== 0;
  }

  /** The mode: pixels, bits a pixel, bytes a line, and where in video memory the picture starts. */
  get mode(): LinearMode {
    const bpp = this.#get(Dispi.BITS_PER_PIXEL);
    const pitch = this.#pitch(this.#get(Dispi.VIRTUAL_WIDTH), bpp);
    const left = (this.#get(Dispi.X_OFFSET) * storageBits(bpp)) >> 3;
    return {
      width: this.#get(Dispi.X_RESOLUTION),
      height: this.#get(Dispi.Y_RESOLUTION),
      bpp,
      pitch,
      start: this.#get(Dispi.Y_OFFSET) * pitch + left,
    };
  }

  /** The index port. */
  get index(): number {
    return this.#index;
  }

  set index(value: number) {
    this.#index = value & 0xffff;
  }

  /** Read a register; numbers that do not exist read as 0. */
  read(index: number): number {
    if (index === Dispi.VIDEO_MEMORY_64K) {
      return this.#videoMemory.length >>> 16;
    }
    if ((this.#get(Dispi.ENABLE) & GET_CAPABILITIES) !== 0) {
      switch (index) {
        case Dispi.X_RESOLUTION:
          return MAX_X;
        case Dispi.Y_RESOLUTION:
          return MAX_Y;
        case Dispi.BITS_PER_PIXEL:
          return MAX_BPP;
      }
    }
    return this.#get(index);
  }

  /** Write a register. Values out of range are put right while the interface is enabled. */
  write(index: number, value: number): void {
    switch (index) {
      case Dispi.ID:
        if (value >= FIRST_ID && value <= LAST_ID) {
          this.#registers[Dispi.ID] = value;
        }
        break;
      case Dispi.X_RESOLUTION:
      case Dispi.Y_RESOLUTION:
      case Dispi.BITS_PER_PIXEL:
      case Dispi.VIRTUAL_WIDTH:
      case Dispi.X_OFFSET:
      case Dispi.Y_OFFSET:
        this.#registers[index] = value;
        this.#settle();
        this.holdMode();
        break;
      case Dispi.BANK: {
        const bank = value & ((this.#videoMemory.length >>> 16) - 1);
        this.#registers[Dispi.BANK] = bank;
        this.#window.bankOffset = bank << 16;
        this.#windowChanged();
        break;
      }
      case Dispi.ENABLE:
        this.#enable(value);
        break;
    }
  }

  #get(index: number): number {
    return this.#registers[index] ?? 0;
  }

  #enable(value: number): void {
    if ((value & ENABLED) !== 0 && !this.enabled) {
      this.#registers[Dispi.VIRTUAL_WIDTH] = 0;
      this.#registers[Dispi.X_OFFSET] = 0;
      this.#registers[Dispi.Y_OFFSET] = 0;
      this.#registers[Dispi.ENABLE] = this.#get(Dispi.ENABLE) | ENABLED;
      this.#settle();
      this.holdMode();
      if ((value & KEEP_MEMORY) === 0) {
        const { height, pitch } = this.mode;
        this.#videoMemory.fill(0, 0, height * pitch);
        this.#cleared(height * pitch);
      }
    } else {
      this.#window.bankOffset = 0;
    }
    this.#vga.dac8 = (value & DAC_8BIT) !== 0;
    this.#registers[Dispi.ENABLE] = value;
    this.#vga.dispiOn = this.enabled;
    this.#windowChanged();
  }

  #pitch(width: number, bpp: number): number {
    return bpp === 4 ? width >> 1 : width * (storageBits(bpp) >> 3);
  }

  /** Bring the registers into what fits the video memory. */
  #settle(): void {
    if (!this.enabled) {
      return;
    }
    const regs = this.#registers;
    const size = this.#videoMemory.length;
    const bpp = DEPTHS.includes(this.#get(Dispi.BITS_PER_PIXEL))
      ? this.#get(Dispi.BITS_PER_PIXEL)
      : 8;
    regs[Dispi.BITS_PER_PIXEL] = bpp;
    const width = Math.min(this.#get(Dispi.X_RESOLUTION), MAX_X) & ~7 || 8;
    regs[Dispi.X_RESOLUTION] = width;
    const virtualWidth = Math.max(Math.min(this.#get(Dispi.VIRTUAL_WIDTH), MAX_X) & ~7, width);
    regs[Dispi.VIRTUAL_WIDTH] = virtualWidth;

    const pitch = this.#pitch(virtualWidth, bpp);
    const lines = Math.floor(size / pitch);
    const height = Math.min(this.#get(Dispi.Y_RESOLUTION) || 1, lines, MAX_Y);
    regs[Dispi.Y_RESOLUTION] = height;
    regs[Dispi.VIRTUAL_HEIGHT] = lines;
    const x = Math.min(this.#get(Dispi.X_OFFSET), MAX_X);
    const y = Math.min(this.#get(Dispi.Y_OFFSET), MAX_Y);
    // A picture that would leave the memory goes back up, and if need be left.
    const left = (x * storageBits(bpp)) >> 3;
    const fits = (line: number, byte: number): boolean => (line + height) * pitch + byte <= size;
    const top = fits(y, left) ? y : 0;
    regs[Dispi.Y_OFFSET] = top;
    regs[Dispi.X_OFFSET] = fits(top, left) ? x : 0;
  }

  /**
   * Make the VGA's own registers say what the mode is, for software that looks at them. Call it
   * when the guest wrote one of them, too: while a mode is on, it cannot change what that needs.
   * As in QEMU, the low window follows only when next a bank, a mode or a register is set.
   */
  holdMode(): void {
    if (!this.enabled) {
      return;
    }
    const { dispiSeq: seq, gfx, crtc } = this.#vga;
    const { width, height, bpp, pitch } = this.mode;
    const lastLine = height - 1;
    gfx[Gfx.MISC] = ((gfx[Gfx.MISC] ?? 0) & ~0x0c) | 0x05;
    crtc[Crtc.MODE] = (crtc[Crtc.MODE] ?? 0) | 3;
    crtc[Crtc.OFFSET] = pitch >> 3;
    crtc[Crtc.DISPLAY_END_H] = (width >> 3) - 1;
    crtc[Crtc.DISPLAY_END_V] = lastLine;
    // Vertical end bits 8 and 9, and line compare bit 8, live in the overflow register.
    crtc[Crtc.OVERFLOW] =
      ((crtc[Crtc.OVERFLOW] ?? 0) & ~0x42) |
      ((lastLine >> 7) & 0x02) |
      ((lastLine >> 3) & 0x40) |
      0x10;
    crtc[Crtc.LINE_COMPARE] = 0xff;
    crtc[Crtc.MAX_SCAN_LINE] = ((crtc[Crtc.MAX_SCAN_LINE] ?? 0) & ~0x9f) | 0x40;
    if (bpp === 4) {
      seq[Seq.CLOCKING] = (seq[Seq.CLOCKING] ?? 0) & ~8;
      gfx[Gfx.MODE] = (gfx[Gfx.MODE] ?? 0) & ~0x60;
    } else {
      seq[Seq.MEMORY_MODE] = (seq[Seq.MEMORY_MODE] ?? 0) | SEQ_CHAIN4;
      seq[Seq.MAP_MASK] = (seq[Seq.MAP_MASK] ?? 0) | 0x0f;
      gfx[Gfx.MODE] = ((gfx[Gfx.MODE] ?? 0) & ~0x60) | 0x40;
    }
  }
}

/** The bits a pixel takes in memory: 15 and 16 bit pixels take two bytes. */
function storageBits(bpp: number): number {
  return bpp === 15 ? 16 : bpp;
}
