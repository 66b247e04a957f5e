/**
 * Objects that a machine gave out and that end with it, newest first: caches, copies of sections,
 * open files.
 */
export class Belongings {
  readonly #owned = new Set<Disposable>();

  /** Ends something with the machine, unless the result is disposed before: it has ended by itself. */
  add(owned: Disposable): Disposable {
    this.#owned.add(owned);
    return { [Symbol.dispose]: () => void this.#owned.delete(owned) };
  }

  /** Ends everything; what that throws goes to `onError`. */
  end(onError: (error: unknown) => void): void {
    const newestFirst = [...this.#owned].toReversed();
    const ends = newestFirst.map((owned) => () => {
      if (this.#owned.delete(owned)) owned[Symbol.dispose]();
    });
    attemptAll(ends, onError);
  }
}

/**
 * Does one thing after the other, each though others throw; what they throw goes to `onError`.
 * @see {@link MemorySystem}
 */
export function attemptAll(works: Iterable<() => void>, onError: (error: unknown) => void): void {
  for (const work of works) {
    try {
      work();
    } catch (error) {
      onError(error);
    }
  }
}
