import type { OpFields } from "../op-fields.js";

/** A callback that fails: the callback at exactly this offset returns `res`. */
export interface ScriptedError {
  readonly addr: bigint;
  readonly res: number;
  readonly onRead: boolean;
  readonly onWrite: boolean;
}

/** An operation that a callback at exactly this offset runs. */
export interface ScriptedHook {
  readonly addr: bigint;
  readonly onWrite: boolean;
  readonly op: OpFields;
}

/** What the `accepts` callback of a region refuses. */
export interface ScriptedAccepts {
  readonly rejectWrite: boolean;
  readonly rejectRead: boolean;
  readonly rejectSizes: readonly number[];
  /** Refused offsets, both inclusive. */
  readonly rejectRange: { readonly from: bigint; readonly to: bigint } | null;
  readonly needSecure: boolean;
}

/** The failing callbacks an operation describes. */
export function scriptedErrors(op: OpFields): ScriptedError[] {
  return op.records("errs").map((entry) => {
    const direction = entry.text("rw", "rw");
    return {
      addr: entry.address("addr"),
      res: entry.integer("res"),
      onRead: direction.includes("r") && direction !== "write",
      onWrite: direction.includes("w"),
    };
  });
}

/** The hooks an operation describes. */
export function scriptedHooks(op: OpFields): ScriptedHook[] {
  return op.records("hooks").map((entry) => {
    const nested = entry.recordOrNull("op");
    if (nested === null) throw new TypeError("a hook without an operation");
    return { addr: entry.address("addr"), onWrite: entry.text("on") === "write", op: nested };
  });
}

/** What an operation says about `accepts`; null when the region has no such callback. */
export function scriptedAccepts(op: OpFields): ScriptedAccepts | null {
  const accepts = op.recordOrNull("accepts");
  if (accepts === null) return null;
  const ranged = accepts.has("reject_from") || accepts.has("reject_to");
  return {
    rejectWrite: accepts.flag("reject_write"),
    rejectRead: accepts.flag("reject_read"),
    rejectSizes: accepts.list("reject_sizes").map(Number),
    rejectRange: ranged
      ? {
          from: accepts.address("reject_from", 0n),
          to: accepts.address("reject_to", (1n << 64n) - 1n),
        }
      : null,
    needSecure: accepts.flag("need_secure"),
  };
}
