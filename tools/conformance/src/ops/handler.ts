import type { Harness } from "../harness.js";
import type { OpFields } from "../op-fields.js";
import type { Json } from "../script.js";

/** Executes one operation through the packages' public API, and returns its result. */
export type OpHandler = (harness: Harness, op: OpFields) => Json;

/** The operations of one table of the language, by name. */
export type OpTable = Readonly<Record<string, OpHandler>>;

/** Runs an action whose result the language records as null. */
export function silent(action: (harness: Harness, op: OpFields) => void): OpHandler {
  return (harness, op) => {
    action(harness, op);
    return null;
  };
}
