/** A terminal as far as pictures use one. What it does not know is an error. */
import type { TerminalSize } from "../../src/curses/cell-grid.js";

interface Shown {
  readonly char: string;
  readonly look: string;
}

/** A control sequence: its parameters and its end; or a character. */
const PIECES = new RegExp(`${String.fromCharCode(27)}\\[([?\\d;]*)([A-Za-z])|(.)`, "gsu");
const BLANK: Shown = { char: " ", look: "" };

export class TerminalModel {
  readonly size: TerminalSize;
  #cells: Shown[];
  #row = 0;
  #column = 0;
  #look = "";
  #isCursorShown = true;
  /** True while it shows its other screen. */
  isOther = false;

  constructor(size: TerminalSize) {
    this.size = size;
    this.#cells = new Array<Shown>(size.columns * size.rows).fill(BLANK);
  }

  /** The place of the cursor, `null` while it is hidden. */
  get cursor(): { readonly row: number; readonly column: number } | null {
    return this.#isCursorShown ? { row: this.#row, column: this.#column } : null;
  }

  write(text: string): void {
    for (const [, parameters, final, char] of text.matchAll(PIECES)) {
      if (char === undefined) this.#control(parameters ?? "", final ?? "");
      else this.#put(char);
    }
  }

  /** All that it shows. */
  text(): string {
    return this.#cells.map(({ char }) => char).join("");
  }

  /** Rows, without what was never written at their ends. */
  rows(): readonly string[] {
    const { columns, rows } = this.size;
    return Array.from({ length: rows }, (_none, row) => {
      const cells = this.#cells.slice(row * columns, (row + 1) * columns);
      const end = cells.findLastIndex((cell) => cell !== BLANK);
      return cells
        .slice(0, end + 1)
        .map(({ char }) => char)
        .join("");
    });
  }

  /** The rendition of a cell, as its numbers. */
  lookAt(row: number, column: number): string {
    return this.#cells[row * this.size.columns + column]?.look ?? "";
  }

  #put(char: string): void {
    const { columns, rows } = this.size;
    if (this.#row >= rows || this.#column >= columns) throw new Error(`written outside: ${char}`);
    const look = this.#look;
    this.#cells[this.#row * columns + this.#column] =
      char === " " && look === "" ? BLANK : { char, look };
    this.#column++;
  }

  #control(parameters: string, final: string): void {
    const [first = 0, second = 0] = parameters.split(";").map(Number);
    if (final === "H") {
      this.#row = first - 1;
      this.#column = second - 1;
    } else if (final === "m") {
      this.#look = parameters.replace(/^0;?/, "");
    } else if (parameters + final === "2J") {
      this.#cells.fill(BLANK);
    } else if (parameters === "?25") {
      this.#isCursorShown = final === "h";
    } else if (parameters === "?1049") {
      this.isOther = final === "h";
    } else if (parameters !== "?7") {
      throw new Error(`unknown: ${parameters}${final}`);
    }
  }
}
