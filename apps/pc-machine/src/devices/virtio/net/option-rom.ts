/** Option ROMs of network cards behind virtio, which have two forms with a number each: one ROM serves both. */
import { readLe, writeLe } from "../../../pci/config-space.js";

const SIGNATURE = 0xaa55;
/** Length of the image in units of 512 bytes, and a byte that nothing reads. */
const LENGTH_AT = 2;
const SPARE_AT = 6;
const UNIT = 512;
/** The offset of the data structure of PCI (PCI Firmware Specification 3.0, section 5.1.2), and what is in it. */
const POINTER_AT = 0x18;
const PCIR = 0x5249_4350;
const VENDOR_AT = 4;
const DEVICE_AT = 6;
const STRUCTURE_BYTES = 0x18;
const VENDOR = 0x1af4;
const DEVICES: readonly number[] = [0x1000, 0x1041];

/**
 * The ROM `bytes` for a card with PCI's device ID `device`, a copy: firmware runs ROMs of the card's own number
 * alone. What is for other cards stays as it is.
 */
export function romFor(bytes: Uint8Array, device: number): Uint8Array {
  const rom = bytes.slice();
  const length = (rom[LENGTH_AT] ?? 0) * UNIT;
  if (rom.length < length || length < STRUCTURE_BYTES || readLe(rom, 0, 2) !== SIGNATURE)
    return rom;
  const at = readLe(rom, POINTER_AT, 2);
  const isOurs =
    at + STRUCTURE_BYTES <= length &&
    readLe(rom, at, 4) === PCIR &&
    readLe(rom, at + VENDOR_AT, 2) === VENDOR &&
    DEVICES.includes(readLe(rom, at + DEVICE_AT, 2));
  if (!isOurs) return rom;
  writeLe(rom, at + DEVICE_AT, device, 2);
  // The bytes of an image sum up to 0.
  const sum = rom.subarray(0, length).reduce((total, byte) => total + byte, 0);
  rom[SPARE_AT] = ((rom[SPARE_AT] ?? 0) - sum) & 0xff;
  return rom;
}
