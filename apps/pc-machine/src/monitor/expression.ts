/** Arithmetic in the monitor's arguments: numbers, registers, and C's operators. */
import { MonitorError } from "./monitor-error.js";

/** Reads a register by its lower-case name; `null` when there is none. */
export type ReadRegister = (name: string) => bigint | null;

/** Operators by precedence, the loosest first. */
const LEVELS: readonly (readonly string[])[] = [
  ["+", "-"],
  ["&", "|", "^"],
  ["*", "/", "%"],
];

/** Longest first, so that a character literal is not taken for an operator. */
const TOKEN = /\s*('[^']'|0x[0-9a-f]+|0[0-7]*|[1-9]\d*|\$\w+|[-+*/%&|^~()])/iy;

/**
 * The value of the expression at the start of `text`, modulo 2^64, and what follows it.
 * @throws MonitorError when it is none
 */
export function evaluate(
  text: string,
  readRegister: ReadRegister,
): { readonly value: bigint; readonly rest: string } {
  const parser = new Parser(text, readRegister);
  const value = parser.level(0);
  return { value: BigInt.asUintN(64, value), rest: parser.rest };
}

class Parser {
  readonly #text: string;
  readonly #readRegister: ReadRegister;
  #at = 0;

  constructor(text: string, readRegister: ReadRegister) {
    this.#text = text;
    this.#readRegister = readRegister;
  }

  get rest(): string {
    return this.#text.slice(this.#at).trim();
  }

  level(depth: number): bigint {
    const operators = LEVELS[depth];
    if (operators === undefined) {
      return this.#unary();
    }
    let value = this.level(depth + 1);
    for (;;) {
      const operator = this.#peek();
      if (operator === null || !operators.includes(operator)) {
        return value;
      }
      this.#next();
      value = apply(operator, value, this.level(depth + 1));
    }
  }

  #unary(): bigint {
    const token = this.#next();
    if (token === null) {
      throw new MonitorError(
        this.rest === ""
          ? "unexpected end of expression"
          : `invalid char '${this.rest.charAt(0)}' in expression`,
      );
    }
    switch (token) {
      case "+":
        return this.#unary();
      case "-":
        return -this.#unary();
      case "~":
        return ~this.#unary();
      case "(": {
        const value = this.level(0);
        if (this.#next() !== ")") {
          throw new MonitorError("')' expected");
        }
        return value;
      }
    }
    return this.#operand(token);
  }

  #operand(token: string): bigint {
    if (token.startsWith("$")) {
      const value = this.#readRegister(token.slice(1).toLowerCase());
      if (value === null) {
        throw new MonitorError("unknown register");
      }
      return value;
    }
    if (token.startsWith("'")) {
      return BigInt(token.charCodeAt(token.length - 2));
    }
    if (/^\d/.test(token)) {
      return numberOf(token);
    }
    throw new MonitorError(`invalid char '${token.charAt(0)}' in expression`);
  }

  #peek(): string | null {
    TOKEN.lastIndex = this.#at;
    return TOKEN.exec(this.#text)?.[1] ?? null;
  }

  #next(): string | null {
    TOKEN.lastIndex = this.#at;
    const match = TOKEN.exec(this.#text);
    this.#at = match === null ? this.#at : TOKEN.lastIndex;
    return match?.[1] ?? null;
  }
}

function numberOf(token: string): bigint {
  const value = BigInt(/^0[0-7]/.test(token) ? `0o${token.slice(1)}` : token);
  if (value >= 2n ** 64n) {
    throw new MonitorError("number too large");
  }
  return value;
}

function apply(operator: string, left: bigint, right: bigint): bigint {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "&":
      return left & right;
    case "|":
      return left | right;
    case "^":
      return left ^ right;
    case "*":
      return left * right;
    default:
      if (right === 0n) {
        throw new MonitorError("division by zero");
      }
      return operator === "/" ? left / right : left % right;
  }
}
