/** Values of every kind of the language, by a word for messages. */
const VALUES: Readonly<Record<string, unknown>> = {
  undefined: undefined,
  null: null,
  text: "zz",
  bigint: 5n,
  number: 3,
  NaN: NaN,
  "-1": -1,
  flag: true,
  function: () => undefined,
  array: [1],
  object: { zzz: 1 },
  symbol: Symbol("s"),
  date: new Date(0),
};

/** Words for the values that {@link wrongValues} knows. */
export type WrongValue =
  | "undefined"
  | "null"
  | "text"
  | "bigint"
  | "number"
  | "NaN"
  | "-1"
  | "flag"
  | "function"
  | "array"
  | "object"
  | "symbol"
  | "date";

/**
 * What a program without a compiler may hand over, by a word for each value: one of every kind of the
 * language, except those that are `right`.
 */
export function wrongValues(...right: readonly WrongValue[]): [string, unknown][] {
  return Object.entries(VALUES).filter(([word]) => !right.includes(word as WrongValue));
}

/** What `call` throws; `undefined` when it ends well. */
export function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}
