/** Draws a text screen, and again only the cells that show something else than before. */
import type { Frame, Lines } from "./frame.js";
import { cellWidthOf, isBlinking, readCursor, textLayout } from "./text-screen.js";
import { Crtc, Seq, type VgaRegisters } from "./vga-registers.js";

/** Bytes of a font in its plane: 256 characters of 32 lines each. */
const FONT_BYTES = 256 * 32;
/** In place of a cell's contents: it has not been drawn. */
const UNDRAWN = -1;

/** A picture of text that is kept from one look to the next. */
export class TextPainter {
  #frame: Frame = { width: 0, height: 0, pixels: new Uint8ClampedArray(0) };
  /** The same pixels, one number each. */
  #pixels = new Uint32Array(0);
  /** Contents of each cell as drawn: character, attribute and the cursor's lines. */
  #drawn = new Int32Array(0);
  readonly #fonts = new Uint8Array(2 * FONT_BYTES);
  #look = "";
  #changed = { first: Infinity, end: 0 };

  /** The picture as it was painted last. It is drawn into again. */
  get frame(): Frame {
    return this.#frame;
  }

  /**
   * Brings the picture up to date.
   *
   * @param colors ink and paper of the sixteen attribute colors, as 0xrrggbb
   * @returns the lines that look different now, `null` when none does
   */
  paint(registers: VgaRegisters, memory: Uint8Array, colors: readonly number[]): Lines | null {
    const { columns, rows, cellHeight, start, pitch } = textLayout(registers);
    const cellWidth = cellWidthOf(registers);
    const blinks = isBlinking(registers);
    this.#fit(columns, rows, cellWidth, cellHeight);
    const look = `${columns} ${rows} ${cellWidth} ${cellHeight} ${blinks} ${colors.join()}`;
    const hasOtherFonts = this.#readFonts(registers, memory);
    if (look !== this.#look || hasOtherFonts) this.#drawn.fill(UNDRAWN);
    this.#look = look;
    const words = colors.map(wordOf);
    const cursor = readCursor(registers);
    const cursorLines =
      (((registers.crtc[Crtc.CURSOR_START] ?? 0) & 0x1f) << 5) |
      ((registers.crtc[Crtc.CURSOR_END] ?? 0) & 0x1f);
    this.#changed = { first: Infinity, end: 0 };
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const at = 4 * (start + row * pitch + column);
        const attribute = memory[at + 1] ?? 0;
        const hasCursor = cursor?.row === row && cursor.column === column;
        const cell =
          (memory[at] ?? 0) | (attribute << 8) | (hasCursor ? 0x400_0000 | (cursorLines << 16) : 0);
        const place = row * columns + column;
        if (cell === this.#drawn[place]) continue;
        this.#drawn[place] = cell;
        const ink = words[attribute & 0x0f] ?? 0;
        const paper = words[(attribute >> 4) & (blinks ? 7 : 15)] ?? 0;
        this.#drawCell(row, column, cell, { width: cellWidth, height: cellHeight, ink, paper });
      }
    }
    return this.#changed.end === 0 ? null : this.#changed;
  }

  /** A picture of another size begins anew. */
  #fit(columns: number, rows: number, cellWidth: number, cellHeight: number): void {
    const width = columns * cellWidth;
    const height = rows * cellHeight;
    if (this.#frame.width !== width || this.#frame.height !== height) {
      const pixels = new Uint8ClampedArray(4 * width * height).fill(255);
      this.#frame = { width, height, pixels };
      this.#pixels = new Uint32Array(pixels.buffer);
    }
    if (this.#drawn.length !== columns * rows) {
      this.#drawn = new Int32Array(columns * rows).fill(UNDRAWN);
    }
  }

  /** Takes the fonts from plane 2. True if they are others than before. */
  #readFonts(registers: VgaRegisters, memory: Uint8Array): boolean {
    const { normal, bright } = fontOffsets(registers.seq[Seq.FONT] ?? 0);
    const fonts = this.#fonts;
    let isOther = false;
    for (const [to, from] of [
      [0, normal],
      [FONT_BYTES, bright],
    ] as const) {
      for (let i = 0; i < FONT_BYTES; i++) {
        const bits = memory[4 * (from + i) + 2] ?? 0;
        if (fonts[to + i] === bits) continue;
        fonts[to + i] = bits;
        isOther = true;
      }
    }
    return isOther;
  }

  #drawCell(
    row: number,
    column: number,
    cell: number,
    { width, height, ink, paper }: { width: number; height: number; ink: number; paper: number },
  ): void {
    const character = cell & 0xff;
    const font = (cell & 0x800) !== 0 ? FONT_BYTES : 0;
    const hasCursor = (cell & 0x400_0000) !== 0;
    const cursorFirst = (cell >> 21) & 0x1f;
    const cursorLast = (cell >> 16) & 0x1f;
    // Line graphics continue into the ninth column.
    const continues = character >= 0xc0 && character <= 0xdf;
    const pitch = this.#frame.width;
    const pixels = this.#pixels;
    let at = row * height * pitch + column * width;
    for (let y = 0; y < height; y++, at += pitch) {
      let bits = (this.#fonts[font + 32 * character + y] ?? 0) << 1;
      if (continues) bits |= (bits >> 1) & 1;
      if (hasCursor && y >= cursorFirst && y <= cursorLast) bits = 0x1ff;
      let isChanged = false;
      for (let x = 0; x < width; x++) {
        const pixel = (bits & (0x100 >> x)) !== 0 ? ink : paper;
        if (pixels[at + x] === pixel) continue;
        pixels[at + x] = pixel;
        isChanged = true;
      }
      if (isChanged) this.#note(row * height + y);
    }
  }

  #note(line: number): void {
    this.#changed.first = Math.min(this.#changed.first, line);
    this.#changed.end = Math.max(this.#changed.end, line + 1);
  }
}

/** A color 0xrrggbb as a pixel in memory, in the host's byte order. */
function wordOf(color: number): number {
  const bytes = Uint8Array.of(color >> 16, color >> 8, color, 255);
  return new Uint32Array(bytes.buffer)[0] ?? 0;
}

/** Offsets in plane 2 of the fonts for dark and bright characters. */
function fontOffsets(select: number): { normal: number; bright: number } {
  const offset = (n: number): number => ((n & 3) * 2 + (n >> 2)) * 0x2000;
  return {
    normal: offset((select & 3) | ((select >> 2) & 4)),
    bright: offset(((select >> 2) & 3) | ((select >> 3) & 4)),
  };
}
