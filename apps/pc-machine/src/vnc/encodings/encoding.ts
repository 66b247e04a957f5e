/** Encodings of a rectangle of the picture. */
import type { ByteWriter } from "../bytes.js";
import type { Picture, Rectangle } from "../picture.js";
import type { PixelPacker } from "../pixel-format.js";

/** Numbers of encodings and of what clients announce by pretending that it is one. */
export const Encoding = {
  RAW: 0,
  HEXTILE: 5,
  ZLIB: 6,
  ZRLE: 16,
  DESKTOP_SIZE: -223,
  LAST_RECT: -224,
  POINTER_TYPE_CHANGE: -257,
  EXTENDED_KEY_EVENT: -258,
} as const;

/** Writes rectangles for one client. */
export interface RectangleEncoder {
  /** Its number. */
  readonly id: number;
  /** Write the part `area` of the picture, which lies within it. */
  encode(picture: Picture, area: Rectangle, packer: PixelPacker, out: ByteWriter): void;
}

/**
 * Compresses bytes to blocks of deflate (RFC 1951) that refer to nothing before them and end with an
 * empty stored block, so that the results, one behind the other, are one stream.
 */
export type Deflate = (bytes: Uint8Array) => Uint8Array;

/** The pixels of `area`, line by line, into `pixels`. */
export function packArea(
  picture: Picture,
  { x, y, width, height }: Rectangle,
  packer: PixelPacker,
  pixels: Uint32Array,
): void {
  const { colours } = picture;
  let to = 0;
  for (let line = y; line < y + height; line++) {
    const start = line * picture.width + x;
    for (let at = start; at < start + width; at++) pixels[to++] = packer.pack(colours[at] ?? 0);
  }
}
