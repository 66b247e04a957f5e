/** `/4xw` and its like: how many values, how written, how wide. */
import type { DumpDefaults } from "../command.js";
import { MonitorError } from "../monitor-error.js";

/** A parsed format. */
export interface DumpFormat {
  readonly count: number;
  /** One of `x d u o c i`. */
  readonly format: string;
  /** Bytes of a value: 1, 2, 4 or 8. */
  readonly size: number;
}

const FORMATS = "xduoci";
const SIZES: Readonly<Record<string, number>> = { b: 1, h: 2, w: 4, g: 8 };
const MOST_VALUES = 1 << 20;

/**
 * Take the format off the front of `argument`. What it does not say is as in the last one, and what
 * it says becomes the default of the next.
 * @throws MonitorError when it says something else
 */
export function takeFormat(
  argument: string,
  defaults: DumpDefaults,
): { readonly format: DumpFormat; readonly rest: string } {
  const match = /^\/(\d*)(\w*)\s*/.exec(argument);
  if (match === null) {
    return { format: { count: 1, ...defaults }, rest: argument };
  }
  const count = match[1] === "" ? 1 : Number(match[1]);
  for (const letter of match[2] ?? "") {
    const size = SIZES[letter];
    if (size !== undefined) {
      defaults.size = size;
    } else if (FORMATS.includes(letter)) {
      defaults.format = letter;
    } else {
      throw new MonitorError(`invalid char in format: '${letter}'`);
    }
  }
  const after = argument.slice(match[0].length);
  if (/^\/\d*\w*[^\s\w]/.test(argument)) {
    throw new MonitorError(`invalid char in format: '${after.charAt(0)}'`);
  }
  if (count > MOST_VALUES) {
    throw new MonitorError(`${MOST_VALUES} values at most`);
  }
  return { format: { count, ...defaults }, rest: after };
}

/** One value as the monitor writes it, padded to the width of its column. */
export function formatValue(value: bigint, format: string, size: number): string {
  switch (format) {
    case "x":
      return `0x${value.toString(16).padStart(size * 2, "0")}`;
    case "o":
      return (value === 0n ? "0" : `0${value.toString(8)}`).padStart(octalDigits(size));
    case "c":
      return quoteCharacter(Number(value & 0xffn));
    default: {
      // A dump shows narrow values unsigned in either format; only the widest has a sign.
      const shown = format === "d" && size === 8 ? BigInt.asIntN(64, value) : value;
      return shown.toString().padStart(Math.ceil((size * 80) / 33));
    }
  }
}

function octalDigits(size: number): number {
  return Math.ceil((size * 8) / 3);
}

const NAMED: ReadonlyMap<number, string> = new Map([
  [0x27, "\\'"],
  [0x5c, "\\\\"],
  [0x0a, "\\n"],
  [0x0d, "\\r"],
]);

/** A character in quotes, as C writes it. */
export function quoteCharacter(byte: number): string {
  const printable = byte >= 0x20 && byte < 0x7f;
  const plain = printable ? String.fromCharCode(byte) : `\\x${hex(byte)}`;
  return `'${NAMED.get(byte) ?? plain}'`;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
