import type { AccessEvent } from "./access-event.js";

/**
 * Events of a trace for a `for await` loop. What comes while nobody waits is kept, as far as there
 * is room; the rest is dropped and counted. Ends, after what is kept, with the trace, with
 * {@link Symbol.dispose} and with the loop.
 * @see {@link AccessTrace}, whose `events()` answers one
 */
export class AccessEventStream implements AsyncIterableIterator<AccessEvent>, Disposable {
  /** How many events may wait. */
  readonly capacity: number;
  readonly #end: () => void;
  #kept: AccessEvent[] = [];
  #taken = 0;
  #dropped = 0;
  #waiting: ((result: IteratorResult<AccessEvent, undefined>) => void)[] = [];
  #ended = false;

  /** @internal */
  constructor(capacity: number, end: () => void) {
    this.capacity = capacity;
    this.#end = end;
  }

  /** Events that nobody will get, because there was no room for them. */
  get dropped(): number {
    return this.#dropped;
  }

  /** How many events wait to be taken. */
  get length(): number {
    return this.#kept.length - this.#taken;
  }

  /** @internal */
  push(event: AccessEvent): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting({ done: false, value: event });
    else if (this.length < this.capacity) this.#kept.push(event);
    else this.#dropped++;
  }

  /** The next event, as soon as there is one. */
  next(): Promise<IteratorResult<AccessEvent, undefined>> {
    const event = this.#kept[this.#taken];
    if (event !== undefined) {
      this.#taken++;
      if (this.#taken * 2 > this.capacity || this.length === 0) {
        this.#kept = this.#kept.slice(this.#taken);
        this.#taken = 0;
      }
      return Promise.resolve({ done: false, value: event });
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Ends the stream, and forgets what waits. */
  return(): Promise<IteratorResult<AccessEvent, undefined>> {
    this.#kept = [];
    this.#taken = 0;
    this[Symbol.dispose]();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** This very stream. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Nothing more is kept; what waits can still be had. */
  [Symbol.dispose](): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#end();
    for (const waiting of this.#waiting.splice(0)) waiting({ done: true, value: undefined });
  }
}
