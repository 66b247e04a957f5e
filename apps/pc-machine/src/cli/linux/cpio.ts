/** Archives of cpio's "newc" form: what the kernel unpacks as its first file system. */

/** A file, a folder or a device of an archive. */
export type CpioEntry =
  | { readonly kind: "folder"; readonly name: string }
  | {
      readonly kind: "file";
      readonly name: string;
      readonly bytes: Uint8Array;
      readonly executable?: boolean;
    }
  | {
      readonly kind: "characters";
      readonly name: string;
      readonly major: number;
      readonly minor: number;
    };

const MAGIC = "070701";
const TRAILER = "TRAILER!!!";
const HEADER_BYTES = 110;
const ALIGNMENT = 4;
/** The kernel takes what follows in blocks of this size. */
const BLOCK = 512;

/** Bits of `mode`: kinds of entries, and who may do what. */
const Mode = {
  FOLDER: 0o040_755,
  FILE: 0o100_644,
  PROGRAM: 0o100_755,
  CHARACTERS: 0o020_600,
} as const;

/**
 * The archive of `entries`, which all belong to root and are as old as time. A folder comes before
 * what is in it.
 *
 * @example
 * const archive = cpioArchive([{ kind: "file", name: "init", bytes: script, executable: true }]);
 */
export function cpioArchive(entries: readonly CpioEntry[]): Uint8Array {
  const parts = [...entries.map(entryBytes), header(TRAILER, {})];
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  const archive = new Uint8Array(Math.ceil(size / BLOCK) * BLOCK);
  let at = 0;
  for (const [index, part] of parts.entries()) {
    archive.set(index === parts.length - 1 ? part : numbered(part, index + 1), at);
    at += part.length;
  }
  return archive;
}

function entryBytes(entry: CpioEntry): Uint8Array {
  switch (entry.kind) {
    case "folder":
      return header(entry.name, { mode: Mode.FOLDER, links: 2 });
    case "characters":
      return header(entry.name, {
        mode: Mode.CHARACTERS,
        major: entry.major,
        minor: entry.minor,
      });
    case "file": {
      const mode = entry.executable === true ? Mode.PROGRAM : Mode.FILE;
      const head = header(entry.name, { mode, size: entry.bytes.length });
      const whole = new Uint8Array(head.length + aligned(entry.bytes.length));
      whole.set(head);
      whole.set(entry.bytes, head.length);
      return whole;
    }
  }
}

interface HeaderFields {
  readonly mode?: number;
  readonly links?: number;
  readonly size?: number;
  readonly major?: number;
  readonly minor?: number;
}

/** The header and the name behind it; the number of the entry is 0. */
function header(name: string, fields: HeaderFields): Uint8Array {
  const { mode = 0, links = 1, size = 0, major = 0, minor = 0 } = fields;
  const nameBytes = new TextEncoder().encode(`${name}\0`);
  const words = [0, mode, 0, 0, links, 0, size, 0, 0, major, minor, nameBytes.length, 0];
  const text = MAGIC + words.map(hex).join("");
  const bytes = new Uint8Array(aligned(HEADER_BYTES + nameBytes.length));
  bytes.set(new TextEncoder().encode(text));
  bytes.set(nameBytes, HEADER_BYTES);
  return bytes;
}

/** Each entry is a file of its own: their numbers differ. */
function numbered(entry: Uint8Array, number: number): Uint8Array {
  entry.set(new TextEncoder().encode(hex(number)), MAGIC.length);
  return entry;
}

function hex(word: number): string {
  return word.toString(16).padStart(8, "0");
}

function aligned(size: number): number {
  return Math.ceil(size / ALIGNMENT) * ALIGNMENT;
}
