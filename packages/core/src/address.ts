import { shown } from "@mem/qom/plumbing";
import { AddressError } from "./errors.js";

/**
 * A byte address, offset or size. A `number` must be a safe integer (exact to 2^53);
 * a `bigint` reaches the whole 64-bit space.
 */
export type Address = number | bigint;

/** One past the last byte of a 64-bit address space: 2^64. */
export const ADDRESS_SPACE_END = 1n << 64n;

/** The last byte address of a 64-bit address space: 2^64 - 1. */
export const ADDRESS_MAX = ADDRESS_SPACE_END - 1n;

/** Bytes in a page of the guest: the grain of dirty bitmaps, RAM blocks and dispatch. */
export const PAGE_SIZE = 4096;

/**
 * Number of KiB, MiB and GiB in bytes, for readable sizes.
 * @see the guide "Banks, mirrors and windows", "A mirror"
 */
export const KiB = 1024;
/** 2^20 bytes. */
export const MiB = 1024 * KiB;
/**
 * 2^30 bytes.
 * @see the guide "Performance", "Memory"
 */
export const GiB = 1024 * MiB;
/** 2^40 bytes. */
export const TiB = 1024 * GiB;

/**
 * `0x...` in lower case without padding.
 * @throws AddressError for what is neither a `number` nor a `bigint`.
 *
 * @example
 * console.log(hex(255), hex(2n ** 64n - 1n)); // prints: 0xff 0xffffffffffffffff
 * console.log(hex(-16)); // prints: -0x10
 * console.log(`${hex(0x1000)}+${hex(PAGE_SIZE)}`); // prints: 0x1000+0x1000
 */
export function hex(value: Address): string {
  if (typeof value !== "number" && typeof value !== "bigint")
    throw inexact(value, "value", undefined);
  return value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

/**
 * The exact value of a byte address or offset.
 * @throws AddressError when it is negative, not an integer, an unsafe `number`, 2^64 and above, or
 *   neither a `number` nor a `bigint`. A negative one may be an address of 32 bits that `| 0` or
 *   `<<` made signed: write `>>> 0`.
 */
export function toAddress(value: Address, what: string, region?: string): bigint {
  const exact = toExact(value, what, region);
  if (exact < 0n || exact > ADDRESS_MAX) {
    const isSigned = exact < 0n && exact >= -(1n << 31n);
    const hint = isSigned ? "; what `| 0` or `<<` made signed is to be written `>>> 0`" : "";
    throw new AddressError(`${of(region)}${what} ${hex(exact)} is outside 0..2^64-1${hint}`, {
      rule: "address-range",
      address: exact,
      region,
    });
  }
  return exact;
}

/**
 * The exact value of a byte size.
 * @throws AddressError when it is negative, not an integer, an unsafe `number`, or above 2^64.
 */
export function toSize(value: Address, what: string, region?: string): bigint {
  const exact = sharedPower(value) ?? toExact(value, what, region);
  if (exact < 0n || exact > ADDRESS_SPACE_END) {
    throw new AddressError(`${of(region)}${what} ${hex(exact)} is outside 0..2^64`, {
      rule: "size-range",
      address: exact,
      region,
    });
  }
  return exact;
}

/** Powers of two from 1 to 2^30: sizes mostly are such, and share one `bigint` each. */
const POWERS = /* @__PURE__ */ Array.from({ length: 31 }, (_, exponent) => 1n << BigInt(exponent));

function sharedPower(value: Address): bigint | undefined {
  if (typeof value !== "number" || value <= 0 || (value | 0) !== value) return undefined;
  return (value & (value - 1)) === 0 ? POWERS[31 - Math.clz32(value)] : undefined;
}

function toExact(value: Address, what: string, region?: string): bigint {
  if (typeof value === "bigint") return value;
  if (!Number.isSafeInteger(value)) throw inexact(value, what, region);
  return BigInt(value);
}

/**
 * Refuses what is no address of 64 bits, and costs an address that is a number next to nothing:
 * the rule of every entrance for accesses.
 * @throws AddressError, see {@link toAddress}.
 */
export function checkAddress(value: Address, what = "address"): void {
  if (!isExactNumber(value)) toAddress(value, what);
}

/** True if an address is a `number` that is exact: an integer from 0 to 2^53 - 1. */
export function isExactNumber(value: Address): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Message for a value that stands for no number of bytes. */
function inexact(value: unknown, what: string, region: string | undefined): AddressError {
  const fail = (rule: string, why: string): AddressError =>
    new AddressError(`${of(region)}${what} ${shown(value)} ${why}`, {
      rule,
      region,
      address: typeof value === "number" ? value : undefined,
      option: what,
    });
  if (typeof value !== "number") {
    const kind = value === undefined ? "missing" : value === null ? "no number" : typeof value;
    return fail("address-type", `is ${kind}, where a number or a bigint is needed`);
  }
  if (!Number.isInteger(value)) return fail("exact-number", "is no exact integer");
  return fail("exact-number", `is not exact: above 2^53 a bigint is needed, ${BigInt(value)}n`);
}

function of(region: string | undefined): string {
  return region === undefined ? "" : `${region}: `;
}

/** Value of an address as a `number` where that is exact, as a `bigint` otherwise. */
export function narrow(value: Address): Address {
  return typeof value === "bigint" && value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= 0n
    ? Number(value)
    : value;
}

/**
 * `a + b` modulo 2^64, as a `number` where that is exact.
 * @throws AddressError for a number that is no exact integer
 */
export function addWrapped(a: Address, b: Address): Address {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (sum <= Number.MAX_SAFE_INTEGER) return sum;
  }
  return narrow(BigInt.asUintN(64, toExact(a, "address") + toExact(b, "address")));
}

/** Rounds a byte count up to whole pages. */
export function pageAlign(bytes: number): number {
  return Math.ceil(bytes / PAGE_SIZE) * PAGE_SIZE;
}
