import { Inspectable, type Summary } from "../inspect/summary.js";
import type { AccessEvent } from "./access-event.js";

/**
 * Events of a trace for a `for await` loop. What comes while nobody waits is kept, as far as there
 * is room; the rest is dropped and counted. Ends, after what is kept, with the trace, with
 * {@link Symbol.dispose} and with the loop.
 * @see {@link AccessTrace}, whose `events()` answers one
 */
export class AccessEventStream
  extends Inspectable
  implements AsyncIterableIterator<AccessEvent>, Disposable
{
  /** Number of events that may wait. */
  readonly capacity: number;
  readonly #source: Disposable;
  #kept: AccessEvent[] = [];
  #taken = 0;
  #dropped = 0;
  #waiting: ((result: IteratorResult<AccessEvent, undefined>) => void)[] = [];
  #ended = false;

  /**
   * A trace makes streams.
   * @param capacity number of events that may wait
   * @param open has events pushed until its result is disposed
   */
  constructor(capacity: number, open: (push: (event: AccessEvent) => void) => Disposable) {
    super();
    this.capacity = capacity;
    this.#source = open((event) => this.#push(event));
  }

  /** Events that nobody will get, because there was no room for them. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Number of events that wait to be taken. */
  get length(): number {
    return this.#kept.length - this.#taken;
  }

  #push(event: AccessEvent): void {
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

  /** Returns the stream itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  protected override summarize(): Summary {
    const { capacity, dropped, length } = this;
    const facts = [
      `${length} of ${capacity} events wait`,
      dropped > 0 && `${dropped} dropped`,
      this.#ended && "ended",
    ];
    return { kind: "AccessEventStream", facts };
  }

  /** Number of events that wait and were dropped. */
  toJSON(): object {
    const { capacity, dropped, length } = this;
    return { capacity, length, dropped, ended: this.#ended };
  }

  /** Nothing more is kept; what waits can still be had. */
  [Symbol.dispose](): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#source[Symbol.dispose]();
    for (const waiting of this.#waiting.splice(0)) waiting({ done: true, value: undefined });
  }
}
