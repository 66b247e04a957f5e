/** A system description table: its header, and what its checksum is about. */
import { littleEndian } from "./aml/encode.js";

const HEADER = 36;
const CREATOR = "MEM ";
const OEM = "MEM   ";

/** Bytes of the header before a table's own contents. */
export const TABLE_HEADER_BYTES = HEADER;
/** Offset of the checksum in a table. */
export const CHECKSUM_OFFSET = 9;

const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));

/** A table with its checksum not yet made: whoever links the tables makes it. */
export function table(
  signature: string,
  revision: number,
  body: readonly number[],
  oemTableId = `MEM${signature}`,
): Uint8Array {
  return Uint8Array.from([
    ...ascii(signature),
    ...littleEndian(HEADER + body.length, 4),
    revision,
    0,
    ...ascii(OEM),
    ...ascii(oemTableId.padEnd(8)),
    ...littleEndian(1, 4),
    ...ascii(CREATOR),
    ...littleEndian(1, 4),
    ...body,
  ]);
}
