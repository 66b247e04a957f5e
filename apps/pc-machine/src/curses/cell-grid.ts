/** Pictures for a terminal: a cell for each of its places, whatever the size of the screen behind it. */
import type { TextCells } from "../devices/vga/text-screen.js";

/** Rows and columns of a terminal, 1 or more each. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** Cells of a terminal. */
export interface CellGrid extends TerminalSize {
  /**
   * Row by row: the character in the low byte, as code page 437 has it, the attribute of a VGA above it;
   * {@link OUTSIDE} where the screen does not reach.
   */
  readonly cells: Uint32Array;
  /** The place of the cursor, `null` when it is hidden or not among the rows and columns shown. */
  readonly cursor: { readonly row: number; readonly column: number } | null;
  /** True if the highest bit of an attribute has the character blink; else it makes the paper bright. */
  readonly blinks: boolean;
}

/** A cell beside the screen. */
export const OUTSIDE = 0x1_0020;
const PLAIN = 0x0700;

/**
 * The screen in the middle of the terminal. Of one that is larger, as much as the terminal has room for: from the left
 * and the top, or further on where the cursor is.
 */
export function gridOfScreen(screen: TextCells, { columns, rows }: TerminalSize): CellGrid {
  const across = placed(screen.columns, columns, screen.cursor?.column ?? 0);
  const down = placed(screen.rows, rows, screen.cursor?.row ?? 0);
  const cells = new Uint32Array(columns * rows).fill(OUTSIDE);
  for (let row = 0; row < down.count; row++) {
    const from = (down.first + row) * screen.columns + across.first;
    cells.set(
      screen.cells.subarray(from, from + across.count),
      (down.margin + row) * columns + across.margin,
    );
  }
  const cursor =
    screen.cursor === null
      ? null
      : {
          row: screen.cursor.row - down.first + down.margin,
          column: screen.cursor.column - across.first + across.margin,
        };
  return { columns, rows, cells, cursor, blinks: screen.blinks };
}

/** Lines of text, of ASCII, in the middle of the terminal. What there is no room for is left out. */
export function gridOfLines(lines: readonly string[], { columns, rows }: TerminalSize): CellGrid {
  const cells = new Uint32Array(columns * rows).fill(OUTSIDE);
  const top = Math.max(0, (rows - lines.length) >> 1);
  const width = Math.max(0, ...lines.map(({ length }) => length));
  const left = Math.max(0, (columns - width) >> 1);
  for (const [index, line] of lines.slice(0, rows).entries()) {
    const codes = [...line.slice(0, columns)].map((char) => PLAIN | char.charCodeAt(0));
    cells.set(codes, (top + index) * columns + left);
  }
  return { columns, rows, cells, cursor: null, blinks: true };
}

/** The part of `size` rows (or columns) that a terminal with `room` for them shows, and the place where. */
function placed(
  size: number,
  room: number,
  cursor: number,
): { readonly first: number; readonly count: number; readonly margin: number } {
  if (size <= room) return { first: 0, count: size, margin: (room - size) >> 1 };
  return { first: Math.max(0, cursor - room + 1), count: room, margin: 0 };
}
