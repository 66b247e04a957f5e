/**
 * The window at 0xa0000 onto video memory: chained, odd/even and planar access, with the write
 * modes, the read modes and the latches of the graphics controller.
 *
 * Video memory holds the four planes interleaved: byte `4 * n + p` is byte `n` of plane `p`.
 */
import { Gfx, SEQ_CHAIN4, Seq, type VgaRegisters } from "./vga-registers.js";

/** Size of the window in bytes, at 0xa0000. */
export const WINDOW_BYTES = 0x20000;

const MODE_READ_COMPARE = 0x08;
const MODE_ODD_EVEN = 0x10;

/**
 * Ranges of the window in which video memory shows: start and length for each "memory map select".
 */
const MAPS = [
  { start: 0x00000, length: 0x20000 },
  { start: 0x00000, length: 0x10000 },
  { start: 0x10000, length: 0x08000 },
  { start: 0x18000, length: 0x08000 },
] as const;

/** A part of the window that shows video memory from `offset` on. */
export interface LinearWindow {
  /** Offset within the window. */
  readonly start: number;
  readonly length: number;
  /** Offset within video memory. */
  readonly offset: number;
}

/** The CPU's way into video memory. */
export class VgaWindow {
  /** Added to the address in the 64 KiB map: the bank of the Bochs dispi interface, in bytes. */
  bankOffset = 0;
  readonly #registers: VgaRegisters;
  readonly #bytes: Uint8Array;
  readonly #words: DataView;
  readonly #size: number;
  readonly #written: (offset: number) => void;
  #latch = 0;

  /** @param written told which byte of video memory was written, or the first of four */
  constructor(
    registers: VgaRegisters,
    videoMemory: Uint8Array,
    written: (offset: number) => void = () => undefined,
  ) {
    this.#registers = registers;
    this.#written = written;
    this.#bytes = videoMemory;
    this.#words = new DataView(videoMemory.buffer, videoMemory.byteOffset, videoMemory.byteLength);
    this.#size = videoMemory.byteLength;
  }

  /** Power-on values. */
  reset(): void {
    this.bankOffset = 0;
    this.#latch = 0;
  }

  /** The part of the window that is plain memory now (chain 4, all planes), or null. */
  get linear(): LinearWindow | null {
    const seq = this.#registers.addressing;
    const chained = ((seq[Seq.MEMORY_MODE] ?? 0) & SEQ_CHAIN4) !== 0;
    if (!chained || ((seq[Seq.MAP_MASK] ?? 0) & 0x0f) !== 0x0f) {
      return null;
    }
    const { start, length } = this.#map;
    return { start, length, offset: this.#bankOf(length) };
  }

  /** Read the byte at `offset` of the window. What shows no memory reads as 0xff. */
  read(offset: number): number {
    const address = this.#resolve(offset);
    if (address < 0) {
      return 0xff;
    }
    const { addressing: seq, gfx } = this.#registers;
    const mode = gfx[Gfx.MODE] ?? 0;
    if (((seq[Seq.MEMORY_MODE] ?? 0) & SEQ_CHAIN4) !== 0) {
      return this.#bytes[address] ?? 0xff;
    }
    const plane = (gfx[Gfx.READ_MAP] ?? 0) & 3;
    if ((mode & MODE_ODD_EVEN) !== 0) {
      return this.#bytes[oddEven(address, plane)] ?? 0xff;
    }
    if (4 * address + 4 > this.#size) {
      return 0xff;
    }
    this.#latch = this.#words.getUint32(4 * address, true);
    if ((mode & MODE_READ_COMPARE) === 0) {
      return (this.#latch >>> (8 * plane)) & 0xff;
    }
    const care = spread(gfx[Gfx.COLOR_CARE] ?? 0);
    let differs = (this.#latch ^ spread(gfx[Gfx.COLOR_COMPARE] ?? 0)) & care;
    differs |= differs >>> 16;
    differs |= differs >>> 8;
    return ~differs & 0xff;
  }

  /** Write the byte at `offset` of the window. */
  write(offset: number, value: number): void {
    const address = this.#resolve(offset);
    if (address < 0) {
      return;
    }
    const { addressing: seq, gfx } = this.#registers;
    const planes = (seq[Seq.MAP_MASK] ?? 0) & 0x0f;
    const chained = ((seq[Seq.MEMORY_MODE] ?? 0) & SEQ_CHAIN4) !== 0;
    if (chained || ((gfx[Gfx.MODE] ?? 0) & MODE_ODD_EVEN) !== 0) {
      const at = chained ? address : oddEven(address, gfx[Gfx.READ_MAP] ?? 0);
      if ((planes & (1 << (at & 3))) !== 0 && at < this.#size) {
        this.#bytes[at] = value;
        this.#written(at);
      }
      return;
    }
    if (4 * address + 4 > this.#size) {
      return;
    }
    const mask = spread(planes);
    const old = this.#words.getUint32(4 * address, true);
    const data = this.#combine(value);
    this.#words.setUint32(4 * address, ((data & mask) | (old & ~mask)) >>> 0, true);
    this.#written(4 * address);
  }

  get #map(): (typeof MAPS)[number] {
    return MAPS[((this.#registers.gfx[Gfx.MISC] ?? 0) >> 2) & 3] ?? MAPS[0];
  }

  #bankOf(length: number): number {
    return length === 0x10000 ? this.bankOffset : 0;
  }

  /** The video memory address behind a window offset, or -1. */
  #resolve(offset: number): number {
    const { start, length } = this.#map;
    const address = offset - start;
    return address < 0 || address >= length ? -1 : address + this.#bankOf(length);
  }

  /** Value that the graphics controller makes of a byte from the CPU: four planes. */
  #combine(value: number): number {
    const { gfx } = this.#registers;
    const rotate = (gfx[Gfx.ROTATE] ?? 0) & 7;
    const bitMask = gfx[Gfx.BIT_MASK] ?? 0;
    switch ((gfx[Gfx.MODE] ?? 0) & 3) {
      case 0: {
        const enabled = spread(gfx[Gfx.ENABLE_SET_RESET] ?? 0);
        const data = repeat(rotateRight(value, rotate));
        const mixed = (data & ~enabled) | (spread(gfx[Gfx.SET_RESET] ?? 0) & enabled);
        return this.#operate(mixed, repeat(bitMask));
      }
      case 1:
        return this.#latch;
      case 2:
        return this.#operate(spread(value), repeat(bitMask));
      default: {
        const mask = repeat(rotateRight(value, rotate) & bitMask);
        return this.#operate(spread(gfx[Gfx.SET_RESET] ?? 0), mask);
      }
    }
  }

  /** The logical operation with the latches, for the bits of `mask`; the others are the latches'. */
  #operate(data: number, mask: number): number {
    let result = data;
    switch (((this.#registers.gfx[Gfx.ROTATE] ?? 0) >> 3) & 3) {
      case 1:
        result = data & this.#latch;
        break;
      case 2:
        result = data | this.#latch;
        break;
      case 3:
        result = data ^ this.#latch;
        break;
    }
    return (result & mask) | (this.#latch & ~mask);
  }
}

/**
 * Place of a byte in odd/even addressing: even addresses in plane 0 or 2, odd ones in 1 or 3. As in
 * QEMU, the graphics controller chooses it for reads and writes, and leaves the byte alone.
 */
function oddEven(address: number, map: number): number {
  return 4 * (address >>> 1) + (map & 2) + (address & 1);
}

/** Four plane bits as four bytes of all zeros or all ones. */
function spread(planes: number): number {
  return (
    ((planes & 1) !== 0 ? 0x000000ff : 0) |
    ((planes & 2) !== 0 ? 0x0000ff00 : 0) |
    ((planes & 4) !== 0 ? 0x00ff0000 : 0) |
    ((planes & 8) !== 0 ? 0xff000000 : 0)
  );
}

/** A byte in all four planes. */
function repeat(byte: number): number {
  return Math.imul(byte, 0x01010101);
}

function rotateRight(byte: number, count: number): number {
  return ((byte >> count) | (byte << (8 - count))) & 0xff;
}
