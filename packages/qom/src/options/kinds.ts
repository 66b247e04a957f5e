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

// Each kind is a constant of its own: a bundle of a program that does not make a call has neither the
// table of its options nor the kinds in it.

/**
 * Anything: whoever takes the value checks it.
 * @see {@link checkOptions}
 */
export const anything: OptionKind = /* @__PURE__ */ kind("there", () => true);

/**
 * `true` or `false`.
 * @see {@link checkOptions}
 */
export const aFlag: OptionKind = /* @__PURE__ */ kind(
  "true or false",
  (value) => typeof value === "boolean",
);

/**
 * A string.
 * @see {@link checkOptions}
 */
export const aText: OptionKind = /* @__PURE__ */ kind(
  "a string",
  (value) => typeof value === "string",
);

/**
 * A number, of whatever value.
 * @see {@link checkOptions}
 */
export const aNumber: OptionKind = /* @__PURE__ */ kind(
  "a number",
  (value) => typeof value === "number",
);

/**
 * A byte address, offset or size: a number or a `bigint`, of whatever value.
 * @see {@link checkOptions}
 */
export const anAddress: OptionKind = /* @__PURE__ */ kind(
  "a number or a bigint",
  (value) => typeof value === "number" || typeof value === "bigint",
);

/**
 * A bigint.
 * @see {@link checkOptions}
 */
export const aBigint: OptionKind = /* @__PURE__ */ kind(
  "a bigint",
  (value) => typeof value === "bigint",
);

/**
 * A function.
 * @see {@link checkOptions}
 */
export const aFunction: OptionKind = /* @__PURE__ */ kind(
  "a function",
  (value) => typeof value === "function",
);

/**
 * A `Uint8Array`, also of another realm, as a test runner may hand over.
 * @see {@link checkOptions}
 */
export const someBytes: OptionKind = /* @__PURE__ */ kind("a Uint8Array", isBytes);

/**
 * An object, of whatever class.
 * @see {@link checkOptions}
 */
export const anyObject: OptionKind = /* @__PURE__ */ kind(
  "an object",
  (value) => typeof value === "object" && value !== null,
);

/**
 * An array.
 * @see {@link checkOptions}
 */
export const aList: OptionKind = /* @__PURE__ */ kind("an array", Array.isArray);

/**
 * One of some words.
 * @see {@link checkOptions}
 */
export function oneOf(...words: readonly string[]): OptionKind {
  const quoted = words.map((word) => JSON.stringify(word));
  const expects = `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
  return kind(expects, (value) => words.includes(value as string));
}

/**
 * An instance of a class, which is asked for when it is needed: modules may need each other.
 * @see {@link checkOptions}
 */
export function anInstance(
  what: string,
  classOf: () => abstract new (...args: never[]) => object,
): OptionKind {
  return kind(what, (value) => value instanceof classOf());
}

/**
 * A kind by another name, for messages.
 * @see {@link checkOptions}
 */
export function described({ accepts }: OptionKind, expects: string): OptionKind {
  return kind(expects, accepts);
}

/**
 * Of another kind, or `null`.
 * @see {@link checkOptions}
 */
export function orNull({ expects, accepts }: OptionKind): OptionKind {
  return kind(`${expects}, or null for none`, (value) => value === null || accepts(value));
}

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
