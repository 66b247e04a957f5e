/** Frees the code of WebAssembly modules that the translators have replaced. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Bytes of WebAssembly compiled since the last collection that are worth the next one. */
const WORTH_IT = 64 << 20;
const EVERY_MS = 500;

/**
 * V8 frees a module's code in a full collection, and chooses the time for one by the heap of JavaScript alone. That of
 * a PC hardly grows, so that dead code of some hundred megabytes would stay. As long as this is not disposed, a
 * collection is asked for whenever so much has been compiled that there may be dead code of that size.
 * @param compiledBytes answers the bytes compiled so far
 * @param collect collects all garbage; default: V8 does, where it can be asked
 */
export function collectDeadModules(
  compiledBytes: () => number,
  collect: () => void = collectGarbage,
): Disposable {
  let collected = 0;
  const look = (): void => {
    const compiled = compiledBytes();
    if (compiled - collected < WORTH_IT) return;
    collected = compiled;
    collect();
  };
  const timer = setInterval(look, EVERY_MS);
  // It keeps no program running.
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Has V8 collect all garbage, where it can be asked: only contexts that are made behind the flag can. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const gc: unknown = runInNewContext("typeof gc === 'function' ? gc : null");
  if (typeof gc === "function") gc();
}
