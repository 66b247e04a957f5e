/** The text screen, read from video memory as the CRT controller would show it. */
import { characterOf } from "./codepage437.js";
import { Attr, Crtc, Gfx, Seq, type VgaRegisters } from "./vga-registers.js";

/** The shape of a text screen. */
export interface TextLayout {
  readonly columns: number;
  readonly rows: number;
  /** Scan lines a character. */
  readonly cellHeight: number;
  /** The first cell of the screen, counted from the start of video memory. */
  readonly start: number;
  /** Cells from one row to the next. */
  readonly pitch: number;
}

/** A text screen as its adapter holds it. */
export interface TextCells {
  readonly columns: number;
  readonly rows: number;
  /** Row by row: the character in the low byte, as code page 437 has it, and its attribute above. */
  readonly cells: Uint16Array;
  /** The place of the cursor, `null` when it is hidden or off the screen. */
  readonly cursor: { readonly row: number; readonly column: number } | null;
  /** True if the highest bit of an attribute has the character blink; else it makes the paper bright. */
  readonly blinks: boolean;
}

/** True if the registers show text. */
export function isTextMode(registers: VgaRegisters): boolean {
  return ((registers.gfx[Gfx.MISC] ?? 0) & 1) === 0;
}

/** Scan lines of the picture, 1 to 1024. */
export function visibleLines(registers: VgaRegisters): number {
  const { crtc } = registers;
  const overflow = crtc[Crtc.OVERFLOW] ?? 0;
  const end = (crtc[Crtc.DISPLAY_END_V] ?? 0) | ((overflow & 0x02) << 7) | ((overflow & 0x40) << 3);
  return end + 1;
}

/** The start address: cells in text mode, addresses within a plane in graphics modes. */
export function startAddress(registers: VgaRegisters): number {
  return ((registers.crtc[Crtc.START_HIGH] ?? 0) << 8) | (registers.crtc[Crtc.START_LOW] ?? 0);
}

/** The layout the registers describe. */
export function textLayout(registers: VgaRegisters): TextLayout {
  const { crtc } = registers;
  const cellHeight = ((crtc[Crtc.MAX_SCAN_LINE] ?? 0) & 0x1f) + 1;
  const doubled = ((crtc[Crtc.MAX_SCAN_LINE] ?? 0) & 0x80) !== 0 ? 2 : 1;
  return {
    columns: (crtc[Crtc.DISPLAY_END_H] ?? 0) + 1,
    rows: Math.floor(visibleLines(registers) / (cellHeight * doubled)),
    cellHeight,
    start: startAddress(registers),
    pitch: (crtc[Crtc.OFFSET] ?? 0) * 2,
  };
}

/** The screen's rows as text, without attributes; empty in a graphics mode. */
export function readTextScreen(registers: VgaRegisters, videoMemory: Uint8Array): string[] {
  if (!isTextMode(registers)) {
    return [];
  }
  const { columns, rows, start, pitch } = textLayout(registers);
  const lines: string[] = [];
  for (let row = 0; row < rows; row++) {
    let line = "";
    for (let column = 0; column < columns; column++) {
      line += characterOf(videoMemory[4 * (start + row * pitch + column)] ?? 0);
    }
    lines.push(line);
  }
  return lines;
}

/** The cells of the text screen; `null` in a graphics mode. */
export function readTextCells(registers: VgaRegisters, videoMemory: Uint8Array): TextCells | null {
  if (!isTextMode(registers)) return null;
  const { columns, rows, start, pitch } = textLayout(registers);
  const cells = new Uint16Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = 4 * (start + row * pitch + column);
      cells[row * columns + column] = (videoMemory[at] ?? 0) | ((videoMemory[at + 1] ?? 0) << 8);
    }
  }
  return { columns, rows, cells, cursor: readCursor(registers), blinks: isBlinking(registers) };
}

/** Pixels across a character. */
export function cellWidthOf(registers: VgaRegisters): 8 | 9 {
  return ((registers.seq[Seq.CLOCKING] ?? 0) & 1) !== 0 ? 8 : 9;
}

/** True if attributes have a bit for blinking characters. */
export function isBlinking(registers: VgaRegisters): boolean {
  return ((registers.attr[Attr.MODE] ?? 0) & 0x08) !== 0;
}

/** The place where the cursor is, `null` when it is hidden or off the screen. */
export function readCursor(registers: VgaRegisters): { row: number; column: number } | null {
  const { crtc } = registers;
  const { columns, rows, start, pitch } = textLayout(registers);
  const hidden = ((crtc[Crtc.CURSOR_START] ?? 0) & 0x20) !== 0;
  const cell = (((crtc[Crtc.CURSOR_HIGH] ?? 0) << 8) | (crtc[Crtc.CURSOR_LOW] ?? 0)) - start;
  if (hidden || pitch === 0 || cell < 0 || !isTextMode(registers)) {
    return null;
  }
  const row = Math.floor(cell / pitch);
  const column = cell % pitch;
  return row < rows && column < columns ? { row, column } : null;
}
