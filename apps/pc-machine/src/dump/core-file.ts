/** The form of a core file: 64-bit ELF with a segment of notes, and one for each piece of memory. */

/** A piece of memory in the file. */
export interface CoreSegmentPlace {
  /** Linear address. */
  readonly linear: bigint;
  readonly physical: bigint;
  /** Its length in bytes. */
  readonly bytes: bigint;
}

/** Most segments that a file without sections can have, that of the notes among them. */
export const MOST_SEGMENTS = 0xfffe;

const ET_CORE = 4;
const EM_386 = 3;
const EM_X86_64 = 62;
const PT_LOAD = 1;
const PT_NOTE = 4;
const HEADER_BYTES = 64;
const ENTRY_BYTES = 56;
/** ELF of 64 bits, little endian, version 1. */
const IDENTITY = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1];

/** Fields of the header that are not 0, by their offsets. */
const HEADER = {
  TYPE: 16,
  MACHINE: 18,
  VERSION: 20,
  TABLE: 32,
  HEADER_BYTES: 52,
  ENTRY_BYTES: 54,
  ENTRIES: 56,
} as const;

/**
 * Everything in front of the memory, which follows piece by piece.
 * @param isLong true if the processors were in long mode
 */
export function coreHead(
  isLong: boolean,
  segments: readonly CoreSegmentPlace[],
  notes: Uint8Array,
): Uint8Array {
  const entries = segments.length + 1;
  const notesAt = HEADER_BYTES + entries * ENTRY_BYTES;
  const bytes = new Uint8Array(notesAt + notes.length);
  const view = new DataView(bytes.buffer);
  bytes.set(IDENTITY);
  view.setUint16(HEADER.TYPE, ET_CORE, true);
  view.setUint16(HEADER.MACHINE, isLong ? EM_X86_64 : EM_386, true);
  view.setUint32(HEADER.VERSION, 1, true);
  view.setBigUint64(HEADER.TABLE, BigInt(HEADER_BYTES), true);
  view.setUint16(HEADER.HEADER_BYTES, HEADER_BYTES, true);
  view.setUint16(HEADER.ENTRY_BYTES, ENTRY_BYTES, true);
  view.setUint16(HEADER.ENTRIES, entries, true);

  let at = HEADER_BYTES;
  const entry = (type: number, offset: bigint, place: CoreSegmentPlace): void => {
    const { linear, physical, bytes: length } = place;
    view.setUint32(at, type, true);
    // Behind the flags, which nothing sets: where, at which addresses, how long in the file and in memory.
    for (const [index, value] of [offset, linear, physical, length, length].entries()) {
      view.setBigUint64(at + 8 + 8 * index, value, true);
    }
    at += ENTRY_BYTES;
  };
  entry(PT_NOTE, BigInt(notesAt), { linear: 0n, physical: 0n, bytes: BigInt(notes.length) });
  let offset = BigInt(bytes.length);
  for (const segment of segments) {
    entry(PT_LOAD, offset, segment);
    offset += segment.bytes;
  }
  bytes.set(notes, notesAt);
  return bytes;
}
