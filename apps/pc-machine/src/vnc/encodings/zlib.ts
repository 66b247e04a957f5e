/** A stream of zlib that lasts as long as its connection, and RFB's `Zlib` upon it. */
import { ByteWriter } from "../bytes.js";
import type { Picture, Rectangle } from "../picture.js";
import type { PixelPacker } from "../pixel-format.js";
import { Encoding, type Deflate, type RectangleEncoder } from "./encoding.js";
import { writePixels } from "./raw.js";

/** Header of a stream of zlib (RFC 1950): a window of 32 KiB, the fastest level. */
const HEADER = Uint8Array.of(0x78, 0x01);

/** One stream; it never ends, so its checksum is never due. */
export class ZlibStream {
  readonly #deflate: Deflate;
  #begun = false;

  constructor(deflate: Deflate) {
    this.#deflate = deflate;
  }

  /** Write the count of the compressed bytes in 32 bits, and these. */
  write(bytes: Uint8Array, out: ByteWriter): void {
    const compressed = this.#deflate(bytes);
    const header = this.#begun ? HEADER.subarray(0, 0) : HEADER;
    this.#begun = true;
    out
      .u32(header.length + compressed.length)
      .bytes(header)
      .bytes(compressed);
  }
}

/** Raw pixels, compressed. */
export class ZlibEncoder implements RectangleEncoder {
  readonly id = Encoding.ZLIB;
  readonly #stream: ZlibStream;

  constructor(deflate: Deflate) {
    this.#stream = new ZlibStream(deflate);
  }

  encode(picture: Picture, area: Rectangle, packer: PixelPacker, out: ByteWriter): void {
    const pixels = new ByteWriter();
    writePixels(picture, area, packer, pixels);
    this.#stream.write(pixels.written, out);
  }
}
