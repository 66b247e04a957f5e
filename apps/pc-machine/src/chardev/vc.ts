/** `-chardev vc`: a console with a text screen of its own. */
import { LocalBackend } from "./character-backend.js";

const BS = 8;
const HT = 9;
const LF = 10;
const CR = 13;
const ESC = 27;
const TAB = 8;

/** A screen that shows what was written to it, and scrolls. Escape sequences move or clear. */
export class VirtualConsole extends LocalBackend {
  readonly filename = "vc";
  readonly columns: number;
  readonly rows: number;
  #lines: string[][];
  #x = 0;
  #y = 0;
  /** Escape sequence so far, `null` outside of one. */
  #escape: string | null = null;

  constructor(columns = 80, rows = 24) {
    super();
    this.columns = columns;
    this.rows = rows;
    this.#lines = Array.from({ length: rows }, () => this.#blank());
  }

  /** The rows of the screen, without blanks at their ends. */
  text(): readonly string[] {
    return this.#lines.map((line) => line.join("").trimEnd());
  }

  write(byte: number): void {
    if (this.#escape !== null) {
      this.#inEscape(String.fromCharCode(byte));
    } else if (byte === ESC) {
      this.#escape = "";
    } else if (byte === CR) {
      this.#x = 0;
    } else if (byte === LF) {
      this.#newLine();
    } else if (byte === BS) {
      this.#x = Math.max(0, this.#x - 1);
    } else if (byte === HT) {
      this.#x = Math.min(this.columns - 1, (Math.floor(this.#x / TAB) + 1) * TAB);
    } else if (byte >= 32) {
      this.#put(String.fromCharCode(byte));
    }
  }

  #put(letter: string): void {
    if (this.#x >= this.columns) {
      this.#x = 0;
      this.#newLine();
    }
    const line = this.#lines[this.#y];
    if (line !== undefined) line[this.#x] = letter;
    this.#x++;
  }

  #newLine(): void {
    if (this.#y < this.rows - 1) {
      this.#y++;
    } else {
      this.#lines = [...this.#lines.slice(1), this.#blank()];
    }
  }

  #inEscape(letter: string): void {
    const text = (this.#escape ?? "") + letter;
    // `[`, digits and semicolons go on; anything else, or too much, ends it.
    if (text === "[" || (/^\[[\d;?]*$/.test(text) && text.length < 16)) {
      this.#escape = text;
      return;
    }
    this.#escape = null;
    const [, numbers = "", command] = /^\[([\d;]*)([A-Za-z])$/.exec(text) ?? [];
    const [first = 0, second = 0] = numbers.split(";").map(Number);
    switch (command) {
      case "J":
        this.#lines = this.#lines.map(() => this.#blank());
        break;
      case "K":
        this.#lines[this.#y]?.fill(" ", this.#x);
        break;
      case "H":
      case "f":
        this.#y = clamp(first - 1, this.rows);
        this.#x = clamp(second - 1, this.columns);
        break;
      case "A":
        this.#y = clamp(this.#y - Math.max(1, first), this.rows);
        break;
      case "B":
        this.#y = clamp(this.#y + Math.max(1, first), this.rows);
        break;
      case "C":
        this.#x = clamp(this.#x + Math.max(1, first), this.columns);
        break;
      case "D":
        this.#x = clamp(this.#x - Math.max(1, first), this.columns);
        break;
    }
  }

  #blank(): string[] {
    return new Array<string>(this.columns).fill(" ");
  }
}

function clamp(value: number, size: number): number {
  return Math.min(size - 1, Math.max(0, value));
}
