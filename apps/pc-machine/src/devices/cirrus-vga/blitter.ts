/** The BitBLT engine: moves, fills and combines blocks of video memory. */
import { type Blit, blitOf, PATTERN_LINES, patternPitch, systemLineBytes } from "./blit.js";
import { rasterOperation, ROP_COPY, type RasterOperation } from "./raster-operations.js";

const BITS = 8;
/** Bytes that a line takes from the guest at most: a pattern of pixels of four bytes, or 8192 bytes. */
const LINE_BYTES = 0x2000;

/** The source of a transfer: bytes, and where the first is. */
interface Source {
  readonly bytes: Uint8Array;
  readonly at: number;
  /** Bytes from a line to the next. */
  readonly pitch: number;
}

/** A transfer whose source the guest still has to write. */
interface Awaited {
  readonly blit: Blit;
  /** Bytes that make a line, or the whole of a pattern. */
  readonly lineBytes: number;
  /** Bytes that have come. */
  filled: number;
  /** Lines that are done. */
  line: number;
}

/** The engine. A transfer within video memory is over when it was started. */
export class Blitter {
  readonly #memory: Uint8Array;
  readonly #written: (offset: number, bytes: number) => void;
  readonly #ended: () => void;
  readonly #line = new Uint8Array(LINE_BYTES);
  #awaited: Awaited | null = null;

  /**
   * @param written told which bytes of video memory changed
   * @param ended   told that the guest has written the last byte of a source
   */
  constructor(
    memory: Uint8Array,
    written: (offset: number, bytes: number) => void,
    ended: () => void,
  ) {
    this.#memory = memory;
    this.#written = written;
    this.#ended = ended;
  }

  /** True while the guest is to write the source: whatever it writes to video memory is that. */
  get awaitsSource(): boolean {
    return this.#awaited !== null;
  }

  /** Forget the transfer under way. */
  reset(): void {
    this.#awaited = null;
  }

  /** Start what the graphics registers say. One to the guest, and one that leaves video memory, is refused. */
  start(gfx: Uint8Array): void {
    this.#awaited = null;
    const blit = blitOf(gfx);
    if (blit.toSystem || !this.#fits(blit)) return;
    if (blit.fromSystem && !blit.solid) {
      this.#awaited = { blit, lineBytes: systemLineBytes(blit), filled: 0, line: 0 };
      return;
    }
    this.#transfer(blit, this.#sourceInMemory(blit), blit.height);
  }

  /** Take a byte of the source that the guest writes. */
  feed(value: number): void {
    const awaited = this.#awaited;
    if (awaited === null) return;
    this.#line[awaited.filled++] = value;
    if (awaited.filled < awaited.lineBytes) return;
    awaited.filled = 0;
    const { blit } = awaited;
    const source = { bytes: this.#line, at: 0, pitch: awaited.lineBytes };
    if (blit.pattern) {
      this.#transfer(blit, { ...source, pitch: patternPitch(blit.pixelBytes) }, blit.height);
      this.#end();
      return;
    }
    const step = blit.backwards ? -blit.destinationPitch : blit.destinationPitch;
    const destination = blit.destination + awaited.line * step;
    this.#transfer({ ...blit, destination }, source, 1);
    if (++awaited.line === blit.height) this.#end();
  }

  #end(): void {
    this.#awaited = null;
    this.#ended();
  }

  /** The source in video memory; a pattern begins at a multiple of its size. */
  #sourceInMemory({ source, sourcePitch, pixelBytes, pattern, expansion }: Blit): Source {
    const bytes = this.#memory;
    if (!pattern) return { bytes, at: source, pitch: sourcePitch };
    const pitch = expansion ? 1 : patternPitch(pixelBytes);
    return { bytes, at: source & ~(PATTERN_LINES * pitch - 1), pitch };
  }

  /** True if all that is read and written lies in video memory. */
  #fits(blit: Blit): boolean {
    const { destination, destinationPitch, source, sourcePitch, height, width } = blit;
    const inside = (at: number, pitch: number): boolean => {
      const lines = (height - 1) * pitch;
      return blit.backwards
        ? at - lines - (width - 1) >= 0 && at < this.#memory.length
        : at + lines + width <= this.#memory.length;
    };
    if (!inside(destination, destinationPitch)) return false;
    if (blit.fromSystem || blit.solid) return true;
    if (!blit.pattern && !blit.expansion) return inside(source, sourcePitch);
    const bytes = blit.expansion
      ? blit.pattern
        ? PATTERN_LINES
        : height * ((Math.floor(width / blit.pixelBytes) + BITS - 1) >> 3)
      : PATTERN_LINES * patternPitch(blit.pixelBytes);
    return source + bytes <= this.#memory.length;
  }

  /** Do `height` lines. */
  #transfer(blit: Blit, source: Source, height: number): void {
    const operation = rasterOperation(blit.operation);
    const step = blit.backwards ? -blit.destinationPitch : blit.destinationPitch;
    let bits = 0;
    for (let line = 0; line < height; line++) {
      const at = aligned(blit, blit.destination + line * step);
      if (blit.solid) {
        this.#paint(blit, operation, at, () => true);
      } else if (blit.expansion) {
        bits = this.#expand(blit, operation, source, { at, line, bits });
      } else if (blit.pattern) {
        this.#fill(blit, operation, source, { at, line });
      } else {
        this.#copy(blit, operation, source, { at, line });
      }
      this.#written(blit.backwards ? at - blit.width + 1 : at, blit.width);
    }
  }

  /** One line of bits. @returns the offset in the source of what follows, from its beginning */
  #expand(
    blit: Blit,
    operation: RasterOperation,
    { bytes, at: from }: Source,
    { at, line, bits }: { at: number; line: number; bits: number },
  ): number {
    const skipped = leftPixels(blit);
    const flip = blit.inverted && blit.transparent ? 0xff : 0;
    const first = blit.pattern ? from + ((blit.source + line) & (PATTERN_LINES - 1)) : from + bits;
    this.#paint(blit, operation, at, (pixel) => {
      const byte = blit.pattern ? first : first + ((skipped + pixel) >> 3);
      return ((((bytes[byte] ?? 0) ^ flip) >> (7 - ((skipped + pixel) & 7))) & 1) !== 0;
    });
    const painted = Math.ceil((blit.width - leftBytes(blit)) / blit.pixelBytes);
    return bits + Math.max(1, (skipped + painted + BITS - 1) >> 3);
  }

  /** One line of the two colors, chosen pixel by pixel from the first that is not left out. */
  #paint(
    { width, pixelBytes, transparent, inverted, foreground, background, ...blit }: Blit,
    operation: RasterOperation,
    at: number,
    isForeground: (pixel: number) => boolean,
  ): void {
    const left = blit.solid ? 0 : leftBytes({ ...blit, pixelBytes });
    const drawn = transparent && inverted ? background : foreground;
    for (let x = left, pixel = 0; x < width; x += pixelBytes, pixel++) {
      const set = isForeground(pixel);
      if (!set && transparent) continue;
      const color = transparent ? drawn : set ? foreground : background;
      for (let byte = 0; byte < pixelBytes; byte++) {
        this.#combine(at + x + byte, color[byte] ?? 0, operation);
      }
    }
  }

  /** One line of a pattern of colors. */
  #fill(
    blit: Blit,
    operation: RasterOperation,
    { bytes, at: from, pitch }: Source,
    { at, line }: { at: number; line: number },
  ): void {
    const { width, pixelBytes } = blit;
    const row = from + ((blit.source + line) & (PATTERN_LINES - 1)) * pitch;
    const period = PATTERN_LINES * pixelBytes;
    const left = leftBytes(blit);
    // Whole pixels, so that the last of three bytes may lie beyond the width.
    for (let x = left; x < width; x += pixelBytes) {
      for (let byte = 0; byte < pixelBytes; byte++) {
        this.#combine(at + x + byte, bytes[row + ((x + byte) % period)] ?? 0, operation);
      }
    }
  }

  /** One line of colors. */
  #copy(
    blit: Blit,
    operation: RasterOperation,
    { bytes, at: from, pitch }: Source,
    { at, line }: { at: number; line: number },
  ): void {
    const { width, backwards, transparent, pixelBytes } = blit;
    const direction = backwards ? -1 : 1;
    const source = from + direction * line * pitch;
    if (transparent) {
      if (pixelBytes <= 2) this.#copyKeyed(blit, operation, bytes, { source, at });
      return;
    }
    // Bytes that were written a moment ago may be read again: only what does not meet goes at once.
    const meets = bytes === this.#memory && Math.abs(source - at) < width;
    if (blit.operation === ROP_COPY && !meets) {
      const [to, first] = backwards ? [at - width + 1, source - width + 1] : [at, source];
      this.#memory.set(bytes.subarray(first, first + width), to);
      return;
    }
    for (let x = 0; x < width; x++) {
      this.#combine(at + direction * x, bytes[source + direction * x] ?? 0, operation);
    }
  }

  /** One line, without the pixels whose result is of the key's color. */
  #copyKeyed(
    { width, backwards, pixelBytes, key }: Blit,
    operation: RasterOperation,
    bytes: Uint8Array,
    { source, at }: { source: number; at: number },
  ): void {
    const direction = backwards ? -1 : 1;
    // Backwards, an address is that of a pixel's last byte.
    const back = backwards ? pixelBytes - 1 : 0;
    for (let x = 0; x < width; x += pixelBytes) {
      const to = at + direction * x - back;
      const from = source + direction * x - back;
      let result = 0;
      for (let byte = 0; byte < pixelBytes; byte++) {
        const value = operation(this.#memory[to + byte] ?? 0, bytes[from + byte] ?? 0) & 0xff;
        result |= value << (8 * byte);
      }
      if (result === (pixelBytes === 1 ? key & 0xff : key)) continue;
      for (let byte = 0; byte < pixelBytes; byte++) this.#memory[to + byte] = result >> (8 * byte);
    }
  }

  #combine(at: number, source: number, operation: RasterOperation): void {
    // Beyond the end lie at most the rest of a pixel's bytes: such stores are dropped.
    this.#memory[at] = operation(this.#memory[at] ?? 0, source);
  }
}

/** Address of a line's first pixel: where pixels are looked at, those of two and four bytes lie at multiples of that. */
function aligned({ pixelBytes, solid, expansion, pattern }: Blit, at: number): number {
  const byPixels = solid || expansion || pattern;
  return byPixels && pixelBytes !== 3 ? at & -pixelBytes : at;
}

/** Bytes of the destination that are left out at the left of each line. */
function leftBytes({ leftSide, pixelBytes }: Pick<Blit, "leftSide" | "pixelBytes">): number {
  return pixelBytes === 3 ? leftSide & 0x1f : (leftSide & 0x07) * pixelBytes;
}

/** Pixels of the source that are left out at the left of each line. */
function leftPixels({ leftSide, pixelBytes }: Blit): number {
  return pixelBytes === 3 ? Math.floor((leftSide & 0x1f) / 3) : leftSide & 0x07;
}
