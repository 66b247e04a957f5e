/** Pixels as they are. */
import type { ByteWriter } from "../bytes.js";
import type { Picture, Rectangle } from "../picture.js";
import type { PixelPacker } from "../pixel-format.js";
import { Encoding, type RectangleEncoder } from "./encoding.js";

/** Write the pixels of `area`, line by line. */
export function writePixels(
  picture: Picture,
  { x, y, width, height }: Rectangle,
  packer: PixelPacker,
  out: ByteWriter,
): void {
  const { colours } = picture;
  const { bytes } = packer;
  const room = out.room(width * height * bytes);
  let to = 0;
  for (let line = y; line < y + height; line++) {
    const start = line * picture.width + x;
    for (let at = start; at < start + width; at++, to += bytes) {
      packer.store(room, to, packer.pack(colours[at] ?? 0));
    }
  }
}

/** RFB's `Raw`, which every client knows. */
export const rawEncoder: RectangleEncoder = { id: Encoding.RAW, encode: writePixels };
