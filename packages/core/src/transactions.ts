import { TransactionError } from "./errors.js";
import type { Reclaimer } from "./reclaimer.js";

/** How often listeners may cause a further commit from inside a commit. */
export const MAX_COMMIT_ROUNDS = 1000;

/** What the layer that renders views does when a transaction ends. */
export interface CommitHandler {
  /** The outermost transaction ended and something effective changed: render and notify. */
  commitTopology(): void;
  /** It ended with changes of write triggers only. */
  commitIoeventfds(): void;
}

/** Nested transactions over the topology of one memory system. */
export class Transactions {
  #depth = 0;
  #topologyPending = false;
  #ioeventfdsPending = false;
  #committing = false;
  #handler: CommitHandler | null = null;

  readonly #reclaimer: Reclaimer;

  constructor(reclaimer: Reclaimer) {
    this.#reclaimer = reclaimer;
  }

  /** How many transactions are open. */
  get depth(): number {
    return this.#depth;
  }

  /** Whether a commit is under way. */
  get committing(): boolean {
    return this.#committing;
  }

  /** @internal The layer above takes part. */
  setHandler(handler: CommitHandler): void {
    this.#handler = handler;
  }

  /** Opens a transaction: changes stay invisible until the outermost one is committed. */
  begin(): void {
    this.#depth++;
  }

  /** Notes an effective change of the topology. */
  touchTopology(): void {
    this.#topologyPending = true;
  }

  /** Notes a change of write triggers. */
  touchIoeventfds(): void {
    this.#ioeventfdsPending = true;
  }

  /**
   * Closes a transaction; the outermost one makes the changes visible.
   * @throws TransactionError when none is open, and when listeners cause commits without end;
   *   also what listeners threw, after everything else is done: several in an `AggregateError`.
   */
  commit(): void {
    if (this.#depth === 0) {
      throw new TransactionError("commit without begin", { rule: "commit-without-begin" });
    }
    if (--this.#depth === 0 && !this.#committing) this.#finish();
  }

  /**
   * Commits, and again while listeners cause it, as long as none of them opened a transaction:
   * what it holds back waits for its end.
   */
  #finish(): void {
    const errors: unknown[] = [];
    this.#committing = true;
    for (let rounds = 0; this.#depth === 0 && this.#isPending; rounds++) {
      const topology = this.#topologyPending;
      this.#topologyPending = this.#ioeventfdsPending = false;
      if (rounds === MAX_COMMIT_ROUNDS) {
        const message = `listeners changed the topology in ${MAX_COMMIT_ROUNDS} commits in a row`;
        errors.push(new TransactionError(message, { rule: "commit-loop" }));
        break;
      }
      try {
        if (topology) this.#handler?.commitTopology();
        else this.#handler?.commitIoeventfds();
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
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, "several commits failed");
  }

  get #isPending(): boolean {
    return this.#topologyPending || this.#ioeventfdsPending;
  }
}
