import { QomError } from "./qom-error.js";

/** Dropping a reference of an object that has none left. Rule `unref-underflow`. */
export class ReferenceUnderflowError extends QomError {
  static override readonly name: string = "ReferenceUnderflowError";

  constructor(path: string) {
    super(`${path} has no reference left to drop`, { rule: "unref-underflow", path });
  }
}

/**
 * Dropping a reference that belongs to a parent, a link or a named holder. Rule `unref-not-yours`.
 */
export class ReferenceOwnershipError extends QomError {
  static override readonly name: string = "ReferenceOwnershipError";

  constructor(path: string, holders: readonly string[]) {
    super(`The references left on ${path} belong to others: ${holders.join(", ")}`, {
      rule: "unref-not-yours",
      path,
      names: holders,
    });
  }
}

/** Dropping a reference in the name of a holder that has none. Rule `unref-unknown-holder`. */
export class UnknownHolderError extends QomError {
  static override readonly name: string = "UnknownHolderError";

  constructor(path: string, holder: string) {
    super(`'${holder}' holds no reference on ${path}`, {
      rule: "unref-unknown-holder",
      path,
      names: [holder],
    });
  }
}

/** Taking a reference on an object that is being finalized. Rule `ref-while-finalizing`. */
export class ResurrectionError extends QomError {
  static override readonly name: string = "ResurrectionError";

  constructor(path: string) {
    super(`${path} is being finalized: a new reference would not keep it alive`, {
      rule: "ref-while-finalizing",
      path,
    });
  }
}

/** Using an object after its last reference was dropped. Rule `use-after-finalize`. */
export class UseAfterFinalizeError extends QomError {
  static override readonly name: string = "UseAfterFinalizeError";

  constructor(path: string, what: string) {
    super(`${what} on ${path}, which is finalized`, {
      rule: "use-after-finalize",
      path,
      names: [what],
    });
  }
}

/**
 * A hook (unparent, release, finalize, ...) threw while objects were being torn down.
 * Rule `hook-threw`. The teardown went on; the thrown value is `cause`.
 */
export class HookError extends QomError {
  static override readonly name: string = "HookError";

  /** Hook that threw. */
  readonly hook: string;
  constructor(path: string, hook: string, cause: unknown) {
    const text = cause instanceof Error ? cause.message : String(cause);
    super(`${hook} of ${path} threw: ${text}`, { rule: "hook-threw", path, names: [hook], cause });
    this.hook = hook;
  }
}

/**
 * Thrown at the end of a teardown in which hooks threw and nobody had installed
 * `ObjectSystem.onHookError`. Rule `hooks-threw`. Every object concerned is finalized.
 */
export class FinalizationError extends QomError {
  static override readonly name: string = "FinalizationError";

  /** Errors that were thrown, in order. */
  readonly errors: readonly unknown[];
  constructor(errors: readonly unknown[], cause?: unknown) {
    const lines = errors.map((e) => (e instanceof Error ? e.message : String(e)));
    super(`Errors while finalizing:\n  ${lines.join("\n  ")}`, {
      rule: "hooks-threw",
      cause: cause ?? errors[0],
    });
    this.errors = errors;
  }
}

/**
 * A function that is not over when it returns, where something ends with it. Rule `not-synchronous`.
 */
export class NotSynchronousError extends QomError {
  static override readonly name: string = "NotSynchronousError";

  constructor(what: string, done: string) {
    super(`${what} takes a function that is over when it returns: ${done}`, {
      rule: "not-synchronous",
    });
  }
}
