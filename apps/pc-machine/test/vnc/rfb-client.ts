/** A small VNC client, to be spoken to by servers under test. */
import { createInflate, constants, type Inflate } from "node:zlib";

/** Encodings that it can read. */
export const RAW = 0;
export const HEXTILE = 5;
export const ZLIB = 6;
export const ZRLE = 16;
export const DESKTOP_SIZE = -223;
export const POINTER_TYPE_CHANGE = -257;
export const EXTENDED_KEY_EVENT = -258;

/** A format of pixels: bits, the levels and the place of each component. */
export interface ClientFormat {
  readonly bits: 8 | 16 | 32;
  readonly depth: number;
  readonly bigEndian?: boolean;
  readonly max: readonly [number, number, number];
  readonly shift: readonly [number, number, number];
}

export const TRUE_COLOUR: ClientFormat = {
  bits: 32,
  depth: 24,
  max: [255, 255, 255],
  shift: [16, 8, 0],
};

/** A rectangle of an update, without its pixels. */
export interface Told {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly encoding: number;
}

/** One end of a connection. What the server sends goes to `feed`. */
export class RfbClient {
  width = 0;
  height = 0;
  name = "";
  /** Pixels, in the format that was asked for. */
  pixels = new Uint32Array(0);
  format = TRUE_COLOUR;
  readonly #send: (bytes: Uint8Array) => void;
  #bytes: Buffer = Buffer.alloc(0);
  #ended = false;
  #wake: () => void = () => undefined;
  readonly #streams = new Map<number, Inflate>();

  constructor(send: (bytes: Uint8Array) => void) {
    this.#send = send;
  }

  feed(bytes: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    this.#wake();
  }

  /** The server has ended the connection. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Bytes that were not read. */
  get waiting(): number {
    return this.#bytes.length;
  }

  send(...bytes: readonly number[]): void {
    this.#send(Uint8Array.from(bytes));
  }

  async read(count: number): Promise<Buffer> {
    while (this.#bytes.length < count) {
      if (this.#ended) throw new Error(`the connection ended: ${this.#bytes.length} of ${count}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const first = this.#bytes.subarray(0, count);
    this.#bytes = this.#bytes.subarray(count);
    return first;
  }

  /** The handshake without a password. */
  async open({ version = "003.008", shared = true } = {}): Promise<void> {
    await this.begin(version);
    if (version === "003.003") {
      this.#expect((await this.read(4)).readUInt32BE(0), 1);
    } else {
      this.#expect((await this.read(2)).readUInt16BE(0), 0x0101);
      this.send(1);
      if (version === "003.008") this.#expect((await this.read(4)).readUInt32BE(0), 0);
    }
    await this.init(shared);
  }

  /** The versions alone. */
  async begin(version = "003.008"): Promise<void> {
    const hello = (await this.read(12)).toString("latin1");
    if (hello !== "RFB 003.008\n") throw new Error(`it said ${hello}`);
    this.#send(Buffer.from(`RFB ${version}\n`));
  }

  /** What comes after the security. */
  async init(shared = true): Promise<void> {
    this.send(shared ? 1 : 0);
    const head = await this.read(24);
    this.#resize(head.readUInt16BE(0), head.readUInt16BE(2));
    this.name = (await this.read(head.readUInt32BE(20))).toString();
  }

  setFormat(format: ClientFormat): void {
    this.format = format;
    const { bits, depth, bigEndian = false, max, shift } = format;
    const levels = max.flatMap((level) => [level >> 8, level & 0xff]);
    this.send(0, 0, 0, 0, bits, depth, bigEndian ? 1 : 0, 1, ...levels, ...shift, 0, 0, 0);
  }

  setEncodings(...encodings: readonly number[]): void {
    const bytes = Buffer.alloc(4 + 4 * encodings.length);
    bytes.writeUInt8(2, 0);
    bytes.writeUInt16BE(encodings.length, 2);
    encodings.forEach((encoding, at) => bytes.writeInt32BE(encoding, 4 + 4 * at));
    this.#send(bytes);
  }

  /** Ask for the whole screen, or for what has changed. */
  request(incremental: boolean, width = this.width, height = this.height): void {
    this.send(3, incremental ? 1 : 0, 0, 0, 0, 0, ...u16(width), ...u16(height));
  }

  key(keysym: number, down: boolean): void {
    this.send(4, down ? 1 : 0, 0, 0, ...u16(keysym >>> 16), ...u16(keysym & 0xffff));
  }

  extendedKey(keysym: number, number: number, down: boolean): void {
    this.send(255, 0, 0, down ? 1 : 0, 0, 0, ...u16(keysym), 0, 0, ...u16(number));
  }

  pointer(mask: number, x: number, y: number): void {
    this.send(5, mask, ...u16(x), ...u16(y));
  }

  /** The next update, applied to the picture. */
  async update(): Promise<Told[]> {
    const head = await this.read(4);
    this.#expect(head.readUInt8(0), 0);
    const told: Told[] = [];
    for (let left = head.readUInt16BE(2); left > 0; left--) {
      const place = await this.read(12);
      const [x, y] = [place.readUInt16BE(0), place.readUInt16BE(2)];
      const [width, height] = [place.readUInt16BE(4), place.readUInt16BE(6)];
      const encoding = place.readInt32BE(8);
      const area = { x, y, width, height, encoding };
      told.push(area);
      if (encoding === DESKTOP_SIZE) this.#resize(width, height);
      else if (encoding >= 0) await this.#decode(area);
    }
    return told;
  }

  async #decode(area: Told): Promise<void> {
    const { bits } = this.format;
    const bytes = bits / 8;
    switch (area.encoding) {
      case RAW:
        this.#put(area, this.#pixelsOf(await this.read(area.width * area.height * bytes), bytes));
        break;
      case ZLIB: {
        const compressed = await this.read((await this.read(4)).readUInt32BE(0));
        this.#put(area, this.#pixelsOf(await this.#inflate(ZLIB, compressed), bytes));
        break;
      }
      case HEXTILE:
        await this.#hextile(area, bytes);
        break;
      case ZRLE: {
        const compressed = await this.read((await this.read(4)).readUInt32BE(0));
        this.#zrle(area, await this.#inflate(ZRLE, compressed));
        break;
      }
      default:
        throw new Error(`an encoding that was not asked for: ${area.encoding}`);
    }
  }

  async #hextile({ x: left, y: top, width, height }: Told, bytes: number): Promise<void> {
    const pixel = async (): Promise<number> => this.#pixel(await this.read(bytes), 0, bytes);
    let background = 0;
    let foreground = 0;
    for (let y = top; y < top + height; y += 16) {
      for (let x = left; x < left + width; x += 16) {
        const [w, h] = [Math.min(16, left + width - x), Math.min(16, top + height - y)];
        const tile = { x, y, width: w, height: h };
        const kind = (await this.read(1)).readUInt8(0);
        if ((kind & 1) !== 0) {
          this.#put(tile, this.#pixelsOf(await this.read(w * h * bytes), bytes));
          continue;
        }
        if ((kind & 2) !== 0) background = await pixel();
        if ((kind & 4) !== 0) foreground = await pixel();
        this.#put(tile, new Array<number>(w * h).fill(background));
        const parts = (kind & 8) === 0 ? 0 : (await this.read(1)).readUInt8(0);
        for (let part = 0; part < parts; part++) {
          const colour = (kind & 16) === 0 ? foreground : await pixel();
          const [place, size] = [...(await this.read(2))];
          const [px, py] = [(place ?? 0) >> 4, (place ?? 0) & 15];
          const [pw, ph] = [((size ?? 0) >> 4) + 1, ((size ?? 0) & 15) + 1];
          const area = { x: x + px, y: y + py, width: pw, height: ph };
          this.#put(area, new Array<number>(pw * ph).fill(colour));
        }
      }
    }
  }

  #zrle({ x: left, y: top, width, height }: Told, data: Buffer): void {
    const { bits, depth, max, shift } = this.format;
    const used = max.reduce((all, level, at) => (all | (level << (shift[at] ?? 0))) >>> 0, 0);
    const isCompact = bits === 32 && depth <= 24 && (used >>> 24 === 0 || (used & 0xff) === 0);
    const bytes = isCompact ? 3 : bits / 8;
    const up = isCompact && used >>> 24 !== 0 ? 8 : 0;
    let at = 0;
    const u8 = (): number => data.readUInt8(at++);
    const pixel = (): number => {
      const value = (this.#pixel(data, at, bytes) << up) >>> 0;
      at += bytes;
      return value;
    };
    for (let y = top; y < top + height; y += 64) {
      for (let x = left; x < left + width; x += 64) {
        const [w, h] = [Math.min(64, left + width - x), Math.min(64, top + height - y)];
        const pixels: number[] = [];
        const kind = u8();
        if (kind === 0) {
          for (let i = 0; i < w * h; i++) pixels.push(pixel());
        } else if (kind === 1) {
          pixels.push(...new Array<number>(w * h).fill(pixel()));
        } else if (kind <= 16) {
          const palette = Array.from({ length: kind }, pixel);
          const size = kind === 2 ? 1 : kind <= 4 ? 2 : 4;
          for (let row = 0; row < h; row++) {
            for (let bit = 0, byte = 0; bit < w * size; bit += size) {
              if (bit % 8 === 0) byte = u8();
              const number = (byte >> (8 - size - (bit % 8))) & ((1 << size) - 1);
              pixels.push(palette[number] ?? 0);
            }
          }
        } else if (kind === 128) {
          while (pixels.length < w * h) {
            const value = pixel();
            let length = 1;
            for (let more = 255; more === 255; length += more) more = u8();
            for (let i = 0; i < length; i++) pixels.push(value);
          }
        } else {
          throw new Error(`a square of kind ${kind}`);
        }
        this.#put({ x, y, width: w, height: h }, pixels);
      }
    }
    if (at !== data.length) throw new Error(`${data.length - at} bytes too many`);
  }

  /** One stream for each encoding, as long as the connection. */
  async #inflate(encoding: number, bytes: Uint8Array): Promise<Buffer> {
    let stream = this.#streams.get(encoding);
    if (stream === undefined) {
      stream = createInflate({ finishFlush: constants.Z_SYNC_FLUSH });
      this.#streams.set(encoding, stream);
    }
    const inflate = stream;
    const parts: Buffer[] = [];
    const collect = (part: Buffer): void => void parts.push(part);
    inflate.on("data", collect);
    await new Promise<void>((resolve, reject) => {
      inflate.once("error", reject);
      inflate.write(bytes, () =>
        inflate.flush(() => {
          inflate.off("error", reject);
          resolve();
        }),
      );
    });
    inflate.off("data", collect);
    return Buffer.concat(parts);
  }

  #pixelsOf(data: Buffer, bytes: number): number[] {
    return Array.from({ length: data.length / bytes }, (_unused, at) =>
      this.#pixel(data, at * bytes, bytes),
    );
  }

  #pixel(data: Buffer, at: number, bytes: number): number {
    return (this.format.bigEndian ?? false)
      ? data.readUIntBE(at, bytes)
      : data.readUIntLE(at, bytes);
  }

  #put({ x, y, width, height }: Omit<Told, "encoding">, pixels: readonly number[]): void {
    if (x + width > this.width || y + height > this.height) throw new Error("beyond the screen");
    if (pixels.length !== width * height) throw new Error(`${pixels.length} pixels`);
    for (let row = 0; row < height; row++) {
      this.pixels.set(pixels.slice(row * width, (row + 1) * width), (y + row) * this.width + x);
    }
  }

  #resize(width: number, height: number): void {
    this.width = width;
    this.height = height;
    this.pixels = new Uint32Array(width * height);
  }

  #expect(actual: number, expected: number): void {
    if (actual !== expected) throw new Error(`${actual} in place of ${expected}`);
  }
}

function u16(value: number): [number, number] {
  return [(value >> 8) & 0xff, value & 0xff];
}
