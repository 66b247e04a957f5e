/** Pixels as a client wants them. */
import type { ByteWriter, InputBuffer } from "./bytes.js";

/** The layout of a pixel (RFB's `PIXEL_FORMAT`). */
export interface PixelFormat {
  readonly bitsPerPixel: 8 | 16 | 32;
  readonly depth: number;
  readonly bigEndian: boolean;
  /** False: pixels are numbers of colours in a map of 256 that the server tells. */
  readonly trueColour: boolean;
  readonly redMax: number;
  readonly greenMax: number;
  readonly blueMax: number;
  readonly redShift: number;
  readonly greenShift: number;
  readonly blueShift: number;
}

/** Number of bytes of a format in a message. */
export const PIXEL_FORMAT_BYTES = 16;

/** The format that the server offers: 32 bits, blue in the lowest byte. */
export const SERVER_FORMAT: PixelFormat = {
  bitsPerPixel: 32,
  depth: 24,
  bigEndian: false,
  trueColour: true,
  redMax: 255,
  greenMax: 255,
  blueMax: 255,
  redShift: 16,
  greenShift: 8,
  blueShift: 0,
};

/** Colours by number, for clients without true colour: three bits of red and green, two of blue. */
const MAPPED_FORMAT: PixelFormat = {
  ...SERVER_FORMAT,
  bitsPerPixel: 8,
  depth: 8,
  trueColour: false,
  redMax: 7,
  greenMax: 7,
  blueMax: 3,
  redShift: 0,
  greenShift: 3,
  blueShift: 6,
};

/** The message that tells the colours of {@link MAPPED_FORMAT} (RFB's `SetColourMapEntries`). */
export function writeColourMap(out: ByteWriter): void {
  const level = (number: number, shift: number, max: number): number =>
    Math.round((((number >> shift) & max) * 0xffff) / max);
  out.u8(1).u8(0).u16(0).u16(256);
  for (let number = 0; number < 256; number++) {
    out
      .u16(level(number, 0, 7))
      .u16(level(number, 3, 7))
      .u16(level(number, 6, 3));
  }
}

/** The format at `at`, `null` where no pixel can look like that. */
export function readPixelFormat(input: InputBuffer, at: number): PixelFormat | null {
  const bitsPerPixel = input.u8(at);
  if (bitsPerPixel !== 8 && bitsPerPixel !== 16 && bitsPerPixel !== 32) return null;
  if (input.u8(at + 3) === 0) return bitsPerPixel === 8 ? MAPPED_FORMAT : null;
  const format: PixelFormat = {
    bitsPerPixel,
    depth: input.u8(at + 1),
    bigEndian: input.u8(at + 2) !== 0,
    trueColour: true,
    redMax: input.u16(at + 4),
    greenMax: input.u16(at + 6),
    blueMax: input.u16(at + 8),
    redShift: input.u8(at + 10),
    greenShift: input.u8(at + 11),
    blueShift: input.u8(at + 12),
  };
  const fits = (max: number, shift: number): boolean =>
    max > 0 && (max & (max + 1)) === 0 && shift + Math.log2(max + 1) <= bitsPerPixel;
  const { redMax, greenMax, blueMax, redShift, greenShift, blueShift } = format;
  return fits(redMax, redShift) && fits(greenMax, greenShift) && fits(blueMax, blueShift)
    ? format
    : null;
}

/** Write `format` as a message has it. */
export function writePixelFormat(out: ByteWriter, format: PixelFormat): void {
  out.u8(format.bitsPerPixel).u8(format.depth);
  out.u8(format.bigEndian ? 1 : 0).u8(format.trueColour ? 1 : 0);
  out.u16(format.redMax).u16(format.greenMax).u16(format.blueMax);
  out.u8(format.redShift).u8(format.greenShift).u8(format.blueShift).u8(0).u16(0);
}

/** Makes pixels of a format. */
export class PixelPacker {
  readonly format: PixelFormat;
  /** Bytes of a pixel. */
  readonly bytes: number;
  /** Bytes of a pixel that ZRLE sends: three where the fourth says nothing. */
  readonly compactBytes: number;
  /** Bytes that ZRLE leaves out beneath the others. */
  readonly #compactShift: number;
  readonly #red: Uint32Array;
  readonly #green: Uint32Array;
  readonly #blue: Uint32Array;

  constructor(format: PixelFormat) {
    this.format = format;
    this.bytes = format.bitsPerPixel >> 3;
    this.#red = levels(format.redMax, format.redShift);
    this.#green = levels(format.greenMax, format.greenShift);
    this.#blue = levels(format.blueMax, format.blueShift);
    const used = this.pack(0xffffff);
    const spare = format.bitsPerPixel === 32 && format.depth <= 24;
    const isLow = used >>> 24 === 0;
    this.compactBytes = spare && (isLow || (used & 0xff) === 0) ? 3 : this.bytes;
    this.#compactShift = this.compactBytes === 3 && !isLow ? 8 : 0;
  }

  /** The pixel of a colour, 0xrrggbb. */
  pack(colour: number): number {
    const red = this.#red[(colour >> 16) & 0xff] ?? 0;
    const green = this.#green[(colour >> 8) & 0xff] ?? 0;
    const blue = this.#blue[colour & 0xff] ?? 0;
    return (red | green | blue) >>> 0;
  }

  /** Put a pixel into `bytes` at `at`. */
  store(bytes: Uint8Array, at: number, pixel: number): void {
    this.#store(bytes, at, pixel, this.bytes);
  }

  /** Put a pixel into `bytes` as ZRLE has it. */
  storeCompact(bytes: Uint8Array, at: number, pixel: number): void {
    this.#store(bytes, at, pixel >>> this.#compactShift, this.compactBytes);
  }

  #store(bytes: Uint8Array, at: number, pixel: number, count: number): void {
    if (this.format.bigEndian) {
      for (let i = 0; i < count; i++) bytes[at + i] = pixel >>> (8 * (count - 1 - i));
    } else {
      for (let i = 0; i < count; i++) bytes[at + i] = pixel >>> (8 * i);
    }
  }
}

/** A component's bits for its 256 levels. */
function levels(max: number, shift: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_unused, level) =>
    shift > 31 ? 0 : Math.floor((level * (max + 1)) / 256) << shift,
  );
}
