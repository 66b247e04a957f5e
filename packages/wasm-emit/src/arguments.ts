/**
 * Checks of what a module is made of, for callers that no compiler checked. Instructions are not
 * checked one by one: whoever translates writes millions of them.
 */
import { EmitError } from "./emit-error.js";

function refuse(call: string, what: string, value: unknown, expects: string): never {
  const given =
    typeof value === "string"
      ? JSON.stringify(value)
      : Object(value) === value
        ? "an object"
        : String(value);
  throw new EmitError(`${call}: ${what} is ${given}, but must be ${expects}`, { rule: "argument" });
}

/** @throws EmitError for what is no number of something, 0 to 2^32 - 1 */
export function checkIndex(value: unknown, call: string, what: string): void {
  if (typeof value !== "number" || value >>> 0 !== value) {
    refuse(call, what, value, "an integer from 0 to 2^32 - 1");
  }
}

/** @throws EmitError for what is no integer of 32 bits, signed or not */
export function checkWord(value: unknown, call: string, what: string): void {
  if (typeof value !== "number" || (value >>> 0 !== value && (value | 0) !== value)) {
    refuse(call, what, value, "an integer of 32 bits");
  }
}

/** @throws EmitError for what is no text */
export function checkText(value: unknown, call: string, what: string): void {
  if (typeof value !== "string") refuse(call, what, value, "a string");
}

/** @throws EmitError for what is neither true nor false */
export function checkFlag(value: unknown, call: string, what: string): void {
  if (typeof value !== "boolean") refuse(call, what, value, "true or false");
}

/** @throws EmitError for what is no list of integers from 0 to 2^32 - 1 */
export function checkList(value: unknown, call: string, what: string): void {
  if (!Array.isArray(value)) refuse(call, what, value, "an array");
  for (const each of value) checkIndex(each, call, `an element of ${what}`);
}

/** @throws EmitError for what are no bytes */
export function checkBody(value: unknown, call: string, what: string): void {
  if (!(value instanceof Uint8Array)) refuse(call, what, value, "a Uint8Array");
}

/** @throws EmitError for what is no bigint */
export function refuseNoBigint(value: unknown, call: string): never {
  return refuse(call, "the value", value, "a bigint");
}

/** @throws EmitError for what are no limits of a memory or table */
export function checkLimits(value: unknown, call: string): void {
  if (Object(value) !== value) refuse(call, "the limits", value, "an object with `initial`");
  const { initial, maximum } = value as { initial?: unknown; maximum?: unknown };
  checkIndex(initial, call, "`initial`");
  if (maximum !== undefined) checkIndex(maximum, call, "`maximum`");
}
