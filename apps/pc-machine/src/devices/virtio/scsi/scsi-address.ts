/** Addresses of units as a virtio driver gives them (section 5.6.6.1). */

/** Bytes of an address. */
export const ADDRESS_BYTES = 8;

/** A unit: the number of its target, and its own there. */
export interface UnitAddress {
  readonly target: number;
  readonly unit: number;
}

/** The unit that eight bytes stand for, `null` where they are no address of this controller. */
export function unitAddress(bytes: Uint8Array): UnitAddress | null {
  const [one, target = 0, high = 0, low = 0] = bytes;
  // A unit is told by the flat method, or in a byte.
  return one === 1 ? { target, unit: ((high & 0x3f) << 8) | low } : null;
}

/** The eight bytes of unit 0 of a target. */
export function addressBytes(target: number): Uint8Array {
  return Uint8Array.of(1, target, 0x40, 0, 0, 0, 0, 0);
}
