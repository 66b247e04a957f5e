import { Random } from "@mem/common";
import { describe, expect, it } from "vitest";

import { gridOfLines, gridOfScreen, type TerminalSize } from "../../src/curses/cell-grid.js";
import { TerminalPicture } from "../../src/curses/terminal-picture.js";
import { characterOf } from "../../src/devices/vga/codepage437.js";
import type { TextCells } from "../../src/devices/vga/text-screen.js";
import { TerminalModel } from "./terminal-model.js";

const GREY = 0x0700;

/** A screen of this size, blank but for `text` in its first row. */
function screenOf(columns: number, rows: number, text = "", cursor: TextCells["cursor"] = null) {
  const cells = new Uint16Array(columns * rows).fill(GREY | 0x20);
  for (const [at, char] of [...text].entries()) cells[at] = GREY | char.charCodeAt(0);
  return { columns, rows, cells, cursor, blinks: true };
}

describe("a screen on a terminal", () => {
  it("is in the middle of a larger one", () => {
    const screen = screenOf(4, 2, "boot", { row: 1, column: 3 });
    const terminal = new TerminalModel({ columns: 10, rows: 6 });
    terminal.write(new TerminalPicture().draw(gridOfScreen(screen, terminal.size)));
    expect(terminal.rows()).toEqual(["", "", "   boot", "       ", "", ""]);
    expect(terminal.cursor).toEqual({ row: 3, column: 6 });
    expect(terminal.lookAt(2, 3)).toBe("37;40");
    expect(terminal.lookAt(0, 0)).toBe("");
  });

  it("shows its cursor, where it is larger", () => {
    const cells = Uint16Array.from({ length: 8 * 4 }, (_none, at) => GREY | (0x41 + at));
    const at = (row: number, column: number): readonly string[] => {
      const terminal = new TerminalModel({ columns: 3, rows: 2 });
      const screen = { columns: 8, rows: 4, cells, cursor: { row, column }, blinks: true };
      terminal.write(new TerminalPicture().draw(gridOfScreen(screen, terminal.size)));
      return [...terminal.rows(), `${terminal.cursor?.row} ${terminal.cursor?.column}`];
    };
    expect(at(0, 0)).toEqual(["ABC", "IJK", "0 0"]);
    expect(at(1, 2)).toEqual(["ABC", "IJK", "1 2"]);
    expect(at(2, 3)).toEqual(["JKL", "RST", "1 2"]);
    expect(at(3, 7)).toEqual(["VWX", "^_`", "1 2"]);
  });

  it("has a terminal's colors for its own, and signs for all of its characters", () => {
    const cells = Uint16Array.of(0x1441, 0x9ec9, 0x0f00, 0xf0b0);
    const drawn = (blinks: boolean): readonly string[] => {
      const terminal = new TerminalModel({ columns: 4, rows: 1 });
      const screen = { columns: 4, rows: 1, cells, cursor: null, blinks };
      terminal.write(new TerminalPicture().draw(gridOfScreen(screen, terminal.size)));
      expect(terminal.rows()).toEqual(["A╔ ░"]);
      expect(terminal.cursor).toBeNull();
      return [0, 1, 2, 3].map((column) => terminal.lookAt(0, column));
    };
    expect(drawn(true)).toEqual(["31;44", "93;44;5", "97;40", "30;47;5"]);
    expect(drawn(false)).toEqual(["31;44", "93;104", "97;40", "30;107"]);
  });

  it("is drawn again only where it differs", () => {
    const picture = new TerminalPicture();
    const size = { columns: 80, rows: 25 };
    const first = screenOf(80, 25, "A line of text", { row: 0, column: 14 });
    expect(picture.draw(gridOfScreen(first, size)).length).toBeGreaterThan(2000);
    expect(picture.draw(gridOfScreen(first, size))).toBe("");
    const moved = { ...first, cursor: { row: 1, column: 0 } };
    expect(picture.draw(gridOfScreen(moved, size))).toBe("\u001b[2;1H\u001b[?25h");
    const more = { ...screenOf(80, 25, "A line of tent"), cursor: null };
    expect(picture.draw(gridOfScreen(more, size))).toBe(
      "\u001b[?25l\u001b[1;13H\u001b[0;37;40mn\u001b[0m\u001b[?25l",
    );
    picture.forget();
    expect(picture.draw(gridOfScreen(more, size)).length).toBeGreaterThan(2000);
  });

  it("looks as it should after any change, of its cells and of either size", () => {
    const random = new Random(14);
    const below = (limit: number): number => random.below(limit);
    const picture = new TerminalPicture();
    let terminal = new TerminalModel({ columns: 5, rows: 4 });
    let columns = 4;
    let rows = 3;
    let cells = new Uint16Array(columns * rows).fill(GREY);
    for (let step = 0; step < 400; step++) {
      if (below(20) === 0) {
        columns = 1 + below(8);
        rows = 1 + below(6);
        cells = new Uint16Array(columns * rows).fill(GREY);
      }
      // What it shows then is of no account.
      if (below(10) === 0)
        terminal = new TerminalModel({ columns: 1 + below(9), rows: 1 + below(7) });
      for (let count = below(6); count > 0; count--) cells[below(cells.length)] = below(0x1_0000);
      const cursor = below(3) === 0 ? null : { row: below(rows), column: below(columns) };
      const screen = { columns, rows, cells: cells.slice(), cursor, blinks: below(30) > 0 };
      const grid = gridOfScreen(screen, terminal.size);
      terminal.write(picture.draw(grid));
      expect(terminal.cursor).toEqual(grid.cursor);
      expect(terminal.text()).toBe(
        [...grid.cells].map((cell) => characterOf(cell & 0xff)).join(""),
      );
      // The cell that the cursor is on is among those that are shown.
      const placeIn = (at: typeof cursor, width: number): number =>
        at === null ? -1 : at.row * width + at.column;
      expect(grid.cells[placeIn(grid.cursor, grid.columns)]).toBe(cells[placeIn(cursor, columns)]);
    }
  });
});

describe("lines for the user", () => {
  it.each<readonly [TerminalSize, readonly string[]]>([
    [{ columns: 9, rows: 4 }, ["", "  one", "  three", ""]],
    [{ columns: 4, rows: 1 }, ["one"]],
    [{ columns: 4, rows: 2 }, ["one", "thre"]],
  ])("are in the middle as far as there is room: %j", (size, expected) => {
    const terminal = new TerminalModel(size);
    terminal.write(new TerminalPicture().draw(gridOfLines(["one", "three"], size)));
    expect(terminal.rows().map((row) => row.trimEnd())).toEqual(expected);
  });
});
