/**
 * The type of a value property: its name and which values belong to it.
 * @see {@link value}, which has the ready ones
 */
export interface ValueType<T> {
  /** As QEMU writes it: `"bool"`, `"uint32"`, `"size"`. */
  readonly name: string;
  /** Null when the value belongs to the type, else why not, as in "expects a boolean". */
  refuse(value: unknown): string | null;
  /** The value a text stands for, undefined when it stands for none. Absent: no text form. */
  parse?(text: string): T | undefined;
}

/**
 * Widths of integer properties that travel as numbers.
 * @see {@link value}
 */
export type IntBits = 8 | 16 | 32;

const TRUE = ["on", "yes", "true", "y"];
const FALSE = ["off", "no", "false", "n"];
const UNITS = "BKMGTPE";

function show(value: unknown): string {
  if (typeof value === "string") return `'${value}'`;
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "function") return "a function";
  return String(value);
}

function integer(name: string, min: number, max: number): ValueType<number> {
  return {
    name,
    refuse(value) {
      if (typeof value !== "number" || !Number.isInteger(value)) {
        return `expects an integer, not ${show(value)}`;
      }
      return value < min || value > max ? `takes ${min}..${max}, not ${value}` : null;
    },
    parse(text) {
      const parsed = parseInteger(text);
      return parsed === undefined ? undefined : Number(parsed);
    },
  };
}

function bigInteger(
  name: string,
  min: bigint,
  max: bigint,
  parse: (text: string) => bigint | undefined,
): ValueType<bigint> {
  return {
    name,
    refuse(value) {
      if (typeof value !== "bigint") return `expects a bigint, not ${show(value)}`;
      return value < min || value > max ? `takes ${min}..${max}, not ${value}` : null;
    },
    parse,
  };
}

/** Decimal or 0x hexadecimal, with an optional sign; undefined for anything else. */
function parseInteger(text: string): bigint | undefined {
  const match = /^([+-]?)(0x[0-9a-f]+|\d+)$/i.exec(text.trim());
  if (match === null) return undefined;
  const magnitude = BigInt(match[2] ?? "0");
  return match[1] === "-" ? -magnitude : magnitude;
}

/** An integer or a decimal fraction with one of the suffixes B K M G T P E (powers of 1024). */
function parseSize(text: string): bigint | undefined {
  const match = /^(\d+)(?:\.(\d+))?([bkmgtpe])?$/i.exec(text.trim());
  if (match === null) return parseInteger(text);
  const [, whole = "0", fraction = "", unit = "B"] = match;
  const shift = 10n * BigInt(UNITS.indexOf(unit.toUpperCase()));
  if (fraction !== "" && shift === 0n) return undefined;
  const scale = 10n ** BigInt(fraction.length);
  return ((BigInt(whole) * scale + BigInt(fraction || "0")) << shift) / scale;
}

const MAX_U64 = 0xffff_ffff_ffff_ffffn;
const MAX_I64 = 0x7fff_ffff_ffff_ffffn;

/** Any string: `value.string`, for a bundle that has a string property and needs no other type. */
export const anyString: ValueType<string> = {
  name: "string",
  refuse: (v) => (typeof v === "string" ? null : `expects a string, not ${show(v)}`),
  parse: (text) => text,
};

/**
 * The types a value property can have.
 *
 * @example
 * const nic = new ObjectSystem().container("/nic");
 * nic.addProperty({ name: "queues", type: value.uint(8), default: 1 });
 * nic.addProperty({ name: "model", type: value.string, default: "plain" });
 * console.log(nic.getProperty("queues"), nic.getProperty("model")); // prints: 1 plain
 */
export const value = {
  /** true or false. */
  bool: {
    name: "bool",
    refuse: (v) => (typeof v === "boolean" ? null : `expects a boolean, not ${show(v)}`),
    parse: (text) => (TRUE.includes(text) ? true : FALSE.includes(text) ? false : undefined),
  } as ValueType<boolean>,
  /** An unsigned integer of 8, 16 or 32 bits, as a number. */
  uint: (bits: IntBits): ValueType<number> => integer(`uint${bits}`, 0, 2 ** bits - 1),
  /** A signed integer of 8, 16 or 32 bits, as a number. */
  int: (bits: IntBits): ValueType<number> =>
    integer(`int${bits}`, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1),
  /** 0 to 2^64-1, as a bigint. */
  uint64: /* @__PURE__ */ bigInteger("uint64", 0n, MAX_U64, parseInteger),
  /** -2^63 to 2^63-1, as a bigint. */
  int64: /* @__PURE__ */ bigInteger("int64", -0x8000_0000_0000_0000n, MAX_I64, parseInteger),
  /** A count of bytes, 0 to 2^64-1, as a bigint; its text form takes suffixes such as `64K`. */
  size: /* @__PURE__ */ bigInteger("size", 0n, MAX_U64, parseSize),
  /** Any number but NaN. */
  number: {
    name: "number",
    refuse: (v) =>
      typeof v === "number" && !Number.isNaN(v) ? null : `expects a number, not ${show(v)}`,
    parse: (text) => {
      const parsed = text.trim() === "" ? Number.NaN : Number(text);
      return Number.isNaN(parsed) ? undefined : parsed;
    },
  } as ValueType<number>,
  /** Any string. */
  string: anyString,
  /** One of the given strings. */
  enumeration: <const V extends string>(name: string, values: readonly V[]): ValueType<V> => ({
    name,
    refuse: (v) =>
      (values as readonly unknown[]).includes(v)
        ? null
        : `takes one of ${values.join(", ")}, not ${show(v)}`,
    parse: (text) => values.find((each) => each === text),
  }),
  /** A JS object or null; with a predicate only those it accepts. */
  object: <T extends object>(
    name = "object",
    accepts?: (candidate: object) => candidate is T,
  ): ValueType<T | null> => ({
    name,
    refuse: (v) => {
      if (v === null) return null;
      const fits = typeof v === "object" && (accepts === undefined || accepts(v));
      return fits
        ? null
        : `expects ${name === "object" ? "an object" : name} or null, not ${show(v)}`;
    },
  }),
};
