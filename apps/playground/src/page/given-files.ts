/** Kind of a file that was dropped on the page. */
import type { GivenFile } from "../machine/protocol.js";

/** Use of a file. */
export type FileKind =
  "disk" | "cdrom" | "floppy" | "firmware" | "vga-bios" | "kernel" | "initrd" | "unknown";

const KIB = 1024;
const MOST_FIRMWARE = 8 * 1024 * KIB;
/** Sizes of floppy disks in KiB. */
const FLOPPIES: ReadonlySet<number> = new Set([160, 180, 320, 360, 720, 1200, 1440, 2880]);
/** Offset of the identifier of an ISO 9660 file system. */
const ISO_AT = 0x8001;
/** Offset of the identifier of a Linux kernel. */
const KERNEL_AT = 0x202;

/** First bytes of ELF files, which kernels of other systems are. */
const ELF = [0x7f, 0x45, 0x4c, 0x46];

/** First bytes of disk images that are not the bytes of a disk, and the name of the format. */
const PACKED: readonly (readonly [magic: string, format: string])[] = [
  ["QFI\xfb", "qcow2"],
  ["KDMV", "vmdk"],
  ["vhdxfile", "vhdx"],
  ["<<< Oracle VM VirtualBox Disk Image", "vdi"],
  ["PK\x03\x04", "zip"],
  ["7z\xbc\xaf", "7z"],
];

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
    if (bytes.length === 0) return `${name} is empty`;
    const format = PACKED.find(([magic]) => hasText(bytes, 0, magic))?.[1];
    if (format === undefined) return { name, bytes };
    return format === "zip" || format === "7z"
      ? `${name} is packed: drop what is in it`
      : `${name} is in the format ${format}, and this page takes the plain bytes of a disk: qemu-img convert -O raw makes them of it`;
  } catch {
    return `${name} cannot be read: it is a folder, or has changed`;
  }
}

/** Tells by what is in it, and where that says nothing by its name. */
export function kindOfFile({ name, bytes }: GivenFile): FileKind {
  if (bytes.length === 0) return "unknown";
  if (hasText(bytes, ISO_AT, "CD001")) return "cdrom";
  if (hasText(bytes, KERNEL_AT, "HdrS")) return "kernel";
  if (ELF.every((byte, at) => bytes[at] === byte)) return "kernel";
  if (ARCHIVES.some((magic) => magic.every((byte, at) => bytes[at] === byte))) return "initrd";
  const boots = bytes[510] === 0x55 && bytes[511] === 0xaa;
  if (bytes[0] === 0x55 && bytes[1] === 0xaa && bytes.length <= 256 * KIB) return "vga-bios";
  // A processor starts 16 bytes before the end of firmware, where that jumps.
  const start = bytes[bytes.length - 16];
  const jumps = start === 0xea || start === 0xe9;
  const isWhole = bytes.length % (64 * KIB) === 0 && bytes.length <= MOST_FIRMWARE;
  if (!boots && isWhole && jumps) return "firmware";
  if (boots || bytes.length % 512 === 0) {
    if (/\.iso$/i.test(name)) return "cdrom";
    return FLOPPIES.has(bytes.length / KIB) ? "floppy" : "disk";
  }
  return /\.(img|raw|hdd|dsk|bin)$/i.test(name) ? "disk" : "unknown";
}

function hasText(bytes: Uint8Array, at: number, text: string): boolean {
  return [...text].every((letter, i) => bytes[at + i] === letter.charCodeAt(0));
}
