/** The firmware the PC has when it is given no other: assembled from `firmware/*.asm`. */
import { EMBEDDED_BASE64 } from "./embedded-bytes.js";

const IMAGE_SIZE = 0x1_0000;

/**
 * The embedded firmware: a new copy of its 64 KiB image, as `-bios` would take it.
 *
 * It tours the machine's memory map on the first serial port, then boots the first disk or offers a
 * prompt. `firmware/README.md` tells what it prints.
 */
export function embeddedFirmware(): Uint8Array {
  const image = new Uint8Array(IMAGE_SIZE);
  const end = atob(EMBEDDED_BASE64);
  const start = IMAGE_SIZE - end.length;
  for (let index = 0; index < end.length; index += 1) {
    image[start + index] = end.charCodeAt(index);
  }
  return image;
}
