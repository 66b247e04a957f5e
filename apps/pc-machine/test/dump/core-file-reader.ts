/** Reads a core file as debuggers do: its header, its segments, the notes of its first one. */

/** A segment. */
export interface ReadSegment {
  readonly type: number;
  readonly linear: number;
  readonly physical: number;
  readonly bytes: Uint8Array;
}

/** A note. */
export interface ReadNote {
  readonly name: string;
  readonly type: number;
  readonly contents: DataView;
}

/** A core file. */
export interface ReadCore {
  /** 32 or 64. */
  readonly bits: number;
  readonly type: number;
  readonly machine: number;
  readonly notes: readonly ReadNote[];
  readonly memory: readonly ReadSegment[];
}

const PT_LOAD = 1;
const PT_NOTE = 4;

/** The file that `bytes` are. */
export function readCore(bytes: Uint8Array): ReadCore {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(0) !== 0x7f454c46) throw new Error("no ELF file");
  const word = (at: number): number => Number(view.getBigUint64(at, true));
  const table = word(32);
  const entryBytes = view.getUint16(54, true);
  const segments = Array.from({ length: view.getUint16(56, true) }, (_entry, n) => {
    const at = table + n * entryBytes;
    const from = word(at + 8);
    return {
      type: view.getUint32(at, true),
      linear: word(at + 16),
      physical: word(at + 24),
      bytes: bytes.subarray(from, from + word(at + 32)),
    };
  });
  return {
    bits: view.getUint8(4) * 32,
    type: view.getUint16(16, true),
    machine: view.getUint16(18, true),
    notes: segments.filter(({ type }) => type === PT_NOTE).flatMap((one) => notesOf(one.bytes)),
    memory: segments.filter(({ type }) => type === PT_LOAD),
  };
}

function notesOf(bytes: Uint8Array): ReadNote[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const notes: ReadNote[] = [];
  const padded = (length: number): number => Math.ceil(length / 4) * 4;
  for (let at = 0; at < bytes.length;) {
    const nameBytes = view.getUint32(at, true);
    const length = view.getUint32(at + 4, true);
    const start = at + 12 + padded(nameBytes);
    notes.push({
      name: new TextDecoder().decode(bytes.subarray(at + 12, at + 11 + nameBytes)),
      type: view.getUint32(at + 8, true),
      contents: new DataView(bytes.buffer, bytes.byteOffset + start, length),
    });
    at = start + padded(length);
  }
  return notes;
}
