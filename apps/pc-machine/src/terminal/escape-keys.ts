/** The keys that speak to the PC instead of the guest: Ctrl-A and a letter. */

/** The byte that Ctrl-A sends. */
export const ESCAPE = 0x01;

/** Help for the keys, a line each. */
export const KEYS_HELP: readonly string[] = [
  "Ctrl-A h       this list of keys",
  "Ctrl-A x       quit",
  "Ctrl-A c       switch between console and monitor",
  "Ctrl-A Ctrl-A  send Ctrl-A",
];

/** Whoever is told of keys. */
export interface EscapeActions {
  /** A byte that is no command. */
  data(byte: number): void;
  /** Ctrl-A x. */
  quit(): void;
  /** Ctrl-A c. */
  switchFocus(): void;
  /** Ctrl-A h, or ?. */
  help(): void;
}

/** Tells commands from data, byte by byte. */
export class EscapeKeys {
  readonly #actions: EscapeActions;
  #escaped = false;

  constructor(actions: EscapeActions) {
    this.#actions = actions;
  }

  /** The next byte from the keyboard. An unknown letter after Ctrl-A is swallowed. */
  feed(byte: number): void {
    if (!this.#escaped) {
      if (byte === ESCAPE) {
        this.#escaped = true;
      } else {
        this.#actions.data(byte);
      }
      return;
    }
    this.#escaped = false;
    if (byte === ESCAPE) {
      this.#actions.data(ESCAPE);
      return;
    }
    switch (String.fromCharCode(byte)) {
      case "x":
        this.#actions.quit();
        break;
      case "c":
        this.#actions.switchFocus();
        break;
      case "h":
      case "?":
        this.#actions.help();
        break;
    }
  }
}
