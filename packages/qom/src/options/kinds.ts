/**
 * Kind of value of an option or argument.
 * @see {@link checkOptions}
 */
export interface OptionKind {
  /** The rest of a sentence that begins with "it must be". */
  readonly expects: string;
  /** True if a value, which is not undefined, is of the kind. */
  accepts(value: unknown): boolean;
}

/**
 * The kinds that an option or argument may be of.
 * @see {@link checkOptions}
 */
export const option = {
  /** Anything: whoever takes the value checks it. */
  any: kind("there", () => true),
  /** `true` or `false`. */
  flag: kind("true or false", (value) => typeof value === "boolean"),
  /** A string. */
  text: kind("a string", (value) => typeof value === "string"),
  /** A number, of whatever value. */
  numeric: kind("a number", (value) => typeof value === "number"),
  /** A byte address, offset or size: a number or a `bigint`, of whatever value. */
  address: kind(
    "a number or a bigint",
    (value) => typeof value === "number" || typeof value === "bigint",
  ),
  /** A bigint. */
  wide: kind("a bigint", (value) => typeof value === "bigint"),
  /** A function. */
  callback: kind("a function", (value) => typeof value === "function"),
  /** A `Uint8Array`, also of another realm, as a test runner may hand over. */
  bytes: kind("a Uint8Array", isBytes),
  /** An object, of whatever class. */
  object: kind("an object", (value) => typeof value === "object" && value !== null),
  /** An array. */
  list: kind("an array", Array.isArray),
  /** One of some words. */
  oneOf: (...words: readonly string[]): OptionKind => {
    const quoted = words.map((word) => JSON.stringify(word));
    const expects = `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
    return kind(expects, (value) => words.includes(value as string));
  },
  /** An instance of a class, which is asked for when it is needed: modules may need each other. */
  instance: (what: string, classOf: () => abstract new (...args: never[]) => object): OptionKind =>
    kind(what, (value) => value instanceof classOf()),
  /** Of another kind, or `null`. */
  orNull: ({ expects, accepts }: OptionKind): OptionKind =>
    kind(`${expects}, or null for none`, (value) => value === null || accepts(value)),
};

/**
 * True for a `Uint8Array`. One of another realm, such as a `Buffer` within `node:vm`, is of another
 * class of that name.
 * @see {@link checkOptions}
 */
export function isBytes(value: unknown): value is Uint8Array {
  if (value instanceof Uint8Array) return true;
  return (
    ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === "[object Uint8Array]"
  );
}

function kind(expects: string, accepts: (value: unknown) => boolean): OptionKind {
  return { expects, accepts };
}

/**
 * A value as a message names it: short, and never throwing.
 * @see {@link checkOptions}
 */
export function shown(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
    case "bigint":
      return `${value}n`;
    case "function":
      return value.name === "" ? "a function" : `the function ${value.name}`;
    case "object":
      return value === null ? "null" : objectShown(value);
    default:
      return String(value);
  }
}

function objectShown(value: object): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  const made: unknown = (value as { readonly constructor?: unknown }).constructor;
  const name = typeof made === "function" ? made.name : "";
  return name === "" || name === "Object" ? "an object" : `an object of class ${name}`;
}
