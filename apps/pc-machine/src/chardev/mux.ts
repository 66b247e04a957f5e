/** `mux=on`: several front ends on one back end. Ctrl-A c hands the input to the next. */
import type { CharacterEvent, CharBackend } from "../host/chardev.js";
import type { CharacterBackend } from "./character-backend.js";

const ESCAPE = 0x01;
const NEXT = "c".charCodeAt(0);
const BREAK = "b".charCodeAt(0);
const QUIT = "x".charCodeAt(0);
const HELP = ["h".charCodeAt(0), "?".charCodeAt(0)];
const HELP_TEXT =
  "\r\nC-a h    print this help\r\nC-a x    exit emulator\r\nC-a b    send break\r\n" +
  "C-a c    switch between console and monitor\r\nC-a C-a  sends C-a\r\n";

/** One of the front ends. */
export interface MuxFrontEnd extends CharBackend {
  /** Told when it gets or loses the input. */
  onFocus: ((focused: boolean) => void) | null;
  onEvent: ((event: CharacterEvent) => void) | null;
  onDrain: (() => void) | null;
}

/** Shares a back end. Output of all goes out as it comes; input goes to who has the focus. */
export class CharacterMux {
  readonly #backend: CharacterBackend;
  readonly #frontEnds: MuxFrontEnd[] = [];
  readonly #quit: () => void;
  #focus = 0;
  #escaped = false;

  /** @param quit does what Ctrl-A x asks for */
  constructor(backend: CharacterBackend, quit: () => void) {
    this.#backend = backend;
    this.#quit = quit;
    backend.receive = (byte) => this.#take(byte);
    backend.onEvent = (event) => {
      for (const frontEnd of this.#frontEnds) frontEnd.onEvent?.(event);
    };
    backend.onDrain = () => {
      for (const frontEnd of this.#frontEnds) frontEnd.onDrain?.();
    };
  }

  /** The back end that is shared. */
  get backend(): CharacterBackend {
    return this.#backend;
  }

  /** A further front end; the first has the input. */
  connect(): MuxFrontEnd {
    const backend = this.#backend;
    const frontEnd: MuxFrontEnd = {
      receive: null,
      onFocus: null,
      onEvent: null,
      onDrain: null,
      get connected() {
        return backend.connected;
      },
      get pending() {
        return backend.pending;
      },
      write: (byte) => backend.write(byte),
      writeBytes: (bytes) => backend.writeBytes(bytes),
      accept: () => backend.accept?.(),
    };
    this.#frontEnds.push(frontEnd);
    return frontEnd;
  }

  #take(byte: number): void {
    if (!this.#escaped) {
      if (byte === ESCAPE) this.#escaped = true;
      else this.#frontEnds[this.#focus]?.receive?.(byte);
      return;
    }
    this.#escaped = false;
    if (byte === ESCAPE) {
      this.#frontEnds[this.#focus]?.receive?.(byte);
    } else if (byte === NEXT) {
      this.#next();
    } else if (byte === BREAK) {
      this.#frontEnds[this.#focus]?.onEvent?.("break");
    } else if (byte === QUIT) {
      this.#quit();
    } else if (HELP.includes(byte)) {
      this.#backend.writeBytes(new TextEncoder().encode(HELP_TEXT));
    }
  }

  #next(): void {
    this.#frontEnds[this.#focus]?.onFocus?.(false);
    this.#focus = (this.#focus + 1) % Math.max(1, this.#frontEnds.length);
    this.#frontEnds[this.#focus]?.onFocus?.(true);
  }
}
