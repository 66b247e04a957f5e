/** A JSON value, as scripts and recordings hold them. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** One operation of a script: its name and its fields. */
export interface ScriptOp extends JsonObject {
  readonly op: string;
}

/** One callback that fired during an operation. */
export interface LogEntry extends JsonObject {
  readonly cb: string;
}

/** What one operation answered: its result, and every callback that fired, in order. */
export interface Answer {
  readonly result: Json;
  readonly log: readonly LogEntry[];
}

/** A recorded script: operations, and what the reference system answered to each. */
export interface Script {
  readonly family: string;
  readonly seed: number;
  /** The accelerator of the recording: with "tcg" all RAM logs the CODE dirty client. */
  readonly accel: string;
  readonly ops: readonly ScriptOp[];
  readonly expect: readonly Answer[];
}

/** Whether a recorded result says that the operation was not executed. */
export function isSkipped(result: Json): boolean {
  return typeof result === "string" && result.startsWith("skipped");
}

/**
 * Checks that a parsed line has the shape of a script.
 *
 * @throws {TypeError} naming the first thing that is wrong.
 */
export function toScript(value: unknown): Script {
  if (!isObject(value)) throw new TypeError("not a JSON object");
  const { family, seed, accel, ops, expect } = value;
  if (typeof family !== "string") throw new TypeError('no "family"');
  if (typeof seed !== "number") throw new TypeError('no "seed"');
  if (!Array.isArray(ops) || !ops.every(isOp))
    throw new TypeError('"ops" is no list of operations');
  if (!Array.isArray(expect) || !expect.every(isAnswer)) {
    throw new TypeError('"expect" is no list of answers');
  }
  if (ops.length !== expect.length) throw new TypeError('"ops" and "expect" differ in length');
  return { family, seed, accel: typeof accel === "string" ? accel : "qtest", ops, expect };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isOp(value: unknown): value is ScriptOp {
  return isObject(value) && typeof value["op"] === "string";
}

function isAnswer(value: unknown): value is Answer {
  return isObject(value) && "result" in value && Array.isArray(value["log"]);
}
