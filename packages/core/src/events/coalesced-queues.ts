import { inspectCustom, type InspectOptions, outlined } from "@mem/qom";
import { CallbackList } from "./callback-list.js";

/**
 * Holds writes back that a guest made to ranges for which that is allowed.
 */
export interface CoalescedQueue {
  /** Delivers what is queued, in order. Never throws; never called while it is under way. */
  deliver(): void;
}

/**
 * The queues of coalesced writes of one machine. None is there unless an accelerator attaches
 * one; then it is flushed where QEMU flushes its own: before accesses to regions that ask for it,
 * before a transaction begins, before a region stops coalescing.
 */
export class CoalescedQueues {
  readonly #queues = new CallbackList<CoalescedQueue>();
  #flushing = false;

  /** Has a queue flushed with the others, in the order of attachment, until that is disposed. */
  attach(queue: CoalescedQueue): Disposable {
    return this.#queues.add(queue);
  }

  /** Number of them. */
  toJSON(): object {
    return { queues: this.#queues.size };
  }

  /** The text that `console.log` shows: their number. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return outlined(depth, options, {
      head: (ink) => `CoalescedQueues, ${ink(String(this.#queues.size), "number")}`,
    });
  }

  /** Flushes them all (`qemu_flush_coalesced_mmio_buffer`). A flush inside a flush does nothing. */
  flush(): void {
    if (this.#queues.size === 0 || this.#flushing) return;
    this.#flushing = true;
    try {
      this.#queues.each((queue) => queue.deliver());
    } finally {
      this.#flushing = false;
    }
  }
}
