import { type AccessSize, AddressError, type Endianness, memOp, MemOp } from "@mem/core";
import { loadWordAt, storeWordAt } from "./view-access.js";

/**
 * Loads an unsigned value of 1, 2, 4 or 8 bytes from a device's own buffer, whatever the host's
 * byte order (`ldn_le_p`, `ldn_be_p`). 8 bytes answer a `bigint`.
 * @param offset first byte of the value; any alignment.
 * @param order default: the target's order, which is little.
 * @throws AddressError when the value does not lie within the buffer.
 *
 * @example
 * const packet = Uint8Array.of(0x11, 0x22, 0x33, 0x44);
 * console.log(hex(loadBytes(packet, 0, 2, "big"))); // prints: 0x1122
 * console.log(hex(loadBytes(packet, 0, 4, "little"))); // prints: 0x44332211
 */
export function loadBytes(bytes: Uint8Array, offset: number, size: 8, order?: Endianness): bigint;
export function loadBytes(
  bytes: Uint8Array,
  offset: number,
  size: 1 | 2 | 4,
  order?: Endianness,
): number;
export function loadBytes(
  bytes: Uint8Array,
  offset: number,
  size: AccessSize,
  order: Endianness = "native",
): number | bigint {
  const op = memOp(size, order);
  const view = viewOf(bytes, offset, size);
  return size === 8 ? view.getBigUint64(0, (op & MemOp.BIG) === 0) : loadWordAt(view, 0, op);
}

/**
 * Stores a value of 1, 2, 4 or 8 bytes into a device's own buffer (`stn_le_p`, `stn_be_p`); the
 * value is reduced to that size. See {@link loadBytes}.
 * @throws AddressError when the value does not lie within the buffer.
 *
 * @example
 * const packet = new Uint8Array(8);
 * storeBytes(packet, 2, 4, 0x11223344, "big");
 * console.log(packet.join(" ")); // prints: 0 0 17 34 51 68 0 0
 */
export function storeBytes(
  bytes: Uint8Array,
  offset: number,
  size: 8,
  value: bigint,
  order?: Endianness,
): void;
export function storeBytes(
  bytes: Uint8Array,
  offset: number,
  size: 1 | 2 | 4,
  value: number,
  order?: Endianness,
): void;
export function storeBytes(
  bytes: Uint8Array,
  offset: number,
  size: AccessSize,
  value: number | bigint,
  order: Endianness = "native",
): void {
  const op = memOp(size, order);
  const view = viewOf(bytes, offset, size);
  if (size === 8) view.setBigUint64(0, BigInt(value), (op & MemOp.BIG) === 0);
  else storeWordAt(view, 0, Number(value), op);
}

function viewOf(bytes: Uint8Array, offset: number, size: number): DataView {
  if (!Number.isSafeInteger(offset) || offset < 0 || offset + size > bytes.length) {
    throw new AddressError(`${size} bytes at ${offset} leave a buffer of ${bytes.length} bytes`, {
      rule: "buffer-range",
    });
  }
  return new DataView(bytes.buffer, bytes.byteOffset + offset, size);
}
