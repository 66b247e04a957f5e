/** A system description table: its header, and what its checksum is about. */
import { littleEndian } from "./aml/encode.js";

const HEADER = 36;
const CREATOR = "MEM ";
/** Whoever made the tables, unless somebody else is told. */
export const OEM_ID = "MEM";
const OEM_ID_BYTES = 6;
const OEM_ID_OFFSET = 10;
const OEM_TABLE_ID_BYTES = 8;

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
    ...ascii(OEM_ID.padEnd(OEM_ID_BYTES)),
    ...ascii(oemTableId.padEnd(OEM_TABLE_ID_BYTES)),
    ...littleEndian(1, 4),
    ...ascii(CREATOR),
    ...littleEndian(1, 4),
    ...body,
  ]);
}

/** Names of whoever made the tables: of the maker, six letters at most, and of the tables, eight. */
export interface AcpiOem {
  readonly id?: string;
  readonly tableId?: string;
}

/** Properties of QEMU's machine that set the names. */
export const OEM_PROPERTIES = { id: "x-oem-id", tableId: "x-oem-table-id" } as const;
const OEM_BYTES = { id: OEM_ID_BYTES, tableId: OEM_TABLE_ID_BYTES } as const;

/** The reason why a name does not fit into tables, in QEMU's words; `null` where it does. */
export function oemProblem(name: keyof AcpiOem, text: string): string | null {
  const most = OEM_BYTES[name];
  return new TextEncoder().encode(text).length <= most
    ? null
    : `User specified ${OEM_PROPERTIES[name]} value is bigger than ${most} bytes in size`;
}

/** The maker's name as tables have it. */
export function oemIdBytes(id: string = OEM_ID): Uint8Array {
  return Uint8Array.from(ascii(id.padEnd(OEM_ID_BYTES)));
}

/** Enter other names into the header of a table. */
export function nameMaker(bytes: Uint8Array, { id, tableId }: AcpiOem): void {
  if (id !== undefined) bytes.set(oemIdBytes(id), OEM_ID_OFFSET);
  if (tableId !== undefined) {
    bytes.set(ascii(tableId.padEnd(OEM_TABLE_ID_BYTES)), OEM_ID_OFFSET + OEM_ID_BYTES);
  }
}
