/** The table with which a flash chip describes itself: JEDEC's Common Flash Interface (JESD68). */

const TABLE_BYTES = 0x52;

/** Answers to reads after QUERY, by offset. */
export function cfiTable(size: number, sectorBytes: number): Uint8Array {
  const table = new Uint8Array(TABLE_BYTES);
  const sectors = size / sectorBytes;
  const text = (at: number, letters: string): void =>
    table.set(new TextEncoder().encode(letters), at);
  text(0x10, "QRY");
  // Intel's extended command set, described at 0x31.
  table.set([0x01, 0x00, 0x31, 0x00], 0x13);
  // Supply: 4.5 to 5.5 V.
  table.set([0x45, 0x55], 0x1b);
  // Typical times, then the longest, as powers of two: a byte, a buffer, erasing a sector.
  table.set([0x07, 0x07, 0x0a, 0x00, 0x04, 0x04, 0x04, 0x00], 0x1f);
  table[0x27] = Math.ceil(Math.log2(size));
  // Lines of 8 and 16 bits; a buffer of 256 bytes; one region of sectors.
  table.set([0x02, 0x00, 0x08, 0x00, 0x01], 0x28);
  table.set([(sectors - 1) & 0xff, (sectors - 1) >> 8], 0x2d);
  table.set([(sectorBytes >> 8) & 0xff, sectorBytes >> 16], 0x2f);
  text(0x31, "PRI10");
  // One field about the protection of sectors.
  table[0x3f] = 0x01;
  return table;
}
