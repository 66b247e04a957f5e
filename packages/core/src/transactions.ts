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
   * @throws TransactionError when none is open.
   */
  commit(): void {
    if (this.#depth === 0) {
      throw new TransactionError("commit without begin", { rule: "commit-without-begin" });
    }
    if (--this.#depth === 0 && !this.#committing) this.#finish();
  }

  #finish(): void {
    let rounds = 0;
    const errors: unknown[] = [];
    this.#committing = true;
    try {
      while (this.#topologyPending || this.#ioeventfdsPending) {
        if (++rounds > MAX_COMMIT_ROUNDS) {
          this.#topologyPending = this.#ioeventfdsPending = false;
          throw new TransactionError(
            `listeners changed the topology in ${MAX_COMMIT_ROUNDS} commits in a row`,
            { rule: "commit-loop" },
          );
        }
        const topology = this.#topologyPending;
        this.#topologyPending = this.#ioeventfdsPending = false;
        try {
          if (topology) this.#handler?.commitTopology();
          else this.#handler?.commitIoeventfds();
        } catch (error) {
          errors.push(error);
        }
      }
    } finally {
      this.#committing = false;
    }
    this.#reclaimer.drain();
    if (errors.length > 0) throw errors[0];
  }
}
