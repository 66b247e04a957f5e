import { ADDRESS_SPACE_END, hex } from "@mem/core";

/** Size of letters in pixels. */
export const FONT = 11;
/** Width of a letter of a monospaced font, in pixels. */
export const LETTER = 6.7;
/** Height that a line of text takes. */
export const LINE = 13;

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;
const ZERO = /\p{Mn}|\p{Me}|\u200d/u;

/** The text as XML can hold it, and a line can show it. */
export function printable(text: string): string {
  let result = "";
  for (const char of text) result += isPrintable(char.codePointAt(0) ?? 0) ? char : "\ufffd";
  return result;
}

/** Neither a control, nor half a character, nor something that turns the line around. */
function isPrintable(code: number): boolean {
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return false;
  if ((code >= 0xd800 && code < 0xe000) || (code & 0xfffe) === 0xfffe) return false;
  return !(
    (code >= 0x200e && code <= 0x200f) ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069)
  );
}

/** Width in pixels, as far as it can be told without a font. */
export function textWidth(text: string): number {
  let letters = 0;
  for (const char of text) letters += ZERO.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
  return letters * LETTER;
}

/** The text, or as much of its beginning as fits, with an ellipsis. */
export function fit(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let result = "";
  let used = LETTER;
  for (const char of text) {
    used += textWidth(char);
    if (used > width) break;
    result += char;
  }
  return used <= LETTER && result === "" ? "" : `${result.trimEnd()}…`;
}

/** A boundary between addresses; 2^64 has no address, and too many digits. */
export function boundaryText(address: bigint): string {
  return address === ADDRESS_SPACE_END ? "2^64" : hex(address);
}

/** First and last address. */
export function spanText(start: bigint, end: bigint): string {
  return `${hex(start)}-${hex(end - 1n)}`;
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/** A number of bytes as people say it; what is not round gets a `~`. */
export function sizeText(size: bigint): string {
  let unit = 0;
  let scale = 1n;
  while (unit < UNITS.length - 1 && size >= scale * 1024n) {
    scale *= 1024n;
    unit++;
  }
  const whole = size / scale;
  if (whole * scale === size) return `${whole} ${UNITS[unit]}`;
  const tenths = (size * 10n) / scale;
  const exact = tenths * scale === size * 10n;
  return `${exact ? "" : "~"}${tenths / 10n}.${tenths % 10n} ${UNITS[unit]}`;
}
