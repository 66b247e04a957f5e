/** AML in bytes: numbers, names and lengths (ACPI specification, "ACPI Machine Language"). */
import { PcError } from "../../pc-error.js";

/** A piece of AML. */
export type Aml = readonly number[];

const SEGMENT = /^[A-Z_][A-Z0-9_]{0,3}$/;
const PREFIX = { DUAL: 0x2e, MULTI: 0x2f, ROOT: 0x5c, PARENT: 0x5e } as const;
const NUMBER = { ZERO: 0x00, ONE: 0x01, BYTE: 0x0a, WORD: 0x0b, DWORD: 0x0c, QWORD: 0x0e } as const;

/** `value` as `length` bytes, the lowest first. */
export function littleEndian(value: number | bigint, length: number): number[] {
  const all = BigInt(value);
  return Array.from({ length }, (_unused, index) => Number((all >> BigInt(8 * index)) & 0xffn));
}

/**
 * A name: segments of up to four characters with dots between them, after `\` for the root or `^`
 * for each step up.
 * @throws PcError when it is none
 */
export function nameString(name: string): Aml {
  const [, prefix = "", path = ""] = /^(\\|\^*)(.*)$/.exec(name) ?? [];
  const start = [...prefix].map((sign) => (sign === "\\" ? PREFIX.ROOT : PREFIX.PARENT));
  if (path === "") return prefix === "" ? invalidName(name) : [...start, 0];
  const segments = path.split(".").map((segment) => {
    if (!SEGMENT.test(segment)) return invalidName(name);
    return [...segment.padEnd(4, "_")].map((letter) => letter.charCodeAt(0));
  });
  const count =
    segments.length === 1
      ? []
      : segments.length === 2
        ? [PREFIX.DUAL]
        : [PREFIX.MULTI, segments.length];
  return [...start, ...count, ...segments.flat()];
}

function invalidName(name: string): never {
  throw new PcError(`"${name}" is no name in AML`, { rule: "aml-name" });
}

/** A number, in the shortest form there is. */
export function integer(value: number | bigint): Aml {
  const number = BigInt(value);
  if (number === 0n) return [NUMBER.ZERO];
  if (number === 1n) return [NUMBER.ONE];
  if (number < 1n << 8n) return [NUMBER.BYTE, ...littleEndian(number, 1)];
  if (number < 1n << 16n) return [NUMBER.WORD, ...littleEndian(number, 2)];
  if (number < 1n << 32n) return [NUMBER.DWORD, ...littleEndian(number, 4)];
  return [NUMBER.QWORD, ...littleEndian(number, 8)];
}

/** A length in 1 to 4 bytes. */
export function packedLength(length: number): Aml {
  if (length < 0x40) return [length];
  const more = length < 1 << 12 ? 1 : length < 1 << 20 ? 2 : 3;
  return [(more << 6) | (length & 0xf), ...littleEndian(length >> 4, more)];
}

/** The bytes of an operator and of `body`, with the length that they have, itself included. */
export function withLength(operator: Aml, body: Aml): Aml {
  let bytes = 1;
  while (packedLength(body.length + bytes).length > bytes) bytes += 1;
  return [...operator, ...packedLength(body.length + bytes), ...body];
}
