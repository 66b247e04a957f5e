/** RFB's `Hextile`: squares of 16 pixels, each a background with rectangles on it. */
import type { ByteWriter } from "../bytes.js";
import { TILE, type Picture, type Rectangle } from "../picture.js";
import type { PixelPacker } from "../pixel-format.js";
import { Encoding, packArea, type RectangleEncoder } from "./encoding.js";

const RAW = 1;
const BACKGROUND = 2;
const FOREGROUND = 4;
const SUBRECTANGLES = 8;
const COLOURED = 16;
const MOST_SUBRECTANGLES = 255;

/** Encodes squares; what one has set holds for the next. */
export class HextileEncoder implements RectangleEncoder {
  readonly id = Encoding.HEXTILE;
  readonly #pixels = new Uint32Array(TILE * TILE);
  /** Parts that differ from the background: pixel, x, y, width. */
  readonly #parts = new Uint32Array(4 * MOST_SUBRECTANGLES);
  #background: number | null = null;
  #foreground: number | null = null;

  encode(picture: Picture, area: Rectangle, packer: PixelPacker, out: ByteWriter): void {
    this.#background = null;
    this.#foreground = null;
    const right = area.x + area.width;
    const bottom = area.y + area.height;
    for (let y = area.y; y < bottom; y += TILE) {
      for (let x = area.x; x < right; x += TILE) {
        const width = Math.min(TILE, right - x);
        const height = Math.min(TILE, bottom - y);
        packArea(picture, { x, y, width, height }, packer, this.#pixels);
        this.#tile(width, height, packer, out);
      }
    }
  }

  #tile(width: number, height: number, packer: PixelPacker, out: ByteWriter): void {
    const background = commonest(this.#pixels, width * height);
    const { count, isOneColour } = this.#collect(width, height, background);
    const { bytes } = packer;
    const partBytes = isOneColour ? 2 : 2 + bytes;
    const raw = width * height * bytes;
    if (count < 0 || 2 * bytes + 1 + count * partBytes >= raw) {
      out.u8(RAW);
      const room = out.room(raw);
      for (let at = 0; at < width * height; at++) {
        packer.store(room, at * bytes, this.#pixels[at] ?? 0);
      }
      this.#background = null;
      this.#foreground = null;
      return;
    }
    const foreground = this.#parts[0] ?? 0;
    const tellsBackground = this.#background !== background;
    const tellsForeground = count > 0 && isOneColour && this.#foreground !== foreground;
    out.u8(
      (tellsBackground ? BACKGROUND : 0) |
        (tellsForeground ? FOREGROUND : 0) |
        (count > 0 ? SUBRECTANGLES : 0) |
        (count > 0 && !isOneColour ? COLOURED : 0),
    );
    if (tellsBackground) packer.store(out.room(bytes), 0, background);
    if (tellsForeground) packer.store(out.room(bytes), 0, foreground);
    this.#background = background;
    if (count > 0) {
      this.#foreground = isOneColour ? foreground : null;
      out.u8(count);
      this.#writeParts(count, isOneColour, packer, out);
    }
  }

  #writeParts(count: number, isOneColour: boolean, packer: PixelPacker, out: ByteWriter): void {
    for (let part = 0; part < 4 * count; part += 4) {
      const [pixel = 0, x = 0, y = 0, length = 0] = this.#parts.subarray(part, part + 4);
      if (!isOneColour) packer.store(out.room(packer.bytes), 0, pixel);
      out.u8((x << 4) | y).u8((length - 1) << 4);
    }
  }

  /** Runs within lines that are not background; a count of -1 where they are too many. */
  #collect(
    width: number,
    height: number,
    background: number,
  ): { readonly count: number; readonly isOneColour: boolean } {
    const pixels = this.#pixels;
    let count = 0;
    let isOneColour = true;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width;) {
        const pixel = pixels[y * width + x] ?? 0;
        const start = x;
        while (x < width && pixels[y * width + x] === pixel) x++;
        if (pixel === background) continue;
        if (count === MOST_SUBRECTANGLES) return { count: -1, isOneColour };
        this.#parts.set([pixel, start, y, x - start], 4 * count);
        isOneColour &&= pixel === this.#parts[0];
        count++;
      }
    }
    return { count, isOneColour };
  }
}

/** Of the first two colours the one that there is more of: enough for texts and plain areas. */
function commonest(pixels: Uint32Array, count: number): number {
  const first = pixels[0] ?? 0;
  let second = first;
  let firsts = 0;
  let seconds = 0;
  for (let at = 0; at < count; at++) {
    const pixel = pixels[at] ?? 0;
    if (pixel === first) firsts++;
    else {
      if (second === first) second = pixel;
      if (pixel === second) seconds++;
    }
  }
  return seconds > firsts ? second : first;
}
