/** Keys of a PC's keyboard, from what a terminal sends when they are pressed. */
import { keyCode } from "../devices/i8042/key-names.js";
import { keysOfCharacter } from "../input/keysyms.js";

const ESC = 0x1b;
/** Bytes of a sequence, at most; what is longer is none. */
const LONGEST = 16;
/** Time in which what follows an ESC belongs to it, in ms: a terminal sends its sequences at once. */
const SEQUENCE_MS = 50;

/** Keys behind `ESC [` or `ESC O`, by the letter that ends the sequence. */
const LETTERS: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  F: "end",
  H: "home",
  M: "kp_enter",
  P: "f1",
  Q: "f2",
  R: "f3",
  S: "f4",
  Z: "shift tab",
};
/** Keys of the sequences `ESC [ number ~`. */
const NUMBERS: Readonly<Record<number, string>> = {
  1: "home",
  2: "insert",
  3: "delete",
  4: "end",
  5: "pgup",
  6: "pgdn",
  7: "home",
  8: "end",
  11: "f1",
  12: "f2",
  13: "f3",
  14: "f4",
  15: "f5",
  17: "f6",
  18: "f7",
  19: "f8",
  20: "f9",
  21: "f10",
  23: "f11",
  24: "f12",
};
/** Keys of Linux's console: `ESC [ [` and a letter from `A` on. */
const CONSOLE = ["f1", "f2", "f3", "f4", "f5"];
/** Bytes that have keys of their own, and would be letters with Ctrl. */
const BYTES: Readonly<Record<number, string>> = {
  0x00: "ctrl spc",
  0x09: "tab",
  0x0d: "ret",
  0x1c: "ctrl backslash",
  0x1d: "ctrl bracket_right",
  0x1e: "ctrl shift 6",
  0x1f: "ctrl shift minus",
  0x7f: "backspace",
};
/** Bits of a modifier's number in a sequence, which is one more than their sum. */
const MODIFIERS = ["shift", "alt", "ctrl"];

/** Told of a key; the code is that of set 1, 0xe0xx for the extended ones. */
type GiveKey = (code: number, down: boolean) => void;
/** Has `action` called after a time, in ms, unless what is answered is called before. */
export type Later = (action: () => void, ms: number) => () => void;

const later: Later = (action, ms) => {
  const timer = setTimeout(action, ms);
  return () => clearTimeout(timer);
};

/** Reads a terminal's bytes. A key is released at once: a terminal does not tell of that. */
export class TerminalKeys {
  readonly #give: GiveKey;
  readonly #later: Later;
  /** Bytes of a sequence that came so far, from its ESC on. */
  #sequence = "";
  #cancel: () => void = () => undefined;

  /** @param wait replaces the timer that tells an ESC alone from one that begins a sequence */
  constructor(give: GiveKey, wait: Later = later) {
    this.#give = give;
    this.#later = wait;
  }

  /** The next byte. What stands for no key of a keyboard of the United States is passed over. */
  feed(byte: number): void {
    this.#cancel();
    if (this.#sequence !== "") {
      this.#continue(byte);
    } else if (byte === ESC) {
      this.#sequence = "\u001b";
    } else {
      this.#press(keysOf(byte));
    }
    if (this.#sequence !== "") this.#cancel = this.#later(() => this.#abandon(), SEQUENCE_MS);
  }

  /** Forget what was begun. */
  release(): void {
    this.#cancel();
    this.#sequence = "";
  }

  /** Nothing more comes of the sequence: an ESC alone is the key. */
  #abandon(): void {
    const isKey = this.#sequence === "\u001b";
    this.#sequence = "";
    if (isKey) this.#press(["esc"]);
  }

  #continue(byte: number): void {
    if (this.#sequence === "\u001b") {
      if (byte === ESC) {
        this.#press(["esc"]);
        return;
      }
      const char = String.fromCharCode(byte);
      if (char !== "[" && char !== "O") {
        this.#sequence = "";
        const keys = keysOf(byte);
        if (keys.length > 0) this.#press(["alt", ...keys]);
        return;
      }
    }
    this.#sequence += String.fromCharCode(byte);
    const keys = keysOfSequence(this.#sequence.slice(1));
    if (keys === null && this.#sequence.length < LONGEST) return;
    this.#sequence = "";
    this.#press(keys ?? []);
  }

  #press(names: readonly string[]): void {
    const codes = names.flatMap((name) => keyCode(name) ?? []);
    for (const code of codes) this.#give(code, true);
    for (const code of codes.toReversed()) this.#give(code, false);
  }
}

/** Keys that a byte stands for. */
function keysOf(byte: number): readonly string[] {
  const named = BYTES[byte];
  if (named !== undefined) return named.split(" ");
  if (byte < 0x20) return ["ctrl", String.fromCharCode(byte + 0x60)];
  return keysOfCharacter(String.fromCharCode(byte));
}

/** Keys of what follows an ESC; `null` while more is to come, none for what no key sends. */
function keysOfSequence(text: string): readonly string[] | null {
  if (text.startsWith("[[")) {
    const letter = text.charCodeAt(2) - "A".charCodeAt(0);
    return text.length < 3 ? null : [CONSOLE[letter] ?? ""];
  }
  const [, numbers = "", last = ""] = /^[[O]([0-?]*)(.*)$/s.exec(text) ?? [];
  if (last === "") return null;
  const [first = "", modifiers = ""] = numbers.split(";");
  const key = last === "~" ? NUMBERS[Number(first)] : LETTERS[last];
  if (key === undefined) return [];
  const held = MODIFIERS.filter((_name, bit) => (((Number(modifiers) || 1) - 1) >> bit) & 1);
  return [...held, ...key.split(" ")];
}
