/**
 * Terms of AML, named as in ACPI's source language: `method("_STA", 0, [ret(integer(0xf))])`. Where a
 * parameter is a string it is a name; every operand is a piece of AML.
 */
import { integer, nameString, packedLength, withLength, type Aml } from "./encode.js";

const EXTENDED = 0x5b;

/** Address spaces of operation regions. */
export const RegionSpace = { SYSTEM_MEMORY: 0, SYSTEM_IO: 1, PCI_CONFIG: 2 } as const;
/** Width of the accesses to a field. */
export const FieldAccess = { ANY: 0, BYTE: 1, WORD: 2, DWORD: 3 } as const;

/** A reference to an object by its name. */
export const ref = nameString;

/** `Local0` to `Local7`. */
export const local = (n: number): Aml => [0x60 + n];
/** `Arg0` to `Arg6`. */
export const arg = (n: number): Aml => [0x68 + n];

/** A text. */
export const text = (value: string): Aml => [0x0d, ...new TextEncoder().encode(value), 0];

const join = (terms: readonly Aml[]): Aml => terms.flat();
const NOWHERE: Aml = [0];

/** `Name (NAME, VALUE)`. */
export const name = (path: string, value: Aml): Aml => [0x08, ...nameString(path), ...value];
/** `Scope (NAME) { ... }`. */
export const scope = (path: string, terms: readonly Aml[]): Aml =>
  withLength([0x10], [...nameString(path), ...join(terms)]);
/** `Device (NAME) { ... }`. */
export const device = (path: string, terms: readonly Aml[]): Aml =>
  withLength([EXTENDED, 0x82], [...nameString(path), ...join(terms)]);
/** `Method (NAME, ARGUMENTS, Serialized | NotSerialized) { ... }`. */
export const method = (
  path: string,
  argumentCount: number,
  terms: readonly Aml[],
  serialized = false,
): Aml =>
  withLength(
    [0x14],
    [...nameString(path), argumentCount | (serialized ? 0x08 : 0), ...join(terms)],
  );
/** `Buffer (LENGTH) { ... }`. */
export const buffer = (bytes: Aml): Aml => withLength([0x11], [...integer(bytes.length), ...bytes]);
/** `Package (COUNT) { ... }`. */
export const pack = (elements: readonly Aml[]): Aml =>
  withLength([0x12], [elements.length, ...join(elements)]);

/** `EisaId ("PNP0A03")`: three letters and four hexadecimal digits. */
export function eisaId(id: string): Aml {
  const [a = 0, b = 0, c = 0] = [...id].map((letter) => letter.charCodeAt(0) - 0x40);
  const product = Number.parseInt(id.slice(3), 16);
  const maker = (a << 10) | (b << 5) | c;
  const value = ((maker & 0xff) << 8) | (maker >> 8);
  const swapped = ((product & 0xff) << 8) | (product >> 8);
  return integer((BigInt(swapped) << 16n) | BigInt(value));
}

/** `OperationRegion (NAME, SPACE, OFFSET, LENGTH)`. */
export const operationRegion = (
  path: string,
  space: number,
  offset: number,
  length: number,
): Aml => [EXTENDED, 0x80, ...nameString(path), space, ...integer(offset), ...integer(length)];

/** A part of a region: a name, or `null` for a gap, and its bits. */
export type FieldUnit = readonly [name: string | null, bits: number];

/** `Field (REGION, ACCESS, NoLock, WriteAsZeros | Preserve) { ... }`. */
export const field = (
  region: string,
  access: number,
  units: readonly FieldUnit[],
  update: "preserve" | "zeros" = "preserve",
): Aml =>
  withLength(
    [EXTENDED, 0x81],
    [
      ...nameString(region),
      access | (update === "zeros" ? 0x40 : 0),
      ...units.flatMap(([unit, bits]) => [
        ...(unit === null ? [0] : nameString(unit)),
        ...packedLength(bits),
      ]),
    ],
  );

/** `CreateDWordField (BUFFER, OFFSET, NAME)`. */
export const createDwordField = (source: Aml, offset: number, path: string): Aml => [
  0x8a,
  ...source,
  ...integer(offset),
  ...nameString(path),
];
/** `Mutex (NAME, LEVEL)`. */
export const mutex = (path: string): Aml => [EXTENDED, 0x01, ...nameString(path), 0];
/** `Acquire (NAME, 0xFFFF)`. */
export const acquire = (path: string): Aml => [EXTENDED, 0x23, ...nameString(path), 0xff, 0xff];
/** `Release (NAME)`. */
export const release = (path: string): Aml => [EXTENDED, 0x27, ...nameString(path)];

/** `TARGET = SOURCE`. */
export const store = (source: Aml, target: Aml): Aml => [0x70, ...source, ...target];
/** `A & B`. */
export const and = (a: Aml, b: Aml, target = NOWHERE): Aml => [0x7b, ...a, ...b, ...target];
/** `A | B`. */
export const or = (a: Aml, b: Aml, target = NOWHERE): Aml => [0x7d, ...a, ...b, ...target];
/** `A + B`. */
export const add = (a: Aml, b: Aml, target = NOWHERE): Aml => [0x72, ...a, ...b, ...target];
/** `SOURCE [INDEX]`. */
export const index = (source: Aml, at: Aml, target = NOWHERE): Aml => [
  0x88,
  ...source,
  ...at,
  ...target,
];
/** `A == B`. */
export const equal = (a: Aml, b: Aml): Aml => [0x93, ...a, ...b];
/** `A << COUNT`. */
export const shiftLeft = (a: Aml, count: Aml, target = NOWHERE): Aml => [
  0x79,
  ...a,
  ...count,
  ...target,
];
/** `Notify (OBJECT, VALUE)`. */
export const notify = (object: string, value: Aml): Aml => [0x86, ...nameString(object), ...value];
/** A call of a method. */
export const call = (path: string, ...args: readonly Aml[]): Aml => [
  ...nameString(path),
  ...join(args),
];
/** `If (CONDITION) { ... }`. */
export const when = (condition: Aml, terms: readonly Aml[]): Aml =>
  withLength([0xa0], [...condition, ...join(terms)]);
/** `Return (VALUE)`. */
export const ret = (value: Aml): Aml => [0xa4, ...value];
