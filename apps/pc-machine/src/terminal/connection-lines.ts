/** Lines from a connection, where a program or a person may be at the other end. */
import { EchoedLines, isLineEnd } from "./echoed-lines.js";
import { finished } from "./line-input.js";

const HISTORY = 100;
const KEY = {
  NUL: 0x00,
  BACKSPACE: 0x08,
  TAB: 0x09,
  CTRL_U: 0x15,
  CTRL_W: 0x17,
  ESCAPE: 0x1b,
  DELETE: 0x7f,
} as const;
/** The last byte of a sequence that ESC begins is this one or above; parameters are below. */
const FINAL_BYTE = 0x40;

/**
 * Lines of a socket, telnet or another machine's terminal. A line that is typed to its end is
 * echoed as it is, so that programs read nothing but it; Backspace, Ctrl-U, Ctrl-W, Tab and the cursor keys
 * up and down change its end. A terminal that echoes itself is the client's to switch off.
 */
export class ConnectionLines extends EchoedLines {
  readonly #history: string[] = [];
  /** The line of the history that is shown; its length for the one that is typed. */
  #shown = 0;
  #state: "text" | "escape" | "sequence" = "text";

  protected override take(byte: number): void {
    // Telnet ends a line with CR LF, or with CR NUL.
    if (byte === KEY.NUL) return;
    if (this.#state !== "text") this.#sequence(byte);
    else if (isLineEnd(byte)) this.enter();
    else if (byte >= 0x20 && byte !== KEY.DELETE) this.insertByte(byte);
    else this.#key(byte);
  }

  #key(byte: number): void {
    switch (byte) {
      case KEY.BACKSPACE:
      case KEY.DELETE:
        return this.#erase(1);
      case KEY.CTRL_U:
        return this.#erase(this.line.length);
      case KEY.CTRL_W:
        return this.#erase(/\S*\s*$/.exec(this.line.join(""))?.[0].length ?? 0);
      case KEY.TAB:
        return this.#complete();
      case KEY.ESCAPE:
        this.#state = "escape";
        return;
      default:
      // Another control character is no part of a command.
    }
  }

  /** The rest of ESC [ A and the like. */
  #sequence(byte: number): void {
    if (this.#state === "escape") {
      this.#state = byte === 0x5b || byte === 0x4f ? "sequence" : "text";
      return;
    }
    if (byte < FINAL_BYTE) return;
    this.#state = "text";
    if (byte === 0x41) this.#recall(this.#shown - 1);
    if (byte === 0x42) this.#recall(this.#shown + 1);
  }

  protected override enter(): void {
    const line = this.line.join("");
    if (line !== "" && line !== this.#history.at(-1)) this.#history.push(line);
    if (this.#history.length > HISTORY) this.#history.shift();
    this.#shown = this.#history.length;
    super.enter();
  }

  #erase(count: number): void {
    const gone = Math.min(count, this.line.length);
    this.line.length -= gone;
    if (gone > 0) this.print("\b \b".repeat(gone));
  }

  #recall(index: number): void {
    if (index < 0 || index > this.#history.length) return;
    this.#shown = index;
    this.#erase(this.line.length);
    this.insert(this.#history[index] ?? "");
  }

  /** Add what all completions begin with; where that is nothing more, list them. */
  #complete(): void {
    const { words, typed } = this.handler.complete(this.line.join(""));
    const [first, ...others] = words;
    if (first === undefined) return;
    const common = others.reduce(commonStart, first);
    if (others.length === 0) this.insert(finished(first).slice(typed.length));
    else if (common.length > typed.length) this.insert(common.slice(typed.length));
    else {
      this.print(`\n${words.join("  ")}\n`);
      this.prompt();
    }
  }
}

function commonStart(one: string, other: string): string {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return one.slice(0, length);
}
