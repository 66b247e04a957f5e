/** Kind of a file that was dropped on the page. */
import type { GivenFile } from "../machine/protocol.js";

/** Use of a file. */
export type FileKind = "disk" | "cdrom" | "firmware" | "vga-bios" | "kernel" | "initrd" | "unknown";

const KIB = 1024;
const MOST_FIRMWARE = 8 * 1024 * KIB;
/** Offset of the identifier of an ISO 9660 file system. */
const ISO_AT = 0x8001;
/** Offset of the identifier of a Linux kernel. */
const KERNEL_AT = 0x202;

/** First bytes of cpio archives, as they are and packed: gzip, xz, zstd, lz4. */
const ARCHIVES = [
  [0x30, 0x37, 0x30, 0x37, 0x30],
  [0x1f, 0x8b],
  [0xfd, 0x37, 0x7a, 0x58, 0x5a],
  [0x28, 0xb5, 0x2f, 0xfd],
  [0x02, 0x21, 0x4c, 0x18],
];

/** Largest file that is taken, in bytes: it is in memory twice, here and in the machine. */
const MOST_BYTES = 2 ** 30;

/** A file of the person's, read; or why it cannot be. */
export async function readGiven(
  file: Pick<File, "name" | "size" | "arrayBuffer">,
): Promise<GivenFile | string> {
  const { name, size } = file;
  if (size > MOST_BYTES)
    return `${name} is larger than 1 GiB, which is the most that this page takes`;
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    return bytes.length === 0 ? `${name} is empty` : { name, bytes };
  } catch {
    return `${name} cannot be read: it is a folder, or has changed`;
  }
}

/** Tells by what is in it, and where that says nothing by its name. */
export function kindOfFile({ name, bytes }: GivenFile): FileKind {
  const isMarked = (at: number, text: string): boolean =>
    [...text].every((letter, i) => bytes[at + i] === letter.charCodeAt(0));
  if (bytes.length === 0) return "unknown";
  if (isMarked(ISO_AT, "CD001")) return "cdrom";
  if (isMarked(KERNEL_AT, "HdrS")) return "kernel";
  if (ARCHIVES.some((magic) => magic.every((byte, at) => bytes[at] === byte))) return "initrd";
  const boots = bytes[510] === 0x55 && bytes[511] === 0xaa;
  if (bytes[0] === 0x55 && bytes[1] === 0xaa && bytes.length <= 256 * KIB) return "vga-bios";
  // A processor starts 16 bytes before the end of firmware, where that jumps.
  const start = bytes[bytes.length - 16];
  const jumps = start === 0xea || start === 0xe9;
  const isWhole = bytes.length % (64 * KIB) === 0 && bytes.length <= MOST_FIRMWARE;
  if (!boots && isWhole && jumps) return "firmware";
  if (boots || bytes.length % 512 === 0) return /\.iso$/i.test(name) ? "cdrom" : "disk";
  return /\.(img|raw|hdd|dsk|bin)$/i.test(name) ? "disk" : "unknown";
}
