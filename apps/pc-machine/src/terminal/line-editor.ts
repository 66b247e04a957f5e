/** Lines from keys: what the monitor reads its commands with. */

const Key = {
  CTRL_C: 0x03,
  BACKSPACE: 0x08,
  LF: 0x0a,
  CR: 0x0d,
  CTRL_U: 0x15,
  CTRL_W: 0x17,
  ESC: 0x1b,
  DELETE: 0x7f,
} as const;

const ERASE = "\b \b";
const MOST_HISTORY = 100;

/** One line at a time, with backspace, Ctrl-U, Ctrl-W, and older lines on the up and down arrows. */
export class LineEditor {
  readonly #echo: (text: string) => void;
  readonly #onLine: (line: string) => void;
  readonly #history: string[] = [];
  #at = 0;
  #line = "";
  #afterCr = false;
  /** Bytes of an escape sequence so far, `null` outside one. */
  #sequence: string | null = null;

  /**
   * @param echo   shows what was typed
   * @param onLine told of each finished line, without its end; its end has been echoed
   */
  constructor(echo: (text: string) => void, onLine: (line: string) => void) {
    this.#echo = echo;
    this.#onLine = onLine;
  }

  /** What has been typed of the current line. */
  get line(): string {
    return this.#line;
  }

  /** The next byte from the keyboard. */
  feed(byte: number): void {
    const afterCr = this.#afterCr;
    this.#afterCr = byte === Key.CR;
    if (this.#sequence !== null) {
      this.#feedSequence(this.#sequence + String.fromCharCode(byte));
      return;
    }
    switch (byte) {
      case Key.LF:
        if (!afterCr) {
          this.#finish();
        }
        break;
      case Key.CR:
        this.#finish();
        break;
      case Key.BACKSPACE:
      case Key.DELETE:
        this.#erase(1);
        break;
      case Key.CTRL_C:
      case Key.CTRL_U:
        this.#erase(this.#line.length);
        break;
      case Key.CTRL_W:
        this.#erase(/\S*\s*$/.exec(this.#line)?.[0].length ?? 0);
        break;
      case Key.ESC:
        this.#sequence = "";
        break;
      default:
        if (byte >= 0x20) {
          this.#insert(String.fromCharCode(byte));
        }
    }
  }

  #finish(): void {
    const line = this.#line;
    this.#line = "";
    this.#echo("\n");
    if (line.trim() !== "" && line !== this.#history.at(-1)) {
      this.#history.push(line);
      this.#history.splice(0, this.#history.length - MOST_HISTORY);
    }
    this.#at = this.#history.length;
    this.#onLine(line);
  }

  #insert(text: string): void {
    this.#line += text;
    this.#echo(text);
  }

  #erase(count: number): void {
    const gone = Math.min(count, this.#line.length);
    this.#line = this.#line.slice(0, this.#line.length - gone);
    this.#echo(ERASE.repeat(gone));
  }

  /** Cursor keys arrive as ESC [ A; all other sequences are dropped whole. */
  #feedSequence(sequence: string): void {
    const ended = sequence.length === 1 ? !/[[O]/.test(sequence) : /[@-~]$/.test(sequence);
    this.#sequence = ended ? null : sequence;
    if (sequence === "[A" || sequence === "OA") {
      this.#recall(-1);
    } else if (sequence === "[B" || sequence === "OB") {
      this.#recall(1);
    }
  }

  #recall(step: number): void {
    const at = this.#at + step;
    if (at >= 0 && at <= this.#history.length) {
      this.#at = at;
      this.#erase(this.#line.length);
      this.#insert(this.#history[at] ?? "");
    }
  }
}
