/** Tags of functions that only begin their work when they are called. */
const LATER = [
  "[object AsyncFunction]",
  "[object AsyncGeneratorFunction]",
  "[object GeneratorFunction]",
];

/**
 * True if a function does its work after it was called: an `async` one, or a generator. Functions
 * that merely answer a promise cannot be told by their looks.
 * @see {@link NotSynchronousError}
 */
export function worksLater(work: unknown): boolean {
  return LATER.includes(Object.prototype.toString.call(work));
}

/**
 * True if a callback answered a promise, or something that is used like one.
 * @see {@link NotSynchronousError}
 */
export function isThenable(answer: unknown): answer is PromiseLike<unknown> {
  if ((typeof answer !== "object" && typeof answer !== "function") || answer === null) return false;
  return typeof (answer as { readonly then?: unknown }).then === "function";
}
