/** The `etc/e820` file: the ranges of RAM, for firmware to build its memory map on. */

/** A range of the table; types as in the BIOS interface (1 is usable RAM, 2 reserved). */
export interface E820Entry {
  readonly address: number;
  readonly length: number;
  readonly type: number;
}

/** Usable RAM. */
export const E820_RAM = 1;

const ENTRY_BYTES = 20;

/** The file's bytes: 64-bit address, 64-bit length and 32-bit type of each range, little endian. */
export function encodeE820(entries: readonly E820Entry[]): Uint8Array {
  const bytes = new Uint8Array(entries.length * ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [index, entry] of entries.entries()) {
    const at = index * ENTRY_BYTES;
    view.setBigUint64(at, BigInt(entry.address), true);
    view.setBigUint64(at + 8, BigInt(entry.length), true);
    view.setUint32(at + 16, entry.type, true);
  }
  return bytes;
}
