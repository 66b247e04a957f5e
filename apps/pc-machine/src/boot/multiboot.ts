/** Multiboot 1 and 2: kernels that say in a header where they go, and are told what is there. */
import { Arena, words } from "./arena.js";
import { readElf } from "./elf.js";
import { encodeHandover, MAP_BYTES, RANGE_BYTES, type Handover } from "./handover.js";
import { KernelError } from "./kernel-error.js";
import type { KernelLayout, PcKernel, Placed } from "./layout.js";

const LOADER_NAME = "Mem";

/** Version 1: magic numbers, and how far into the image the header may be. */
const V1 = { MAGIC: 0x1bad_b002, HANDED: 0x2bad_b002, SEARCHED: 8192, ALIGNMENT: 4 } as const;
const V2 = { MAGIC: 0xe852_50d6, HANDED: 0x36d7_6289, SEARCHED: 32_768, ALIGNMENT: 8 } as const;

/** Bits of version 1's header. */
const WANTS_ADDRESSES = 0x1_0000;
/** Bits that must be understood: page-aligned modules, memory, video mode (which may be ignored). */
const UNDERSTOOD = 0x7;
const MUST_UNDERSTAND = 0xffff;

/** Bits of version 1's information. */
const INFO = { MEMORY: 1, COMMAND_LINE: 4, MODULES: 8, MAP: 0x40, LOADER_NAME: 0x200 } as const;
const INFO_BYTES = 120;
/** Offsets in it. */
const InfoField = {
  FLAGS: 0,
  MEMORY: 4,
  COMMAND_LINE: 16,
  MODULE_COUNT: 20,
  MODULES: 24,
  MAP_LENGTH: 44,
  MAP: 48,
  LOADER_NAME: 64,
} as const;

/** Tags of version 2's information. */
const Tag = { COMMAND_LINE: 1, LOADER_NAME: 2, MODULE: 3, MEMORY: 4, MAP: 6 } as const;
/** Tags of version 2's header. */
const HeaderTag = { END: 0, ADDRESSES: 2, ENTRY: 3 } as const;
const ARCHITECTURE_I386 = 0;

/** The place where an image that is no ELF goes. */
interface Addresses {
  readonly header: number;
  readonly load: number;
  /** 0: to the end of the image. */
  readonly loadEnd: number;
  readonly bssEnd: number;
}

/** A header that was found. */
export interface MultibootHeader {
  readonly version: 1 | 2;
  /** Its place in the image. */
  readonly offset: number;
  readonly addresses: Addresses | null;
  readonly entry: number | null;
  /** Reason why it cannot be started though it is one, else `null`. */
  readonly refused: string | null;
}

/** Find a header, `null` without one. */
export function findMultiboot(image: Uint8Array): MultibootHeader | null {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  for (let at = 0; at + 12 <= Math.min(image.length, V2.SEARCHED); at += V1.ALIGNMENT) {
    const magic = view.getUint32(at, true);
    if (magic === V1.MAGIC && at < V1.SEARCHED && sumIsZero(view, at, 3)) {
      return readV1(view, at);
    }
    if (magic === V2.MAGIC && at % V2.ALIGNMENT === 0 && at + 16 <= image.length) {
      if (sumIsZero(view, at, 4)) return readV2(view, at);
    }
  }
  return null;
}

function sumIsZero(view: DataView, at: number, count: number): boolean {
  let sum = 0;
  for (let index = 0; index < count; index += 1) sum += view.getUint32(at + 4 * index, true);
  return sum % 2 ** 32 === 0;
}

function readV1(view: DataView, offset: number): MultibootHeader {
  const flags = view.getUint32(offset + 4, true);
  const unknown = flags & MUST_UNDERSTAND & ~UNDERSTOOD;
  const word = (index: number): number => view.getUint32(offset + 4 * index, true);
  const given = (flags & WANTS_ADDRESSES) !== 0 && offset + 32 <= view.byteLength;
  return {
    version: 1,
    offset,
    addresses: given ? { header: word(3), load: word(4), loadEnd: word(5), bssEnd: word(6) } : null,
    entry: given ? word(7) : null,
    refused:
      unknown === 0
        ? null
        : `the kernel asks of Multiboot what is not known: 0x${unknown.toString(16)}`,
  };
}

function readV2(view: DataView, offset: number): MultibootHeader {
  const length = Math.min(view.getUint32(offset + 8, true), view.byteLength - offset);
  const architecture = view.getUint32(offset + 4, true);
  let addresses: Addresses | null = null;
  let entry: number | null = null;
  let at = offset + 16;
  while (at + 8 <= offset + length) {
    const type = view.getUint16(at, true);
    const size = view.getUint32(at + 4, true);
    if (type === HeaderTag.END || size < 8 || at + size > offset + length) break;
    const word = (index: number): number => view.getUint32(at + 4 * index, true);
    if (type === HeaderTag.ADDRESSES && size >= 24) {
      addresses = { header: word(2), load: word(3), loadEnd: word(4), bssEnd: word(5) };
    } else if (type === HeaderTag.ENTRY && size >= 12) {
      entry = word(2);
    }
    at += (size + 7) & ~7;
  }
  return {
    version: 2,
    offset,
    addresses,
    entry,
    refused:
      architecture === ARCHITECTURE_I386 ? null : "the kernel is for another kind of processor",
  };
}

/** Lay a kernel out. @throws KernelError when it cannot be started */
export function layOutMultiboot(
  kernel: PcKernel,
  header: MultibootHeader,
  end: number,
): Omit<KernelLayout, "rom"> {
  if (header.refused !== null) throw new KernelError(header.refused);
  const { placed, entry } = placeImage(kernel.image, header);
  const arena = new Arena(placed.address + placed.bytes.length);
  const describe = header.version === 1 ? describeV1 : describeV2;
  const handover = describe(kernel, arena, entry);
  return {
    kernel: placed,
    entry,
    initrd: arena.finish(end),
    commandLine: null,
    setup: encodeHandover(handover),
  };
}

function placeImage(
  image: Uint8Array,
  { addresses, entry, offset }: MultibootHeader,
): { placed: Placed; entry: number } {
  if (addresses === null) {
    const elf = readElf(image);
    if (elf === null) {
      throw new KernelError("the kernel's Multiboot header gives no addresses, and it is no ELF");
    }
    return { placed: elf.load(), entry: entry ?? elf.entry };
  }
  // All ones: the image is loaded from its beginning.
  const { load, loadEnd, bssEnd } = addresses;
  const start = load === 0xffff_ffff ? 0 : offset - (addresses.header - load);
  const length = loadEnd === 0 ? image.length - start : loadEnd - load;
  if (start < 0 || length < 0 || start + length > image.length || entry === null) {
    throw new KernelError("the addresses of the kernel's Multiboot header do not fit its image");
  }
  const bytes = new Uint8Array(Math.max(length, bssEnd === 0 ? 0 : bssEnd - load));
  bytes.set(image.subarray(start, start + length));
  return { placed: { address: load, bytes }, entry };
}

function describeV1(
  { commandLine = "", modules = [] }: PcKernel,
  arena: Arena,
  entry: number,
): Handover {
  const info = new Uint8Array(INFO_BYTES);
  const view = new DataView(info.buffer);
  const at = arena.add(info);
  const set = (offset: number, value: number): void => view.setUint32(offset, value, true);
  set(
    InfoField.FLAGS,
    INFO.MEMORY | INFO.COMMAND_LINE | INFO.MODULES | INFO.MAP | INFO.LOADER_NAME,
  );
  set(InfoField.LOADER_NAME, arena.text(LOADER_NAME));
  set(InfoField.COMMAND_LINE, arena.text(commandLine));
  const list = new Uint8Array(16 * modules.length);
  set(InfoField.MODULE_COUNT, modules.length);
  set(InfoField.MODULES, arena.add(list));
  const map = arena.add(new Uint8Array(MAP_BYTES));
  set(InfoField.MAP, map);
  for (const [index, module] of modules.entries()) {
    const text = arena.text(module.commandLine);
    const start = arena.page(module.bytes);
    list.set(words(start, start + module.bytes.length, text), 16 * index);
  }
  return {
    eax: V1.HANDED,
    ebx: at,
    entry,
    memory: at + InfoField.MEMORY,
    ranges: map,
    lead: 4,
    count: at + InfoField.MAP_LENGTH,
    bias: 0,
    scale: RANGE_BYTES,
    total: arena.add(new Uint8Array(4)),
  };
}

/** A tag of version 2's information, with its padding. */
function tag(type: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array((8 + body.length + 7) & ~7);
  bytes.set(words(type, 8 + body.length));
  bytes.set(body, 8);
  return bytes;
}

function describeV2(
  { commandLine = "", modules = [] }: PcKernel,
  arena: Arena,
  entry: number,
): Handover {
  const text = (value: string): Uint8Array => new TextEncoder().encode(`${value}\0`);
  const places = modules.map(({ bytes }) => ({ start: arena.page(bytes), length: bytes.length }));
  const tags = [
    tag(Tag.COMMAND_LINE, text(commandLine)),
    tag(Tag.LOADER_NAME, text(LOADER_NAME)),
    ...places.map(({ start, length }, index) => {
      const body = [...words(start, start + length), ...text(modules[index]?.commandLine ?? "")];
      return tag(Tag.MODULE, Uint8Array.from(body));
    }),
    tag(Tag.MEMORY, words(0, 0)),
    tag(Tag.MAP, words(RANGE_BYTES, 0)),
  ];
  const length = tags.reduce((sum, { length: size }) => sum + size, 8);
  const info = new Uint8Array(length + MAP_BYTES);
  info.set(words(length, 0));
  let next = 8;
  for (const one of tags) {
    info.set(one, next);
    next += one.length;
  }
  const at = arena.add(info);
  const mapTag = at + length - 16;
  return {
    eax: V2.HANDED,
    ebx: at,
    entry,
    memory: mapTag - 8,
    ranges: at + length,
    lead: 0,
    count: mapTag + 4,
    bias: 16,
    scale: RANGE_BYTES,
    total: at,
  };
}
