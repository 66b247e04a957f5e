/** Output of a PS/2 device: events in the order they came, and replies ahead of them. */

/** As deep as the real one. */
const CAPACITY = 16;

/** Events first in, first out; a reply overtakes them, and a new reply replaces an unread one. */
export class Ps2Queue {
  readonly #events: number[] = [];
  #replies: number[] = [];

  /** Number of bytes that wait. */
  get length(): number {
    return this.#replies.length + this.#events.length;
  }

  /** True if the next byte is of a reply. */
  get replying(): boolean {
    return this.#replies.length > 0;
  }

  /** Add the bytes of one event. Returns false, adding none, when they do not fit. */
  event(...bytes: readonly number[]): boolean {
    if (this.#events.length + bytes.length > CAPACITY) {
      return false;
    }
    this.#events.push(...bytes);
    return true;
  }

  /** Reply to a command. What is left of the reply before it is dropped. */
  reply(...bytes: readonly number[]): void {
    this.#replies = [...bytes];
  }

  /** Take the next byte, 0 when there is none. */
  shift(): number {
    return this.#replies.shift() ?? this.#events.shift() ?? 0;
  }

  /** Drop everything. */
  clear(): void {
    this.#events.length = 0;
    this.#replies = [];
  }
}
