import { isThenable, shown, worksLater } from "@mem/qom/plumbing";
import { TransactionError } from "../errors.js";

/**
 * Has `around` run `work`, which has to be over when it returns: what is open around it ends then.
 *
 * An `async` function, or a generator, is refused before it is called, so that nothing has changed.
 * That a function answers a promise is known only after it ran up to its first `await`: what it did
 * until then stays done. What it does later is done outside, which the error says.
 * @param what callback that it is, for the message
 * @throws TransactionError (rule `"not-synchronous"`) for either
 * @see {@link MemorySystem}
 */
export function runSynchronously<T>(
  what: string,
  work: () => T,
  around: (work: () => T) => T = (run) => run(),
): T {
  assertSynchronous(what, work);
  const result = around(work);
  if (!isThenable(result)) return result;
  // The caller has an error; another one, of nobody's promise, would end the process.
  whenRejected(result, () => undefined);
  throw new TransactionError(
    `${what} got a function that answers a promise: what it does after its first await is not part of it`,
    { rule: "not-synchronous" },
  );
}

/**
 * Refuses a function that is not over when it returns.
 * @throws TransactionError for what is no function (rule `"not-a-function"`), and for one that does its work after it was called
 * @see {@link MemorySystem}
 */
export function assertSynchronous(what: string, work: unknown): void {
  if (typeof work !== "function") {
    throw new TransactionError(`${what} takes a function, not ${shown(work)}: nothing was done`, {
      rule: "not-a-function",
    });
  }
  if (!worksLater(work)) return;
  throw new TransactionError(
    `${what} takes a function that is over when it returns, not an async function or a generator: nothing was done`,
    { rule: "not-synchronous" },
  );
}

/**
 * Tells `onError` when a promise that a callback answered is rejected: left alone, it would end the
 * process.
 * @see {@link MemorySystem}
 */
export function whenRejected(
  answer: PromiseLike<unknown>,
  onError: (error: unknown) => void,
): void {
  answer.then(undefined, onError);
}

export { isThenable } from "@mem/qom/plumbing";
