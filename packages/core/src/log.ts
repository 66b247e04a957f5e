/**
 * Subject of a log line: a guest's mistake, something not modelled, a throwing callback.
 * @see {@link MemorySystem}
 */
export type LogCategory = "guest_error" | "unimp" | "callback";

/**
 * Number of causes of log lines that a machine remembers besides those of its regions, so that each
 * has one line. Further ones have none.
 * @see {@link MemorySystem}
 */
export const MAX_LOGGED_CAUSES = 10_000;

/**
 * Whoever has causes of log lines of its own, and takes them along when it ends: a region.
 * @see {@link MemorySystem}
 */
export interface LoggedCauses {
  /** Causes that were logged; `null` where nothing was. */
  loggedCauses: Set<string> | null;
}

/** The causes that a machine has logged, each once. */
export class LoggedCauseList {
  readonly #known = new Set<string>();
  readonly #onFull: () => void;

  /** @param onFull called once, with the first cause that there is no room for. */
  constructor(onFull: () => void) {
    this.#onFull = onFull;
  }

  /** True if a cause is to have a line: a region's own, or one of the machine's. */
  isNew(key: string, region?: LoggedCauses): boolean {
    const known = region ? (region.loggedCauses ??= new Set()) : this.#known;
    if (known.has(key)) return false;
    if (known.size < MAX_LOGGED_CAUSES) {
      known.add(key);
      return true;
    }
    if (known === this.#known) {
      if (known.size === MAX_LOGGED_CAUSES) this.#onFull();
      known.add("full");
    }
    return false;
  }
}
