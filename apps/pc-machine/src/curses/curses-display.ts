/** A display on the terminal: text modes as they are, and a line that tells of others. */
import type { TextCells } from "../devices/vga/text-screen.js";
import { gridOfLines, gridOfScreen, type TerminalSize } from "./cell-grid.js";
import { TerminalKeys } from "./terminal-keys.js";
import { TerminalPicture } from "./terminal-picture.js";

/** Time between two looks at the screen, in ms. */
const LOOK_MS = 33;

/** The terminal, as the display uses it. */
export interface DisplayTerminal {
  /** Its size now, which its user may change at any time. */
  readonly size: TerminalSize;
  /** Bytes that were written and have not left the process. */
  readonly pending: number;
  /** True while the display has the whole screen. */
  readonly isTaken: boolean;
  take(): void;
  /** Show again what was there before. */
  giveBack(): void;
  writeText(text: string): void;
}

/** The display adapter, as the display looks at it. */
export interface ShownAdapter {
  /** Cells of a text mode, `null` in another one. */
  textCells(): TextCells | null;
  readonly pictureSize: { readonly width: number; readonly height: number };
}

/** Surroundings of a display. */
export interface CursesHost {
  readonly terminal: DisplayTerminal;
  /** The adapter that is shown, `null` where there is none. */
  adapter(): ShownAdapter | null;
  /** A key of the keyboard, by its code of set 1. */
  key(code: number, down: boolean): void;
}

/** QEMU's display `curses`, as far as the display adapter goes. */
export class CursesDisplay implements Disposable {
  readonly #host: CursesHost;
  readonly #keys: TerminalKeys;
  readonly #picture = new TerminalPicture();
  #timer: ReturnType<typeof setInterval> | null = null;
  /** Lines that are shown in place of the screen, until a key is pressed. */
  #message: readonly string[] | null = null;

  constructor(host: CursesHost) {
    this.#host = host;
    this.#keys = new TerminalKeys((code, down) => host.key(code, down));
  }

  /** It has the terminal from now on. */
  focus(): void {
    this.#host.terminal.take();
    this.repaint();
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS).unref();
  }

  /** Another has the terminal. */
  blur(): void {
    this.#stop();
    this.#host.terminal.giveBack();
  }

  /** A byte typed at it. */
  feed(byte: number): void {
    if (this.#message === null) {
      this.#keys.feed(byte);
      return;
    }
    this.#message = null;
    this.#look();
  }

  /** Lines of ASCII for the user, until a key is pressed. */
  tell(lines: readonly string[]): void {
    this.#message = lines;
    this.#look();
  }

  /** Somebody else wrote to the terminal: all is drawn again. */
  repaint(): void {
    this.#picture.forget();
    this.#look();
  }

  /** It is not drawn any more. */
  [Symbol.dispose](): void {
    this.#stop();
  }

  #stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#keys.release();
  }

  #look(): void {
    const { terminal } = this.#host;
    // A terminal that is slow gets the latest picture once it has taken the one before.
    if (!terminal.isTaken || terminal.pending > 0) return;
    const text = this.#picture.draw(this.#grid(terminal.size));
    if (text !== "") terminal.writeText(text);
  }

  #grid(size: TerminalSize) {
    if (this.#message !== null) return gridOfLines(this.#message, size);
    const adapter = this.#host.adapter();
    if (adapter === null) return gridOfLines(["There is no display adapter."], size);
    const cells = adapter.textCells();
    if (cells !== null) return gridOfScreen(cells, size);
    const { width, height } = adapter.pictureSize;
    return gridOfLines([`${width} x ${height} Graphic mode`], size);
  }
}
