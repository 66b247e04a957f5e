import type { QomObject } from "@mem/qom";
import { type Address, ADDRESS_MAX, toAddress } from "../address.js";

/**
 * An offset that a region is given, exactly. The region is described only to refuse one: making
 * a path takes longer than all else that a change of a map does.
 * @throws AddressError, see {@link toAddress}
 */
export function addressIn(region: QomObject, value: Address, what: string): bigint {
  if (typeof value === "bigint") {
    if (value >= 0n && value <= ADDRESS_MAX) return value;
  } else if (Number.isSafeInteger(value) && value >= 0) {
    return BigInt(value);
  }
  return toAddress(value, what, region.describe());
}
