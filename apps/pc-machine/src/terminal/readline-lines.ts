/** Lines from a person: Node's readline, fed key by key. */
import { EventEmitter } from "node:events";
import {
  clearScreenDown,
  createInterface,
  cursorTo,
  emitKeypressEvents,
  moveCursor,
} from "node:readline";
import type { Interface, Key } from "node:readline";
import { PassThrough, Writable } from "node:stream";

import type { EditorScreen } from "./editor-screen.js";
import { HistorySearch } from "./history-search.js";
import { finished, type LineHandler, type LineInput } from "./line-input.js";

const HISTORY = 1_000;
const DEFAULT_COLUMNS = 80;

/**
 * The {@link LineInput} of a terminal: cursor keys, Home, End, Tab, a history, Ctrl-R, and whatever
 * else readline knows. Ctrl-C gives the line up; nothing that is typed leaves or stops the program.
 */
export class ReadlineLines implements LineInput {
  readonly #handler: LineHandler;
  readonly #screen: ScreenStream;
  readonly #keys = new EventEmitter();
  readonly #readline: Interface;
  readonly #history: string[] = [];
  #search: HistorySearch | null = null;
  /** Lines are being run: what is printed meanwhile is their answer. */
  #busy = false;
  #prompted = false;
  #ended = false;

  constructor(screen: EditorScreen, handler: LineHandler) {
    this.#handler = handler;
    this.#screen = new ScreenStream(screen);
    this.#readline = createInterface({
      // Keys come by `feed`: this stream never gives any.
      input: new PassThrough(),
      output: this.#screen,
      terminal: true,
      prompt: handler.prompt,
      historySize: HISTORY,
      removeHistoryDuplicates: true,
      completer: (line: string) => this.#complete(line),
    });
    this.#readline.on("line", (line) => this.#take(line));
    // Listened to, so that readline does not act on them.
    this.#readline.on("SIGINT", () => this.#giveUp());
    this.#readline.on("SIGTSTP", () => undefined);
    this.#readline.on("SIGCONT", () => undefined);
    // Only listening and data are asked of a stream of keys.
    emitKeypressEvents(this.#keys as unknown as NodeJS.ReadableStream);
    this.#keys.on("keypress", (text: string | undefined, key: Key) => this.#press(text, key));
  }

  feed(byte: number): void {
    if (!this.#ended) {
      this.#keys.emit("data", Buffer.of(byte));
    }
  }

  prompt(): void {
    this.#prompted = true;
    this.#forgetRows();
    this.#readline.prompt(true);
  }

  leave(): void {
    if (this.#search !== null) {
      this.#endSearch(this.#search.before);
    }
    this.#prompted = false;
  }

  print(text: string): void {
    if (this.#busy || !this.#prompted || this.#ended || text === "") {
      this.#screen.write(text);
      return;
    }
    // In the midst of typing: the line makes way, and comes back below.
    const { rows } = this.#readline.getCursorPos();
    moveCursor(this.#screen, 0, -rows);
    cursorTo(this.#screen, 0);
    clearScreenDown(this.#screen);
    this.#screen.write(text.endsWith("\n") ? text : `${text}\n`);
    this.prompt();
  }

  #press(text: string | undefined, key: Key): void {
    if (this.#search !== null) {
      this.#searchKey(this.#search, text, key);
    } else if (key.ctrl === true && key.name === "r") {
      this.#search = new HistorySearch(this.#history, this.#readline.line);
      this.#showSearch(this.#search);
    } else {
      this.#type(text, key);
    }
  }

  #type(text: string | undefined, key: Key): void {
    const { line } = this.#readline;
    // On an empty line readline takes Ctrl-D for the end of all input.
    if (key.ctrl === true && key.name === "d" && line === "") {
      return;
    }
    const printable = text !== undefined && key.ctrl !== true && key.meta !== true && isText(text);
    if (printable) {
      this.#readline.write(text);
    } else {
      this.#readline.write(null, key);
    }
  }

  #searchKey(search: HistorySearch, text: string | undefined, key: Key): void {
    const ctrl = key.ctrl === true;
    if (ctrl && key.name === "r") {
      search.next();
    } else if (key.name === "backspace") {
      search.shorten();
    } else if (ctrl && (key.name === "g" || key.name === "c")) {
      this.#endSearch(search.before);
      return;
    } else if (!ctrl && key.meta !== true && text !== undefined && isText(text)) {
      search.add(text);
    } else {
      // Any other key works on what was found.
      this.#endSearch(search.found);
      if (key.name !== "escape") {
        this.#type(text, key);
      }
      return;
    }
    this.#showSearch(search);
  }

  #showSearch(search: HistorySearch): void {
    cursorTo(this.#screen, 0);
    clearScreenDown(this.#screen);
    this.#screen.write(search.shown);
  }

  #endSearch(line: string): void {
    this.#search = null;
    this.#readline.write(null, { ctrl: true, name: "e" });
    this.#readline.write(null, { ctrl: true, name: "u" });
    if (line !== "") {
      this.#readline.write(line);
    }
    this.prompt();
  }

  #giveUp(): void {
    this.#readline.write(null, { ctrl: true, name: "e" });
    this.#screen.write("^C\n");
    this.#readline.write(null, { ctrl: true, name: "u" });
    this.prompt();
  }

  #take(line: string): void {
    if (line.trim() !== "" && line !== this.#history.at(-1)) {
      this.#history.push(line);
    }
    this.#busy = true;
    const wanted = this.#handler.line(line);
    this.#busy = false;
    if (wanted) {
      this.prompt();
    } else {
      this.#ended = true;
      this.#readline.close();
    }
  }

  #complete(line: string): [string[], string] {
    const { words, typed } = this.#handler.complete(line);
    const [only, ...others] = words;
    return [only !== undefined && others.length === 0 ? [finished(only)] : [...words], typed];
  }

  /** Others have written since: no row above the cursor is the line's. */
  #forgetRows(): void {
    Reflect.set(this.#readline, "prevRows", 0);
  }
}

function isText(text: string): boolean {
  return !/\p{Cc}/u.test(text);
}

/** The terminal as a stream of Node's, which is what readline writes to. */
class ScreenStream extends Writable {
  readonly isTTY = true;
  readonly #screen: EditorScreen;

  constructor(screen: EditorScreen) {
    super({ decodeStrings: false });
    this.#screen = screen;
  }

  get columns(): number {
    return this.#screen.columns ?? DEFAULT_COLUMNS;
  }

  override _write(chunk: string, _encoding: BufferEncoding, done: () => void): void {
    this.#screen.write(chunk);
    done();
  }
}
