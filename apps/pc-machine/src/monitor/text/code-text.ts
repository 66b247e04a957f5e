/** Memory as instructions: the body of `x/i` and `xp/i`. */
import { type CodeBits, Disassembler } from "@mem/x86";

import type { ReadMemory } from "./dump.js";

/** Bytes of the longest instruction. */
const LONGEST = 15;
/** Bytes that a line shows; the rest of a long instruction is on the next. */
const LINE_BYTES = 8;
const BYTES_COLUMNS = 3 * LINE_BYTES;
const ADDRESS_DIGITS = 8;

function place(address: bigint): string {
  return `0x${address.toString(16).padStart(ADDRESS_DIGITS, "0")}:`;
}

/** As many bytes as can be read, {@link LONGEST} at most. */
function readCode(address: bigint, read: ReadMemory): Uint8Array {
  const bytes = new Uint8Array(LONGEST);
  if (read(address, bytes)) return bytes;
  let length = 0;
  while (length < LONGEST && read(address + BigInt(length), bytes.subarray(length, length + 1))) {
    length++;
  }
  return bytes.subarray(0, length);
}

/** `count` instructions from `address` on. One that cannot be read says so and is the last. */
export function codeLines(
  address: bigint,
  count: number,
  bits: CodeBits,
  read: ReadMemory,
): string[] {
  const disassembler = new Disassembler();
  const lines: string[] = [];
  let at = address;
  for (let n = 0; n < count; n++) {
    const code = readCode(at, read);
    const one = disassembler.one(code, { bits, address: at });
    if (one === null) {
      lines.push(`${place(at)} unable to read memory`);
      break;
    }
    for (let from = 0; from < one.length; from += LINE_BYTES) {
      const part = code.subarray(from, Math.min(from + LINE_BYTES, one.length));
      const hex = Array.from(part, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
      const text = from === 0 ? ` ${one.text}` : "";
      lines.push(`${place(at + BigInt(from))}  ${hex.padEnd(BYTES_COLUMNS)}${text}`.trimEnd());
    }
    at += BigInt(one.length);
  }
  return lines;
}
