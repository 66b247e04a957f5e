/** RFB's `ZRLE`: squares of 64 pixels with palettes or runs, compressed. */
import { ByteWriter } from "../bytes.js";
import type { Picture, Rectangle } from "../picture.js";
import type { PixelPacker } from "../pixel-format.js";
import { Encoding, packArea, type Deflate, type RectangleEncoder } from "./encoding.js";
import { ZlibStream } from "./zlib.js";

const SIDE = 64;
const MOST_COLOURS = 16;
const RAW = 0;
const SOLID = 1;
const RUNS = 128;
const RUN_STEP = 255;

/** The pixels of a square, and what there is to know of them. */
interface Square {
  readonly width: number;
  readonly height: number;
  /** Number of runs of the same pixel, over line ends. */
  readonly runs: number;
  /** The pixels by number; more than {@link MOST_COLOURS} are not counted. */
  readonly palette: ReadonlyMap<number, number>;
}

/** Encodes squares. */
export class ZrleEncoder implements RectangleEncoder {
  readonly id = Encoding.ZRLE;
  readonly #stream: ZlibStream;
  readonly #pixels = new Uint32Array(SIDE * SIDE);

  constructor(deflate: Deflate) {
    this.#stream = new ZlibStream(deflate);
  }

  encode(picture: Picture, area: Rectangle, packer: PixelPacker, out: ByteWriter): void {
    const tiles = new ByteWriter();
    const right = area.x + area.width;
    const bottom = area.y + area.height;
    for (let y = area.y; y < bottom; y += SIDE) {
      for (let x = area.x; x < right; x += SIDE) {
        const width = Math.min(SIDE, right - x);
        const height = Math.min(SIDE, bottom - y);
        packArea(picture, { x, y, width, height }, packer, this.#pixels);
        this.#square(this.#look(width, height), packer, tiles);
      }
    }
    this.#stream.write(tiles.written, out);
  }

  #look(width: number, height: number): Square {
    const palette = new Map<number, number>();
    let runs = 0;
    let last = -1;
    for (let at = 0; at < width * height; at++) {
      const pixel = this.#pixels[at] ?? 0;
      if (pixel === last) continue;
      last = pixel;
      runs++;
      if (palette.size <= MOST_COLOURS && !palette.has(pixel)) palette.set(pixel, palette.size);
    }
    return { width, height, runs, palette };
  }

  #square(square: Square, packer: PixelPacker, out: ByteWriter): void {
    const { width, height, runs, palette } = square;
    const { compactBytes } = packer;
    if (palette.size === 1) {
      out.u8(SOLID);
      packer.storeCompact(out.room(compactBytes), 0, this.#pixels[0] ?? 0);
    } else if (palette.size <= MOST_COLOURS) {
      this.#packed(square, packer, out);
    } else if (runs * (compactBytes + 1) < width * height * compactBytes) {
      this.#runs(width * height, packer, out);
    } else {
      out.u8(RAW);
      const room = out.room(width * height * compactBytes);
      for (let at = 0; at < width * height; at++) {
        packer.storeCompact(room, at * compactBytes, this.#pixels[at] ?? 0);
      }
    }
  }

  /** A palette, and numbers of 1, 2 or 4 bits; each line begins with a byte. */
  #packed({ width, height, palette }: Square, packer: PixelPacker, out: ByteWriter): void {
    out.u8(palette.size);
    for (const pixel of palette.keys()) {
      packer.storeCompact(out.room(packer.compactBytes), 0, pixel);
    }
    const bits = palette.size === 2 ? 1 : palette.size <= 4 ? 2 : 4;
    const pitch = Math.ceil((width * bits) / 8);
    const room = out.room(pitch * height).fill(0);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const number = palette.get(this.#pixels[y * width + x] ?? 0) ?? 0;
        const at = y * pitch + ((x * bits) >> 3);
        room[at] = (room[at] ?? 0) | (number << (8 - bits - ((x * bits) & 7)));
      }
    }
  }

  #runs(count: number, packer: PixelPacker, out: ByteWriter): void {
    out.u8(RUNS);
    for (let at = 0; at < count;) {
      const pixel = this.#pixels[at] ?? 0;
      const start = at;
      while (at < count && this.#pixels[at] === pixel) at++;
      packer.storeCompact(out.room(packer.compactBytes), 0, pixel);
      let rest = at - start - 1;
      for (; rest >= RUN_STEP; rest -= RUN_STEP) out.u8(RUN_STEP);
      out.u8(rest);
    }
  }
}
