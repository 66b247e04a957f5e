/** Linux: an image with a real-mode part (The Linux/x86 Boot Protocol). */
import { KernelError } from "./kernel-error.js";
import type { KernelLayout, PcKernel, Placed } from "./layout.js";

const SECTOR = 512;
const PAGE = 4096;

/** Offsets in the image. */
const Field = {
  SETUP_SECTORS: 0x1f1,
  VIDEO_MODE: 0x1fa,
  MAGIC: 0x202,
  VERSION: 0x206,
  LOADER: 0x210,
  LOAD_FLAGS: 0x211,
  INITRD_ADDRESS: 0x218,
  INITRD_SIZE: 0x21c,
  HEAP_END: 0x224,
  COMMAND_LINE: 0x228,
  INITRD_MAX: 0x22c,
  MORE_LOAD_FLAGS: 0x236,
  COMMAND_LINE_SIZE: 0x238,
  /** Of protocols before 2.02, which take an offset from the setup's segment. */
  OLD_COMMAND_LINE_MAGIC: 0x20,
  OLD_COMMAND_LINE: 0x22,
} as const;

const HEADER_END = 0x250;
/** "HdrS". */
const MAGIC = 0x53726448;
const OLD_COMMAND_LINE_MAGIC = 0xa33f;
const OLDEST_VERSION = 0x200;
const LOADED_HIGH = 0x01;
const CAN_USE_HEAP = 0x80;
const ABOVE_4G = 0x02;
/** A loader without a number of its own; QEMU's, as the memory is laid out the same way. */
const LOADER = 0xb0;
const DEFAULT_SETUP_SECTORS = 4;
const DEFAULT_INITRD_MAX = 0x37ff_ffff;
const HEAP_TAIL = 0x200;

/** Places below 1 MiB. */
const OLD_PLACES = { setup: 0x9_0000, commandLineEnd: 0x9_a000 } as const;
const PLACES = { setup: 0x1_0000, commandLine: 0x2_0000 } as const;
const LOW_KERNEL = 0x1_0000;
const HIGH_KERNEL = 0x10_0000;

/** `vga=` in words. */
const VIDEO_MODES: Readonly<Record<string, number>> = { normal: 0xffff, ext: 0xfffe, ask: 0xfffd };

/** True if `image` says that it is a Linux kernel. */
export function isLinux(image: Uint8Array): boolean {
  return image.length >= HEADER_END && viewOf(image).getUint32(Field.MAGIC, true) === MAGIC;
}

/**
 * Lay a Linux kernel out as QEMU does.
 * @param end where the RAM that the kernel may use ends below 4 GiB
 * @throws KernelError when it cannot be started
 */
export function layOutLinux(kernel: PcKernel, end: number): Omit<KernelLayout, "rom"> {
  const { image, commandLine = "", modules = [] } = kernel;
  const header = viewOf(image);
  const version = header.getUint16(Field.VERSION, true);
  if (version < OLDEST_VERSION) {
    throw new KernelError("the kernel is older than Linux 1.3.73: its boot protocol is not known");
  }
  const setupSize = ((image[Field.SETUP_SECTORS] || DEFAULT_SETUP_SECTORS) + 1) * SECTOR;
  if (setupSize >= image.length) {
    throw new KernelError(`the image ends at ${image.length} bytes, within its setup code`);
  }
  const high = ((image[Field.LOAD_FLAGS] ?? 0) & LOADED_HIGH) !== 0;
  const words = commandLineBytes(commandLine, version >= 0x206 ? header : null);
  const low = !high || version < 0x202;
  const setupAddress = low ? OLD_PLACES.setup : PLACES.setup;
  const wordsAddress = low ? (OLD_PLACES.commandLineEnd - words.length) & ~15 : PLACES.commandLine;
  const initrd = placeInitrd(kernel, end, header, version);
  if (modules.length > 1) {
    throw new KernelError(`Linux takes one initial RAM disk, not ${modules.length}`);
  }
  const setup = image.slice(0, setupSize);
  const field = viewOf(setup);
  field.setUint8(Field.LOADER, LOADER);
  if (version >= 0x201) {
    field.setUint8(Field.LOAD_FLAGS, (setup[Field.LOAD_FLAGS] ?? 0) | CAN_USE_HEAP);
    field.setUint16(Field.HEAP_END, wordsAddress - setupAddress - HEAP_TAIL, true);
  }
  if (version >= 0x202) {
    field.setUint32(Field.COMMAND_LINE, wordsAddress, true);
  } else {
    field.setUint16(Field.OLD_COMMAND_LINE_MAGIC, OLD_COMMAND_LINE_MAGIC, true);
    field.setUint16(Field.OLD_COMMAND_LINE, wordsAddress - setupAddress, true);
  }
  if (initrd !== null) {
    field.setUint32(Field.INITRD_ADDRESS, initrd.address, true);
    field.setUint32(Field.INITRD_SIZE, initrd.bytes.length, true);
  }
  const mode = videoMode(commandLine);
  if (mode !== null) field.setUint16(Field.VIDEO_MODE, mode, true);
  return {
    kernel: { address: high ? HIGH_KERNEL : LOW_KERNEL, bytes: image.subarray(setupSize) },
    entry: high ? HIGH_KERNEL : LOW_KERNEL,
    initrd,
    commandLine: { address: wordsAddress, bytes: words },
    setup: { address: setupAddress, bytes: setup },
  };
}

/** The command line with its zero. @throws KernelError when it is longer than the kernel takes */
function commandLineBytes(text: string, header: DataView | null): Uint8Array {
  const longest = header?.getUint32(Field.COMMAND_LINE_SIZE, true) ?? 255;
  const bytes = new TextEncoder().encode(`${text}\0`);
  if (bytes.length - 1 > longest) {
    throw new KernelError(
      `the command line has ${bytes.length - 1} bytes; this kernel takes ${longest}`,
    );
  }
  return bytes;
}

/** The initial RAM disk as high as the kernel finds it, where it ends before the tables do. */
function placeInitrd(
  { image, modules = [] }: PcKernel,
  end: number,
  header: DataView,
  version: number,
): Placed | null {
  const [module] = modules;
  if (module === undefined || module.bytes.length === 0) return null;
  const anywhere =
    version >= 0x20c && (header.getUint16(Field.MORE_LOAD_FLAGS, true) & ABOVE_4G) !== 0;
  const stated = version >= 0x203 ? header.getUint32(Field.INITRD_MAX, true) : DEFAULT_INITRD_MAX;
  const limit = Math.min(end, anywhere ? 2 ** 32 : stated + 1);
  const address = Math.floor((limit - module.bytes.length) / PAGE) * PAGE;
  if (address < HIGH_KERNEL + image.length) {
    throw new KernelError(
      `kernel (${image.length} bytes) and initial RAM disk (${module.bytes.length} bytes) ` +
        `do not fit below 0x${limit.toString(16)}: more RAM is needed`,
    );
  }
  return { address, bytes: module.bytes };
}

/** Video mode that `vga=` in the command line asks for. */
function videoMode(commandLine: string): number | null {
  const [, word] = /(?:^| )vga=(\S+)/.exec(commandLine) ?? [];
  if (word === undefined) return null;
  const mode = VIDEO_MODES[word] ?? Number(word);
  return Number.isInteger(mode) && mode >= 0 && mode <= 0xffff ? mode : null;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
