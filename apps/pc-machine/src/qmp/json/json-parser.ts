/** Tokens of JSON to a value, with QEMU's messages. */
import type { JsonToken } from "./json-lexer.js";
import type { JsonValue } from "./json-value.js";

/** Text that is no JSON. Not one of the library's errors: nobody but the reader meets it. */
export class JsonSyntax {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true });
const latin = new TextDecoder("latin1");
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};
const KEYWORDS: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

/** The value that `tokens` begin with. @throws JsonSyntax when they do not make one */
export function parseTokens(tokens: readonly JsonToken[]): JsonValue {
  return new Parser(tokens).value();
}

class Parser {
  readonly #tokens: readonly JsonToken[];
  #at = 0;

  constructor(tokens: readonly JsonToken[]) {
    this.#tokens = tokens;
  }

  value(): JsonValue {
    const token = this.#next();
    switch (token.kind) {
      case "structure":
        if (textOf(token) === "{") return this.#object();
        if (textOf(token) === "[") return this.#list();
        throw syntax("expecting value");
      case "string":
        return stringOf(token);
      case "integer":
      case "float":
        return numberOf(token);
      default: {
        const word = textOf(token);
        const value = KEYWORDS.get(word);
        if (value === undefined) throw syntax(`invalid keyword '${word}'`);
        return value;
      }
    }
  }

  #object(): JsonValue {
    const members = new Map<string, JsonValue>();
    if (this.#is("}")) return {};
    for (;;) {
      const name = this.value();
      if (typeof name !== "string") throw syntax("key is not a string in object");
      if (!this.#is(":")) throw syntax("missing : in object pair");
      const value = this.value();
      if (members.has(name)) throw syntax("duplicate key");
      members.set(name, value);
      if (this.#is("}")) return Object.fromEntries(members);
      if (!this.#is(",")) throw syntax("expected separator in dict");
    }
  }

  #list(): JsonValue {
    const items: JsonValue[] = [];
    if (this.#is("]")) return items;
    for (;;) {
      items.push(this.value());
      if (this.#is("]")) return items;
      if (!this.#is(",")) throw syntax("expected separator in list");
    }
  }

  #next(): JsonToken {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw syntax("premature EOI");
    return token;
  }

  /** Take the next token if it is `letter`. */
  #is(letter: string): boolean {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw syntax("premature EOI");
    const found = token.kind === "structure" && textOf(token) === letter;
    if (found) this.#at++;
    return found;
  }
}

function syntax(what: string): JsonSyntax {
  return new JsonSyntax(`JSON parse error, ${what}`);
}

function textOf({ bytes }: JsonToken): string {
  return latin.decode(bytes);
}

const LEAST = -(2n ** 63n);
const MOST = 2n ** 64n - 1n;

function numberOf(token: JsonToken): JsonValue {
  const text = textOf(token);
  const value = Number(text);
  if (token.kind === "float" || Number.isSafeInteger(value)) return value;
  const exact = BigInt(text);
  return exact >= LEAST && exact <= MOST ? exact : value;
}

function stringOf(token: JsonToken): string {
  let text: string;
  try {
    text = decoder.decode(token.bytes.subarray(1, -1));
  } catch {
    throw syntax("invalid UTF-8 sequence in string");
  }
  if (!text.includes("\\")) return text;
  let result = "";
  for (let at = 0; at < text.length; at++) {
    const letter = text.charAt(at);
    if (letter !== "\\") {
      result += letter;
      continue;
    }
    const kind = text.charAt(++at);
    if (kind !== "u") {
      const plain = ESCAPES[kind];
      if (plain === undefined) throw syntax("invalid escape sequence in string");
      result += plain;
      continue;
    }
    const { unit, length } = unicodeAt(text, at + 1);
    result += unit;
    at += length;
  }
  return result;
}

/** The letter of `XXXX`, or of `XXXX\uXXXX` where it takes two. */
function unicodeAt(text: string, at: number): { readonly unit: string; readonly length: number } {
  const [, first = "", second = ""] =
    /^([0-9a-f]{4})(?:\\u([0-9a-f]{4}))?/i.exec(text.slice(at, at + 10)) ?? [];
  if (first === "") throw syntax("invalid escape sequence in string");
  const high = Number.parseInt(first, 16);
  const low = Number.parseInt(second, 16);
  if (high >= 0xd800 && high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff) {
    return { unit: String.fromCharCode(high, low), length: 10 };
  }
  if ((high >= 0xd800 && high <= 0xdfff) || (high & 0xfffe) === 0xfffe) {
    throw syntax(`\\u${first} is not a valid Unicode character`);
  }
  return { unit: String.fromCharCode(high), length: 4 };
}
