/**
 * Defers the release of what an access may still be using: the job that read-copy-update does
 * in QEMU. While any access is in flight nothing is freed; the queue is drained when the last
 * one ends, or at the end of the operation that queued the work.
 */
export class Reclaimer {
  #inFlight = 0;
  #draining = false;
  #queue: (() => void)[] = [];

  /** How many accesses are in flight. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** An access begins; must be paired with {@link exit}. */
  enter(): void {
    this.#inFlight++;
  }

  /** An access ends; the last one drains the queue. */
  exit(): void {
    if (--this.#inFlight === 0 && this.#queue.length > 0) this.drain();
  }

  /** Runs `free` once nothing can be using its subject any more. */
  defer(free: () => void): void {
    this.#queue.push(free);
  }

  /** Runs what is queued, unless an access is in flight. */
  drain(): void {
    if (this.#inFlight > 0 || this.#draining) return;
    this.#draining = true;
    try {
      while (this.#queue.length > 0) {
        const batch = this.#queue;
        this.#queue = [];
        for (const free of batch) free();
      }
    } finally {
      this.#draining = false;
    }
  }
}
