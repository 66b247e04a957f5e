import { inspectCustom, type InspectOptions, outlined } from "@mem/qom";
import type { Data64 } from "../access/data64.js";
import type { MemTxAttrs } from "../access/mem-tx.js";
import type { MmioOps, WideMmioOps } from "./callbacks.js";

/** A plain narrow read callback. */
export type FastRead = (offset: number, size: number, attrs: MemTxAttrs) => number;
/** A plain narrow write callback. */
export type FastWrite = (offset: number, value: number, size: number, attrs: MemTxAttrs) => void;

// Where each rule lies in the one number that holds them all. Sizes take four bits each.
const VALID_MIN = 0;
const VALID_MAX = 4;
const IMPL_MIN = 8;
const IMPL_MAX = 12;
const SIZE = 0xf;
const FAST_READ = 16;
const FAST_WRITE = 19;
const WIDE = 1 << 22;
const BIG_ENDIAN = 1 << 23;
const VALID_UNALIGNED = 1 << 24;
const HAS_ACCEPTS = 1 << 25;
const IMPL_UNALIGNED = 1 << 26;

/** Parts of {@link ResolvedMmioOps}; sizes are 0, 1, 2, 4 or 8 bytes. */
export interface MmioRules {
  readonly wide: boolean;
  readonly bigEndian: boolean;
  readonly validMin: number;
  readonly validMax: number;
  readonly validUnaligned: boolean;
  readonly hasAccepts: boolean;
  readonly implMin: number;
  readonly implMax: number;
  readonly implUnaligned: boolean;
  readonly fastReadSizes: number;
  readonly fastWriteSizes: number;
}

/**
 * {@link MmioOps} checked and with its defaults filled in.
 *
 * Every device region has one of its own, and a map may have a hundred thousand: all rules lie in
 * one number, which the host keeps in the object itself, and a test of one of them is a single
 * bit test.
 * @see {@link MemorySystem}
 */
export class ResolvedMmioOps implements MmioRules {
  /** The callbacks, which are called as methods of the object the device passed. */
  readonly callbacks: MmioOps | WideMmioOps;
  /** `read`, where sizes in {@link fastReadSizes} need nothing but a call to it and byte order. */
  readonly fastRead: FastRead | null;
  /**
   * `write`, where sizes in {@link fastWriteSizes} need nothing but a call to it and byte order.
   */
  readonly fastWrite: FastWrite | null;
  private readonly rules: number;
  #parts: Data64[] | null = null;

  constructor(
    callbacks: MmioOps | WideMmioOps,
    fastRead: FastRead | null,
    fastWrite: FastWrite | null,
    rules: MmioRules,
  ) {
    this.callbacks = callbacks;
    this.fastRead = fastRead;
    this.fastWrite = fastWrite;
    this.rules =
      (rules.validMin << VALID_MIN) |
      (rules.validMax << VALID_MAX) |
      (rules.implMin << IMPL_MIN) |
      (rules.implMax << IMPL_MAX) |
      (rules.fastReadSizes << FAST_READ) |
      (rules.fastWriteSizes << FAST_WRITE) |
      (rules.wide ? WIDE : 0) |
      (rules.bigEndian ? BIG_ENDIAN : 0) |
      (rules.validUnaligned ? VALID_UNALIGNED : 0) |
      (rules.hasAccepts ? HAS_ACCEPTS : 0) |
      (rules.implUnaligned ? IMPL_UNALIGNED : 0);
  }

  /** True if offsets are `bigint`s. */
  get wide(): boolean {
    return (this.rules & WIDE) !== 0;
  }

  /** True if the registers are big endian. */
  get bigEndian(): boolean {
    return (this.rules & BIG_ENDIAN) !== 0;
  }

  /** Smallest valid access, in bytes. */
  get validMin(): number {
    return (this.rules >>> VALID_MIN) & SIZE;
  }

  /** Largest valid access, in bytes. 0: every size is valid, and {@link validMin} is ignored. */
  get validMax(): number {
    return (this.rules >>> VALID_MAX) & SIZE;
  }

  /** True if unaligned accesses are valid. */
  get validUnaligned(): boolean {
    return (this.rules & VALID_UNALIGNED) !== 0;
  }

  /** True if there is a `valid.accepts` to ask. */
  get hasAccepts(): boolean {
    return (this.rules & HAS_ACCEPTS) !== 0;
  }

  /** Smallest access of the callbacks, in bytes. */
  get implMin(): number {
    return (this.rules >>> IMPL_MIN) & SIZE;
  }

  /** Largest access of the callbacks, in bytes. */
  get implMax(): number {
    return (this.rules >>> IMPL_MAX) & SIZE;
  }

  /** True if the callbacks take unaligned accesses. */
  get implUnaligned(): boolean {
    return (this.rules & IMPL_UNALIGNED) !== 0;
  }

  // Numbers and a plain field in the next two, so that they are short enough for the host to inline
  // them whatever else it inlined.

  /** OR of the sizes, in bytes, that {@link fastRead} serves. */
  get fastReadSizes(): number {
    return (this.rules >>> 16) & 7;
  }

  /** OR of the sizes, in bytes, that {@link fastWrite} serves. */
  get fastWriteSizes(): number {
    return (this.rules >>> 19) & 7;
  }

  /** The rules; `accepts` is true where there is such a callback. */
  toJSON(): object {
    const { bigEndian, validMin, validMax, validUnaligned, implMin, implMax, implUnaligned } = this;
    return {
      endianness: bigEndian ? "big" : "little",
      valid: { minAccessSize: validMin, maxAccessSize: validMax, unaligned: validUnaligned },
      impl: { minAccessSize: implMin, maxAccessSize: implMax, unaligned: implUnaligned },
      wideOffsets: this.wide,
      accepts: this.hasAccepts,
    };
  }

  /** The text that `console.log` shows: byte order and sizes. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return outlined(depth, options, {
      head: (ink) => {
        const order = ink(this.bigEndian ? "big" : "little", "kind");
        const valid = this.validMax === 0 ? "any size" : `${this.validMin}..${this.validMax} bytes`;
        return `MmioOps ${order} endian, valid ${valid}, impl ${this.implMin}..${this.implMax} bytes`;
      },
    });
  }

  /** Carriers that dispatch reuses for the pieces of accesses, by depth of nesting. */
  get parts(): Data64[] {
    return (this.#parts ??= []);
  }
}
