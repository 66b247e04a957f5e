/** Memory as rows of values: the body of `x` and `xp`. */
import { formatValue, type DumpFormat } from "./dump-format.js";

/** Reads bytes at `address` into `into`; `false` when nothing can be read there. */
export type ReadMemory = (address: bigint, into: Uint8Array) => boolean;

/**
 * Rows of `count` values from `address` on, each row with its address in front. A row that cannot
 * be read says so and is the last.
 * @param digits hexadecimal digits of an address, which also bound it
 */
export function dumpLines(
  address: bigint,
  { count, format, size }: DumpFormat,
  digits: number,
  read: ReadMemory,
): string[] {
  const rowBytes = size === 1 ? 8 : 16;
  // Characters are bytes, whatever the size: it only tells how many there are.
  const width = format === "c" ? 1 : size;
  const lines: string[] = [];
  let left = count * size;
  for (let at = address; left > 0; at += BigInt(rowBytes)) {
    const bytes = new Uint8Array(Math.min(rowBytes, left));
    const place = BigInt.asUintN(digits * 4, at);
    const head = `${place.toString(16).padStart(digits, "0")}:`;
    if (!read(place, bytes)) {
      lines.push(`${head} Cannot access memory`);
      break;
    }
    lines.push([head, ...values(bytes, format, width)].join(" "));
    left -= bytes.length;
  }
  return lines;
}

function values(bytes: Uint8Array, format: string, width: number): string[] {
  const shown: string[] = [];
  for (let at = 0; at < bytes.length; at += width) {
    let value = 0n;
    for (let i = width - 1; i >= 0; i--) {
      value = (value << 8n) | BigInt(bytes[at + i] ?? 0);
    }
    shown.push(formatValue(value, format, width));
  }
  return shown;
}
