/** The arguments of qtest's commands. */
import { MemError } from "@mem/qom";

/** A line that is no command as it stands; the message is the answer behind `FAIL`. Rule `qtest`. */
export class QtestError extends MemError {
  static override readonly name: string = "QtestError";

  constructor(message: string) {
    super(message, { rule: "qtest" });
  }
}

const WORD = 2n ** 64n;
/** Bytes that one command moves at most. */
export const MOST_BYTES = 2 ** 24;
const MOST_FILL = 2 ** 32;
const HIGHEST_PORT = 0xffff;

/** A number of 64 bits in C's notations; a negative one counts down from 2^64. @throws QtestError */
export function numberOf(word: string | undefined, what: string): bigint {
  const [, sign, digits] = /^([-+]?)(0x[0-9a-f]+|\d+)$/i.exec(word ?? "") ?? [];
  if (digits === undefined) throw new QtestError(missing(word, what));
  const octal = /^0\d/.test(digits);
  if (octal && /[89]/.test(digits)) throw new QtestError(missing(word, what));
  const value = BigInt(octal ? `0o${digits.slice(1)}` : digits);
  if (value >= WORD) throw new QtestError(`${what} ${word ?? ""} has more than 64 bits`);
  return sign === "-" ? BigInt.asUintN(64, -value) : value;
}

function missing(word: string | undefined, what: string): string {
  return word === undefined || word === ""
    ? `${what} is missing`
    : `${what} '${word}' is no number`;
}

/** An I/O port. @throws QtestError */
export function portOf(word: string | undefined): number {
  const port = numberOf(word, "port");
  if (port > HIGHEST_PORT) throw new QtestError(`port ${word ?? ""} is above 0xffff`);
  return Number(port);
}

/** A count of bytes to read or write. @throws QtestError */
export function lengthOf(word: string | undefined): number {
  const length = numberOf(word, "length");
  if (length > MOST_BYTES) throw new QtestError(`length ${word ?? ""} is above 16 MiB`);
  return Number(length);
}

/** A count of bytes to fill. @throws QtestError */
export function fillLengthOf(word: string | undefined): number {
  const length = numberOf(word, "length");
  if (length > MOST_FILL) throw new QtestError(`length ${word ?? ""} is above 4 GiB`);
  return Number(length);
}

/** `length` bytes of hexadecimal `digits`; those that are not there are zero. */
export function hexData(digits: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const given = Math.min(length, digits.length >> 1);
  for (let at = 0; at < given; at++) {
    bytes[at] = (nibble(digits, 2 * at) << 4) | nibble(digits, 2 * at + 1);
  }
  return bytes;
}

/** Value of the hexadecimal digit at `at`, or -1, which shows as ones. */
function nibble(digits: string, at: number): number {
  const value = Number.parseInt(digits.charAt(at), 16);
  return Number.isNaN(value) ? -1 : value;
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_unused, byte) =>
  byte.toString(16).padStart(2, "0"),
);

/** `bytes` as hexadecimal digits. */
export function hexText(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += HEX[byte] ?? "";
  return text;
}
