/** ELF images: what goes where in memory, and notes. 32 and 64 bits, little endian. */
import { KernelError } from "./kernel-error.js";
import type { Placed } from "./layout.js";

const MAGIC = 0x464c457f;
const CLASS = { OFFSET: 4, BITS_64: 2 } as const;
const DATA = { OFFSET: 5, LITTLE_ENDIAN: 1 } as const;
const SEGMENT = { LOAD: 1, NOTE: 4 } as const;
/** Kernels take the lower 4 GiB; what is larger than this is a broken header. */
const LARGEST = 2 ** 30;

/** A part of an ELF image that is loaded, or that holds notes. */
interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly physical: number;
  readonly virtual: number;
  readonly fileSize: number;
  readonly memorySize: number;
}

/** An ELF image. */
export interface ElfImage {
  /** The place where it is entered. */
  readonly entry: number;
  /** Its segments in one piece, from the lowest physical address to the highest. */
  load(): Placed;
  /** The bytes of its notes of `owner` and `type`, `null` without one. */
  note(owner: string, type: number): Uint8Array | null;
}

/** Read an ELF image; `null` when it is none, or is cut short. */
export function readElf(image: Uint8Array): ElfImage | null {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  if (image.length < 52 || view.getUint32(0, true) !== MAGIC) return null;
  if (image[DATA.OFFSET] !== DATA.LITTLE_ENDIAN) return null;
  const wide = image[CLASS.OFFSET] === CLASS.BITS_64;
  const word = (offset: number): number =>
    wide ? Number(view.getBigUint64(offset, true)) : view.getUint32(offset, true);
  if (wide && image.length < 64) return null;
  const first = word(wide ? 32 : 28);
  const size = view.getUint16(wide ? 54 : 42, true);
  const count = view.getUint16(wide ? 56 : 44, true);
  if (size < (wide ? 56 : 32) || first + size * count > image.length) return null;
  const segments = Array.from({ length: count }, (_unused, index): Segment => {
    const at = first + index * size;
    return {
      type: view.getUint32(at, true),
      offset: word(at + (wide ? 8 : 4)),
      virtual: word(at + (wide ? 16 : 8)),
      physical: word(at + (wide ? 24 : 12)),
      fileSize: word(at + (wide ? 32 : 16)),
      memorySize: word(at + (wide ? 40 : 20)),
    };
  });
  if (segments.some(({ offset, fileSize }) => offset + fileSize > image.length)) return null;
  const entry = word(24);
  const loaded = segments.filter(({ type, memorySize }) => type === SEGMENT.LOAD && memorySize > 0);
  return {
    entry: physicalOf(entry, loaded),
    load: () => assemble(image, loaded),
    note: (owner, type) => findNote(image, segments, owner, type),
  };
}

/** The place where an entry is that is given as a virtual address. */
function physicalOf(entry: number, loaded: readonly Segment[]): number {
  const within = (start: number, { memorySize }: Segment): boolean =>
    entry >= start && entry < start + memorySize;
  if (loaded.some((segment) => within(segment.physical, segment))) return entry;
  const segment = loaded.find((one) => within(one.virtual, one));
  return segment === undefined ? entry : entry - segment.virtual + segment.physical;
}

function assemble(image: Uint8Array, loaded: readonly Segment[]): Placed {
  const starts = loaded.map(({ physical }) => physical);
  const ends = loaded.map(({ physical, memorySize }) => physical + memorySize);
  const address = Math.min(...starts);
  const length = Math.max(...ends) - address;
  if (loaded.length === 0 || length > LARGEST) {
    throw new KernelError("the ELF image has no segments that fit into memory");
  }
  const bytes = new Uint8Array(length);
  for (const { physical, offset, fileSize, memorySize } of loaded) {
    const data = image.subarray(offset, offset + Math.min(fileSize, memorySize));
    bytes.set(data, physical - address);
  }
  return { address, bytes };
}

const NOTE_HEADER = 12;

function findNote(
  image: Uint8Array,
  segments: readonly Segment[],
  owner: string,
  wanted: number,
): Uint8Array | null {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const padded = (length: number): number => (length + 3) & ~3;
  for (const { type, offset, fileSize } of segments) {
    const end = offset + fileSize;
    let at = offset;
    while (type === SEGMENT.NOTE && at + NOTE_HEADER <= end) {
      const nameSize = view.getUint32(at, true);
      const size = view.getUint32(at + 4, true);
      const name = at + NOTE_HEADER;
      const data = name + padded(nameSize);
      if (nameSize > fileSize || size > fileSize || data + size > end) break;
      const text = new TextDecoder().decode(image.subarray(name, name + nameSize));
      if (view.getUint32(at + 8, true) === wanted && text.replace(/\0+$/, "") === owner) {
        return image.subarray(data, data + size);
      }
      at = data + padded(size);
    }
  }
  return null;
}
