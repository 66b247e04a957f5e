import type { MemorySystem } from "@mem/core";
import { checkMachine } from "../arguments.js";
import { runSynchronously, systemInternals } from "@mem/core/plumbing";

const KEY = Symbol("mem.flat.trace");

/** State that all traces of a machine share. */
export class TraceState {
  /** Number of accesses that were told. */
  sequence = 0;
  /** True if accesses are not traced just now: one is being told of, or {@link untraced} runs. */
  isQuiet = false;

  /** The one of a machine. */
  static of(system: MemorySystem): TraceState {
    return systemInternals(system).extension(KEY, () => new TraceState());
  }
}

/**
 * Runs `work`, for instance a debugger's look at memory, whose accesses no trace of the machine is
 * told of, and no break condition. Callbacks of traces run like that anyway.
 * @throws TransactionError for an `async` function or a generator, before it is called, and for
 *   another function that answers a promise: accesses after its first `await` would be traced.
 */
export function untraced<T>(system: MemorySystem, work: () => T): T {
  checkMachine(system, "untraced");
  const state = TraceState.of(system);
  return runSynchronously("untraced", work, (run) => {
    const before = state.isQuiet;
    state.isQuiet = true;
    try {
      return run();
    } finally {
      state.isQuiet = before;
    }
  });
}
