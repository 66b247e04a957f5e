import { shown } from "@mem/qom/plumbing";
import { RegionOptionsError } from "../errors.js";

/** Bytes in one device access. */
export type AccessSize = 1 | 2 | 4 | 8;

/** Byte order of a device or of an access; `native` is the target's, which is little here. */
export type Endianness = "little" | "big" | "native";

/**
 * Size and byte order of one access in a small integer (`MemOp`): bits 0..1 hold log2 of the
 * size in bytes, bit 3 is set for big endian.
 */
export const MemOp = {
  /** One byte. */
  SIZE_8: 0,
  /** Two bytes. */
  SIZE_16: 1,
  /** Four bytes. */
  SIZE_32: 2,
  /** Eight bytes. */
  SIZE_64: 3,
  /** Mask of the bits that hold the size. */
  SIZE_MASK: 3,
  /** Little endian. */
  LITTLE: 0,
  /** Big endian. */
  BIG: 8,
} as const;

/** A combination of {@link MemOp} bits. */
export type MemOp = number;

/**
 * The `MemOp` of `size` bytes in the given order.
 * @throws RegionOptionsError when the size is not 1, 2, 4 or 8.
 *
 * @example
 * const op = memOp(4, "big");
 * console.log(memOpSize(op)); // prints: 4
 * console.log(op === (MemOp.SIZE_32 | MemOp.BIG)); // prints: true
 */
export function memOp(size: number, endianness: Endianness = "native"): MemOp {
  const log2 = size === 1 ? 0 : size === 2 ? 1 : size === 4 ? 2 : size === 8 ? 3 : -1;
  if (log2 < 0) {
    throw new RegionOptionsError(`access size ${String(size)} is not 1, 2, 4 or 8`, {
      rule: "access-size",
    });
  }
  if (endianness !== "native" && endianness !== "little" && endianness !== "big") {
    throw new RegionOptionsError(
      `byte order ${shown(endianness)} is not "little", "big" or "native"`,
      {
        rule: "option-kind",
      },
    );
  }
  return log2 | (endianness === "big" ? MemOp.BIG : MemOp.LITTLE);
}

/** Bytes that a `MemOp` moves. */
export function memOpSize(op: MemOp): AccessSize {
  return (1 << (op & MemOp.SIZE_MASK)) as AccessSize;
}
