/** Capabilities by which a driver of version 1 finds the registers (section 4.1.4). */
import { readLe, writeLe } from "../../../pci/config-space.js";

/** ID of a vendor's own capability. */
export const VENDOR_CAPABILITY = 0x09;

/** The base address register of the registers. */
export const MODERN_BAR = 4;

/** Bytes of each room of the window. */
export const ROOM_BYTES = 0x1000;

/** The rooms of the window, in their order. */
export const Room = { COMMON: 0, ISR: 1, DEVICE: 2, NOTIFY: 3 } as const;

/** Notifications of queues are so many bytes apart. */
export const NOTIFY_BYTES = 4;

const Type = { COMMON: 1, NOTIFY: 2, ISR: 3, DEVICE: 4, ACCESS: 5 } as const;
const Offset = { LENGTH: 2, TYPE: 3, BAR: 4, OFFSET: 8, SIZE: 12, MORE: 16 } as const;
const PLAIN_BYTES = 16;
const LONG_BYTES = 20;

/** The capabilities of rooms in the order in which they are made: the last comes first in the list. */
const ROOMS = [
  { type: Type.COMMON, room: Room.COMMON },
  { type: Type.ISR, room: Room.ISR },
  { type: Type.DEVICE, room: Room.DEVICE },
  { type: Type.NOTIFY, room: Room.NOTIFY },
] as const;

/** Configuration space as capabilities are put into it. */
export interface ConfigSpace {
  readonly config: Uint8Array;
  readonly writable: Uint8Array;
  addCapability(id: number, size: number): number;
}

/**
 * Add the capabilities of the rooms, and the one by which registers are reached through configuration space.
 * @returns where the last one begins
 */
export function addVirtioCapabilities(space: ConfigSpace): number {
  const { config, writable } = space;
  for (const { type, room } of ROOMS) {
    const bytes = type === Type.NOTIFY ? LONG_BYTES : PLAIN_BYTES;
    const at = space.addCapability(VENDOR_CAPABILITY, bytes);
    config[at + Offset.LENGTH] = bytes;
    config[at + Offset.TYPE] = type;
    config[at + Offset.BAR] = MODERN_BAR;
    writeLe(config, at + Offset.OFFSET, room * ROOM_BYTES, 4);
    writeLe(config, at + Offset.SIZE, ROOM_BYTES, 4);
    if (type === Type.NOTIFY) writeLe(config, at + Offset.MORE, NOTIFY_BYTES, 4);
  }
  const at = space.addCapability(VENDOR_CAPABILITY, LONG_BYTES);
  config[at + Offset.LENGTH] = LONG_BYTES;
  config[at + Offset.TYPE] = Type.ACCESS;
  writable[at + Offset.BAR] = 0xff;
  for (const offset of [Offset.OFFSET, Offset.SIZE, Offset.MORE]) {
    writeLe(writable, at + offset, 0xffff_ffff, 4);
  }
  return at;
}

/** The register that the access capability at `at` names, `null` for none. */
export function accessOf(
  config: Uint8Array,
  at: number,
): { readonly offset: number; readonly size: number } | null {
  const offset = readLe(config, at + Offset.OFFSET, 4);
  const size = readLe(config, at + Offset.SIZE, 4);
  const isWhole = (size === 1 || size === 2 || size === 4) && offset % size === 0;
  return isWhole && offset < ROOM_BYTES * ROOMS.length ? { offset, size } : null;
}

/** True if an access of `size` bytes at `offset` of configuration space reaches the data of the capability at `at`. */
export function reachesData(at: number, offset: number, size: number): boolean {
  return offset < at + LONG_BYTES && offset + size > at + Offset.MORE;
}

/** The data of the access capability at `at`. */
export function accessData(config: Uint8Array, at: number, size: number): number {
  return readLe(config, at + Offset.MORE, size);
}

/** Set the data of the access capability at `at`. */
export function setAccessData(config: Uint8Array, at: number, value: number, size: number): void {
  writeLe(config, at + Offset.MORE, value, size);
}
