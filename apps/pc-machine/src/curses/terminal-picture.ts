/** Control sequences (ECMA-48) that have a terminal show a grid of cells, and then the next one. */
import { characterOf } from "../devices/vga/codepage437.js";
import { OUTSIDE, type CellGrid } from "./cell-grid.js";

/** Takes the whole screen, which shows what it did again after {@link LEAVE}: no line is wrapped, or the last cell would scroll it. */
export const ENTER = "\u001b[?1049h\u001b[?7l";
/** Gives it back. */
export const LEAVE = "\u001b[0m\u001b[?25h\u001b[?7h\u001b[?1049l";

const CLEAR = "\u001b[0m\u001b[2J";
const HIDE = "\u001b[?25l";
const SHOW = "\u001b[?25h";
/** The terminal's colors by a VGA's: red and blue change places. */
const COLORS = [0, 4, 2, 6, 1, 5, 3, 7] as const;
const BRIGHT = 8;

/** Remembers what a terminal shows, and draws what differs. */
export class TerminalPicture {
  #shown: CellGrid | null = null;

  /** Something else may have been written to the terminal: the next picture is drawn as a whole. */
  forget(): void {
    this.#shown = null;
  }

  /** The text that has the terminal show `next`; empty where it does already. */
  draw(next: CellGrid): string {
    const shown = this.#shown;
    const isOther =
      shown === null ||
      shown.columns !== next.columns ||
      shown.rows !== next.rows ||
      shown.blinks !== next.blinks;
    const before = isOther ? new Uint32Array(next.cells.length).fill(OUTSIDE) : shown.cells;
    const text = isOther ? CLEAR : "";
    const changes = changedCells(before, next);
    this.#shown = next;
    if (!isOther && changes === "" && samePlace(shown.cursor, next.cursor)) return "";
    const { cursor } = next;
    const end = cursor === null ? HIDE : `${moveTo(cursor.row, cursor.column)}${SHOW}`;
    // A cursor that runs over the screen while it is drawn is no help.
    return changes === "" ? text + end : `${text}${HIDE}${changes}\u001b[0m${end}`;
  }
}

function changedCells(before: Uint32Array, { cells, columns, blinks }: CellGrid): string {
  let text = "";
  let attribute = -1;
  let written = -1;
  for (let at = 0; at < cells.length; at++) {
    const cell = cells[at] ?? OUTSIDE;
    if (cell === before[at]) continue;
    // Behind the last column a terminal's cursor is nowhere.
    if (at !== written || at % columns === 0) {
      text += moveTo(Math.floor(at / columns), at % columns);
    }
    if (cell >> 8 !== attribute) {
      attribute = cell >> 8;
      text += look(cell, blinks);
    }
    text += cell === OUTSIDE ? " " : characterOf(cell & 0xff);
    written = at + 1;
  }
  return text;
}

function moveTo(row: number, column: number): string {
  return `\u001b[${row + 1};${column + 1}H`;
}

/** The rendition of a cell: ink, paper, and whether it blinks. */
function look(cell: number, blinks: boolean): string {
  if (cell === OUTSIDE) return "\u001b[0m";
  const ink = (cell >> 8) & 15;
  const paper = (cell >> 12) & (blinks ? 7 : 15);
  const isBlinking = blinks && (cell & 0x8000) !== 0;
  return `\u001b[0;${color(ink, 30)};${color(paper, 40)}${isBlinking ? ";5" : ""}m`;
}

/** The number of a color of 16, where `first` is that of the first dark one. */
function color(number: number, first: 30 | 40): number {
  const base = COLORS[number & 7] ?? 0;
  return first + base + (number >= BRIGHT ? 60 : 0);
}

function samePlace(a: CellGrid["cursor"], b: CellGrid["cursor"]): boolean {
  return a?.row === b?.row && a?.column === b?.column;
}
