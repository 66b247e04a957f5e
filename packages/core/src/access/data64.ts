import { inspectCustom, type InspectOptions, outlined } from "@mem/qom";
import { aNumber, checkArgument, type OptionKind } from "@mem/qom/plumbing";
import { hex } from "../address.js";
import { checkBytes, refuseArgument } from "../arguments.js";

/**
 * A 64-bit value in two unsigned 32-bit halves: what dispatch moves without allocating.
 * Reuse one carrier for many accesses.
 *
 * @example
 * const data = new Data64(); // reuse one for many accesses
 * data.set(0x1234, 1); // low half, high half
 * space.storeData(0x10, memOp(8), data);
 * console.log(hex(data.value64), space.load(0x14, 4)); // prints: 0x100001234 1
 */
export class Data64 {
  /** Bits 0..31, unsigned. */
  lo = 0;
  /** Bits 32..63, unsigned. */
  hi = 0;

  /** The low 32 bits as an unsigned number; setting it clears the high half. */
  get value(): number {
    return this.lo;
  }
  set value(v: number) {
    this.lo = v >>> 0;
    this.hi = 0;
  }

  /** All 64 bits, unsigned; setting it reduces modulo 2^64. */
  get value64(): bigint {
    return this.hi === 0 ? BigInt(this.lo) : (BigInt(this.hi) << 32n) | BigInt(this.lo);
  }
  set value64(v: bigint) {
    this.lo = Number(v & 0xffffffffn);
    this.hi = Number((v >> 32n) & 0xffffffffn);
  }

  /** The 64 bits as `0x...`. */
  toString(): string {
    return hex(this.value64);
  }

  /** The 64 bits as `0x...`, since they fit no JSON number. */
  toJSON(): string {
    return hex(this.value64);
  }

  /** The text that `console.log` shows: the 64 bits. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return outlined(depth, options, {
      head: (ink) => `Data64 ${ink(hex(this.value64), "number")}`,
    });
  }

  /** Sets both halves. */
  set(lo: number, hi: number): void {
    this.lo = lo >>> 0;
    this.hi = hi >>> 0;
  }

  /** ORs in another value shifted left by `bits` (negative: right), -64 < bits < 64. */
  orShifted(lo: number, hi: number, bits: number): void {
    if (bits >= 32) {
      this.hi = (this.hi | (lo << (bits - 32))) >>> 0;
    } else if (bits > 0) {
      this.lo = (this.lo | (lo << bits)) >>> 0;
      this.hi = (this.hi | (hi << bits) | (lo >>> (32 - bits))) >>> 0;
    } else if (bits === 0) {
      this.lo = (this.lo | lo) >>> 0;
      this.hi = (this.hi | hi) >>> 0;
    } else if (bits > -32) {
      this.lo = (this.lo | (lo >>> -bits) | (hi << (32 + bits))) >>> 0;
      this.hi = (this.hi | (hi >>> -bits)) >>> 0;
    } else {
      this.lo = (this.lo | (hi >>> (-bits - 32))) >>> 0;
    }
  }

  /**
   * Composes `size` bytes (at most 8) from `at` on, the first lowest.
   * @throws ArgumentError for what are no bytes, or no such size
   */
  loadBytes(from: Uint8Array, at: number, size: number): void {
    checkPart(from, at, size, "data.loadBytes");
    loadPart(this, from, at, size);
  }

  /**
   * Takes the value apart into `size` bytes (at most 8) from `at` on, the lowest first.
   * @throws ArgumentError for what are no bytes, or no such size
   */
  storeBytes(into: Uint8Array, at: number, size: number): void {
    checkPart(into, at, size, "data.storeBytes");
    storePart(this, into, at, size);
  }

  /** Keeps the low `size` bytes (1, 2, 4 or 8). */
  truncate(size: number): void {
    if (size >= 8) return;
    this.hi = 0;
    if (size < 4) this.lo &= size === 1 ? 0xff : 0xffff;
  }

  /** Reverses the order of the low `size` bytes and drops the rest; 1 byte stays as it is. */
  swap(size: number): void {
    const { lo, hi } = this;
    if (size === 8) this.set(swap32(hi), swap32(lo));
    else if (size > 1) this.value = swapNarrow(lo, size);
  }
}

/**
 * {@link Data64.loadBytes} without its checks, for what happens on each access.
 * @param size number of bytes, at most 8
 * @see docs/PLUMBING.md, "`@mem/core/plumbing`"
 */
export function loadPart(data: Data64, from: Uint8Array, at: number, size: number): void {
  data.set(0, 0);
  for (let i = 0; i < size; i++) data.orShifted(from[at + i] ?? 0, 0, 8 * i);
}

/**
 * {@link Data64.storeBytes} without its checks, for what happens on each access.
 * @param size number of bytes, at most 8
 * @see docs/PLUMBING.md, "`@mem/core/plumbing`"
 */
export function storePart({ lo, hi }: Data64, into: Uint8Array, at: number, size: number): void {
  for (let i = 0; i < size; i++) into[at + i] = i < 4 ? lo >>> (8 * i) : hi >>> (8 * (i - 4));
}

/** The number of bytes of a part of a value. */
const A_SIZE: OptionKind = {
  expects: "0 to 8 bytes",
  accepts: (value) => typeof value === "number" && value >= 0 && value <= 8,
};

function checkPart(bytes: unknown, at: unknown, size: unknown, call: string): void {
  checkBytes(bytes, call);
  checkArgument(at, aNumber, call, "the offset", refuseArgument);
  checkArgument(size, A_SIZE, call, "the size", refuseArgument);
}

/** The low 1, 2 or 4 bytes of a value in reverse order, unsigned. */
export function swapNarrow(value: number, size: number): number {
  if (size === 4) return swap32(value);
  return size === 1 ? value & 0xff : ((value & 0xff) << 8) | ((value >>> 8) & 0xff);
}

function swap32(v: number): number {
  return ((v >>> 24) | ((v >>> 8) & 0xff00) | ((v << 8) & 0xff0000) | (v << 24)) >>> 0;
}
