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

/** The bytes of base64, as far as it is that; letters that do not belong there are skipped. */
export function base64Data(text: string): Uint8Array {
  const letters = text.replace(/[^A-Za-z0-9+/]/g, "");
  // A single letter at the end is less than a byte.
  const whole = letters.length % 4 === 1 ? letters.slice(0, -1) : letters;
  return Uint8Array.from(atob(whole), (letter) => letter.charCodeAt(0));
}

const PIECE = 0x3000;

/** `bytes` in base64. */
export function base64Text(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) {
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE)));
  }
  return text;
}
