import { inspectCustom, type InspectOptions, outlined } from "@mem/qom";
import type { CoalescedQueues } from "../events/coalesced-queues.js";
import { TransactionError } from "../errors.js";
import { joinErrors } from "./listener-error.js";
import type { IoeventfdChange } from "../mmio/ioeventfd.js";
import type { Reclaimer } from "./reclaimer.js";

/**
 * Number of further commits that listeners may cause from inside a commit.
 * @see the guide "Watching the map", "Common mistakes"
 */
export const MAX_COMMIT_ROUNDS = 1000;

/** Layer that renders views, as it is called when a transaction ends. */
export interface CommitHandler {
  /** The outermost transaction ended and something effective changed: render and notify. */
  commitTopology(): void;
  /**
   * Called when the outermost transaction ended with changes of write triggers only; `change` where
   * there was but one.
   */
  commitIoeventfds(change: IoeventfdChange | null): void;
}

/**
 * Nested transactions over the topology of one memory system.
 */
export class Transactions {
  #depth = 0;
  #topologyPending = false;
  #ioeventfdsPending = false;
  #ioeventfdChange: IoeventfdChange | null = null;
  #committing = false;
  #handler: CommitHandler | null = null;

  readonly #reclaimer: Reclaimer;
  readonly #queues: CoalescedQueues;
  readonly #onCommitted: () => void;

  /** @param onCommitted called when an outermost transaction and its commits are over. Must not throw. */
  constructor(
    reclaimer: Reclaimer,
    queues: CoalescedQueues,
    onCommitted: () => void = () => undefined,
  ) {
    this.#reclaimer = reclaimer;
    this.#queues = queues;
    this.#onCommitted = onCommitted;
  }

  /** Number of open transactions. */
  get depth(): number {
    return this.#depth;
  }

  /** True if a commit is under way. */
  get committing(): boolean {
    return this.#committing;
  }

  /** The layer above takes part. */
  setHandler(handler: CommitHandler): void {
    this.#handler = handler;
  }

  /**
   * Opens a transaction: changes stay invisible until the outermost one is committed. Writes that
   * queues hold back are delivered before, to what is there still.
   */
  begin(): void {
    this.#queues.flush();
    this.#depth++;
  }

  /** Notes an effective change of the topology. */
  touchTopology(): void {
    this.#topologyPending = true;
  }

  /** Notes a change of write triggers. */
  touchIoeventfds(change: IoeventfdChange | null = null): void {
    this.#ioeventfdChange = this.#ioeventfdsPending ? null : change;
    this.#ioeventfdsPending = true;
  }

  /**
   * Closes a transaction; the outermost one makes the changes visible.
   * @throws TransactionError when none is open, and when listeners cause commits without end;
   *   ListenerError with all that listeners threw, after everything else is done; with errors of
   *   other kinds besides, all in an `AggregateError`.
   */
  commit(): void {
    if (this.#depth === 0) {
      throw new TransactionError("commit without begin", { rule: "commit-without-begin" });
    }
    if (--this.#depth === 0 && !this.#committing) this.#finish();
  }

  /** Data of the transactions: the number that are open, and true while a commit is under way. */
  toJSON(): object {
    return { depth: this.#depth, committing: this.#committing, pending: this.#isPending };
  }

  /** Text for `console.log`: the number that are open. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return outlined(depth, options, {
      head: (ink) => {
        const open = `Transactions, ${ink(String(this.#depth), "number")} open`;
        return `${open}${this.#isPending ? ", changes wait" : ""}${this.#committing ? ", committing" : ""}`;
      },
    });
  }

  /**
   * Commits, and again while listeners cause it, as long as none of them opened a transaction:
   * what it holds back waits for its end.
   */
  #finish(): void {
    const errors: unknown[] = [];
    this.#committing = true;
    for (let rounds = 0; this.#depth === 0 && this.#isPending; rounds++) {
      if (rounds === MAX_COMMIT_ROUNDS) {
        const message = `listeners changed the topology in ${MAX_COMMIT_ROUNDS} commits in a row`;
        errors.push(new TransactionError(message, { rule: "commit-loop" }));
        // What is pending still is committed at the end of the next transaction.
        break;
      }
      const topology = this.#topologyPending;
      const change = this.#ioeventfdChange;
      this.#topologyPending = this.#ioeventfdsPending = false;
      this.#ioeventfdChange = null;
      try {
        if (topology) this.#handler?.commitTopology();
        else this.#handler?.commitIoeventfds(change);
      } catch (error) {
        errors.push(error);
      }
    }
    this.#committing = false;
    try {
      this.#reclaimer.drain();
    } catch (error) {
      errors.push(error);
    }
    this.#onCommitted();
    if (errors.length > 0) throw joinErrors(errors, "several commits failed");
  }

  get #isPending(): boolean {
    return this.#topologyPending || this.#ioeventfdsPending;
  }
}
