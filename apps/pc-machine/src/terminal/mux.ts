/** Whoever has the terminal: one device, or the console and the monitor in turns. */
import type { CharBackend } from "../host/chardev.js";
import { EscapeKeys, KEYS_HELP } from "./escape-keys.js";
import type { Terminal } from "./terminal.js";

const CTRL_C = 0x03;

/** Calls of the terminal to the program. */
export interface MuxActions {
  /** The user wants to leave. */
  quit(): void;
  /** Nothing more will be typed. */
  inputEnded(): void;
}

/** The monitor's side. */
export interface MonitorInput {
  /** A byte typed to it. */
  feed(byte: number): void;
  /** Called when it gets the keyboard: show the prompt. */
  focus(): void;
  /** Called when another gets the keyboard. */
  blur?(): void;
}

/** A display that has the whole terminal while it has the keyboard. */
export interface ScreenInput extends MonitorInput {
  blur(): void;
  /** Lines for the user. */
  tell(lines: readonly string[]): void;
}

/**
 * Shares the terminal. Output of all goes out as it comes; input goes to who has the focus.
 * Without escape keys there is one device, and Ctrl-C on a terminal quits.
 */
export class TerminalMux {
  readonly #terminal: Terminal;
  readonly #actions: MuxActions;
  readonly #escapes: EscapeKeys | null;
  readonly #consoles: TerminalBackend[] = [];
  #monitor: MonitorInput | null = null;
  #screen: ScreenInput | null = null;
  #monitorHasFocus = false;
  /** Input from a pipe that the console does not take yet, `null` once it flows. */
  #held: number[] | null = null;

  constructor(terminal: Terminal, actions: MuxActions, options: { readonly escapes: boolean }) {
    this.#terminal = terminal;
    this.#actions = actions;
    this.#escapes = options.escapes
      ? new EscapeKeys({
          data: (byte) => this.#deliver(byte),
          quit: () => actions.quit(),
          switchFocus: () => this.#switch(),
          help: () => this.#help(),
        })
      : null;
  }

  /** True if keys go to the monitor now. */
  get monitorHasFocus(): boolean {
    return this.#monitorHasFocus;
  }

  /** True if input is on its way that the console has not taken yet. */
  get holdsInput(): boolean {
    return this.#held !== null && this.#held.length > 0;
  }

  /** True if anybody reads the terminal. */
  get hasReaders(): boolean {
    return this.#monitor !== null || this.#hasConsole;
  }

  /**
   * A device's end of the terminal.
   * @param reads    whether the device can take input
   * @param onOutput called with each byte it writes
   */
  connect(reads: boolean, onOutput: () => void): CharBackend {
    const backend = new TerminalBackend(reads, (byte) => {
      onOutput();
      this.#terminal.write(byte);
      this.releaseInput();
    });
    this.#consoles.push(backend);
    return backend;
  }

  /** The monitor's end. It has the focus when there is no console, and no display. */
  connectMonitor(monitor: MonitorInput): void {
    this.#monitor = monitor;
    this.#monitorHasFocus = !this.#hasConsole;
  }

  /** A display's end, which is the console then. It comes before the monitor. */
  connectScreen(screen: ScreenInput): void {
    this.#screen = screen;
  }

  /** Start reading, when anybody does. */
  open(): void {
    if (!this.hasReaders) {
      return;
    }
    if (!this.#terminal.interactive && !this.#monitorHasFocus) {
      this.#held = [];
    }
    (this.#monitorHasFocus ? this.#monitor : this.#screen)?.focus();
    this.#terminal.open({
      data: (bytes) => {
        for (const byte of bytes) {
          this.#feed(byte);
        }
      },
      end: () => this.#actions.inputEnded(),
    });
  }

  /**
   * Let input from a pipe through to the console. Until the guest has shown that it drives the
   * port, setting the port up would lose what came before.
   */
  releaseInput(): void {
    const held = this.#held;
    this.#held = null;
    for (const byte of held ?? []) {
      this.#toConsole(byte);
    }
  }

  #feed(byte: number): void {
    if (this.#escapes !== null) {
      this.#escapes.feed(byte);
    } else if (byte === CTRL_C && this.#terminal.interactive) {
      this.#actions.quit();
    } else {
      this.#deliver(byte);
    }
  }

  #deliver(byte: number): void {
    if (this.#monitorHasFocus) {
      this.#monitor?.feed(byte);
    } else if (this.#held !== null) {
      this.#held.push(byte);
    } else {
      this.#toConsole(byte);
    }
  }

  /** True if what is typed can go elsewhere than to the monitor. */
  get #hasConsole(): boolean {
    return this.#screen !== null || this.#consoles.some(({ reads }) => reads);
  }

  #toConsole(byte: number): void {
    if (this.#screen !== null) this.#screen.feed(byte);
    else this.#consoles.find(({ reads }) => reads)?.receive?.(byte);
  }

  #switch(): void {
    if (this.#monitor === null || !this.#hasConsole) {
      return;
    }
    this.#monitorHasFocus = !this.#monitorHasFocus;
    if (this.#monitorHasFocus) {
      this.#screen?.blur();
      this.#terminal.writeText("\n");
      this.#monitor.focus();
    } else {
      this.#terminal.writeText("\n");
      this.#monitor.blur?.();
      this.#screen?.focus();
    }
  }

  #help(): void {
    if (this.#screen !== null && !this.#monitorHasFocus) this.#screen.tell(KEYS_HELP);
    else this.#terminal.writeText(`\n${KEYS_HELP.join("\n")}\n`);
  }
}

class TerminalBackend implements CharBackend {
  receive: ((byte: number) => void) | null = null;
  readonly reads: boolean;
  readonly #output: (byte: number) => void;

  constructor(reads: boolean, output: (byte: number) => void) {
    this.reads = reads;
    this.#output = output;
  }

  write(byte: number): void {
    this.#output(byte);
  }
}
