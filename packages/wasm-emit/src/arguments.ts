/**
 * Checks of what a module is made of, for callers that no compiler checked. Of instructions only that
 * numbers are such is: whoever translates writes millions of them.
 */
import { aList, aNumber, anyObject, checkArgument, type OptionKind } from "@mem/qom/plumbing";
import { EmitError } from "./emit-error.js";

export { aBigint, aFlag, aText, oneOf, someBytes } from "@mem/qom/plumbing";

/** The number of something. */
export const anIndex: OptionKind = {
  expects: "an integer from 0 to 2^32 - 1",
  accepts: (value) => typeof value === "number" && value >>> 0 === value,
};

/** A constant of 32 bits. */
export const aWord: OptionKind = {
  expects: "an integer of 32 bits",
  accepts: (value) => typeof value === "number" && (value >>> 0 === value || (value | 0) === value),
};

/** @throws EmitError for what is not of a kind */
export function check(value: unknown, kind: OptionKind, call: string, what: string): void {
  checkArgument(value, kind, call, what, (message) => {
    throw new EmitError(message, { rule: "argument" });
  });
}

/** @throws EmitError always: what was to be a number is none */
export const refuseNumber = (value: unknown): void =>
  check(value, aNumber, "a writer", "the value");

/** @throws EmitError for what is no list of integers from 0 to 2^32 - 1 */
export function checkList(value: unknown, call: string, what: string): void {
  check(value, aList, call, what);
  for (const each of value as unknown[]) check(each, anIndex, call, `an element of ${what}`);
}

/** @throws EmitError for what are no limits of a memory or table */
export function checkLimits(value: unknown, call: string): void {
  check(value, anyObject, call, "the limits");
  const { initial, maximum } = value as { initial?: unknown; maximum?: unknown };
  check(initial, anIndex, call, "`initial`");
  if (maximum !== undefined) check(maximum, anIndex, call, "`maximum`");
}
