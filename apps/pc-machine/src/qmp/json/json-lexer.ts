/** Bytes to the tokens of JSON, as they come. */

/** A token; `error` holds bytes that are none. */
export interface JsonToken {
  readonly kind: "structure" | "string" | "integer" | "float" | "keyword" | "error";
  readonly bytes: Uint8Array;
}

type State =
  | "start"
  | "recovery"
  | "double"
  | "double-escape"
  | "single"
  | "single-escape"
  | "zero"
  | "digits"
  | "sign"
  | "mantissa"
  | "mantissa-digits"
  | "exponent"
  | "exponent-sign"
  | "exponent-digits"
  | "keyword";

/** A step: the next state, a token that ends before the byte, or with it. */
type Step = State | { readonly ends: JsonToken["kind"]; readonly with: boolean };

const before = (ends: JsonToken["kind"]): Step => ({ ends, with: false });
const including = (ends: JsonToken["kind"]): Step => ({ ends, with: true });
const ERROR = including("error");
const STRUCTURE = new Set([..."{}[],:"].map((letter) => letter.charCodeAt(0)));
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const BACKSLASH = 0x5c;
const MOST_BYTES = 2 ** 26;

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
const isExponent = (byte: number): boolean => byte === 0x65 || byte === 0x45;
const isBlank = (byte: number): boolean =>
  byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
const isLetter = (byte: number): boolean => byte >= 0x61 && byte <= 0x7a;
const isImpossible = (byte: number): boolean => byte === 0xc0 || byte === 0xc1 || byte >= 0xf5;

/** The lexer. After an error it goes on at the next structure, control letter or impossible byte. */
export class JsonLexer {
  readonly #emit: (token: JsonToken) => void;
  #state: State = "start";
  #bytes = new Uint8Array(64);
  #length = 0;

  /** @param emit told of each token */
  constructor(emit: (token: JsonToken) => void) {
    this.#emit = emit;
  }

  /** The next byte. */
  feed(byte: number): void {
    for (;;) {
      const step = this.#step(byte);
      if (typeof step === "string") {
        this.#state = step;
        if (step === "start" || step === "recovery") this.#length = 0;
        else this.#keep(byte);
        return;
      }
      if (step.with) this.#keep(byte);
      const bytes = this.#bytes.slice(0, this.#length);
      this.#length = 0;
      if (this.#bytes.length > 2 ** 16) this.#bytes = new Uint8Array(64);
      // What ends a token may begin the next; recovery ends without one.
      const recovered = this.#state === "recovery";
      this.#state = step.ends === "error" && step.with ? "recovery" : "start";
      if (!recovered) this.#emit({ kind: step.ends, bytes });
      if (step.with) return;
    }
  }

  /** Forget a token that has not ended. */
  reset(): void {
    this.#state = "start";
    this.#length = 0;
  }

  #keep(byte: number): void {
    if (this.#length === this.#bytes.length) {
      if (this.#length >= MOST_BYTES) return;
      const longer = new Uint8Array(2 * this.#length);
      longer.set(this.#bytes);
      this.#bytes = longer;
    }
    this.#bytes[this.#length++] = byte;
  }

  #step(byte: number): Step {
    switch (this.#state) {
      case "start":
        return atStart(byte);
      case "recovery":
        return STRUCTURE.has(byte) || (byte < 0x20 && byte !== 0x09) || isImpossible(byte)
          ? before("error")
          : "recovery";
      case "double":
        return inString(byte, QUOTE, "double", "double-escape", this.#length);
      case "single":
        return inString(byte, APOSTROPHE, "single", "single-escape", this.#length);
      case "double-escape":
        return byte < 0x20 || isImpossible(byte) ? ERROR : "double";
      case "single-escape":
        return byte < 0x20 || isImpossible(byte) ? ERROR : "single";
      default:
        return inWord(this.#state, byte);
    }
  }
}

function atStart(byte: number): Step {
  if (isBlank(byte)) return "start";
  if (STRUCTURE.has(byte)) return including("structure");
  if (byte === QUOTE) return "double";
  if (byte === APOSTROPHE) return "single";
  if (byte === 0x30) return "zero";
  if (isDigit(byte)) return "digits";
  if (byte === 0x2d) return "sign";
  return isLetter(byte) ? "keyword" : ERROR;
}

function inString(byte: number, end: number, stay: State, escape: State, length: number): Step {
  if (byte === end) return including("string");
  if (byte < 0x20 || isImpossible(byte) || length >= MOST_BYTES) return ERROR;
  return byte === BACKSLASH ? escape : stay;
}

function inWord(state: State, byte: number): Step {
  switch (state) {
    case "zero":
      if (isDigit(byte)) return ERROR;
      return byte === 0x2e ? "mantissa" : isExponent(byte) ? "exponent" : before("integer");
    case "digits":
      if (isDigit(byte)) return "digits";
      return byte === 0x2e ? "mantissa" : isExponent(byte) ? "exponent" : before("integer");
    case "sign":
      return byte === 0x30 ? "zero" : isDigit(byte) ? "digits" : ERROR;
    case "mantissa":
      return isDigit(byte) ? "mantissa-digits" : ERROR;
    case "mantissa-digits":
      if (isDigit(byte)) return "mantissa-digits";
      return isExponent(byte) ? "exponent" : before("float");
    case "exponent":
      if (byte === 0x2d || byte === 0x2b) return "exponent-sign";
      return isDigit(byte) ? "exponent-digits" : ERROR;
    case "exponent-sign":
      return isDigit(byte) ? "exponent-digits" : ERROR;
    case "exponent-digits":
      return isDigit(byte) ? "exponent-digits" : before("float");
    default:
      return isLetter(byte) ? "keyword" : before("keyword");
  }
}
