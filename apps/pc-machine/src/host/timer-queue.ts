/** The armed timers of a clock. A machine has about a dozen, so a scan beats a heap. */
import type { Timer } from "./clock.js";

class QueuedTimer implements Timer {
  deadlineNs = Infinity;
  readonly fire: () => void;
  readonly #queue: TimerQueue;

  constructor(queue: TimerQueue, fire: () => void) {
    this.#queue = queue;
    this.fire = fire;
  }

  get armed(): boolean {
    return this.deadlineNs !== Infinity;
  }

  arm(deadlineNs: number): void {
    this.deadlineNs = deadlineNs;
    this.#queue.changed();
  }

  cancel(): void {
    if (this.deadlineNs !== Infinity) {
      this.deadlineNs = Infinity;
      this.#queue.changed();
    }
  }
}

/** A set of timers and the nearest of their deadlines. */
export class TimerQueue {
  readonly #timers: QueuedTimer[] = [];
  readonly #onEarlier: () => void;
  #nearest = Infinity;

  /** @param onEarlier called when the nearest deadline moves forward (to an earlier time) */
  constructor(onEarlier: () => void) {
    this.#onEarlier = onEarlier;
  }

  /** The nearest deadline, `Infinity` when no timer is armed. */
  get nearestNs(): number {
    return this.#nearest;
  }

  /** A new timer, not armed. */
  create(fire: () => void): Timer {
    const timer = new QueuedTimer(this, fire);
    this.#timers.push(timer);
    return timer;
  }

  /** For the timers: a deadline changed. */
  changed(): void {
    const before = this.#nearest;
    let nearest = Infinity;
    for (const timer of this.#timers) {
      nearest = Math.min(nearest, timer.deadlineNs);
    }
    this.#nearest = nearest;
    if (nearest < before) {
      this.#onEarlier();
    }
  }

  /**
   * Fire what is due at `nowNs`, nearest deadline first. A timer that arms itself again for a time
   * already past fires once more in the next call, not in this one: the guest must get to run.
   */
  runDue(nowNs: number): number {
    if (this.#nearest > nowNs) {
      return 0;
    }
    const due = this.#timers.filter((timer) => timer.deadlineNs <= nowNs);
    due.sort((a, b) => a.deadlineNs - b.deadlineNs);
    let fired = 0;
    for (const timer of due) {
      // An earlier callback may have cancelled or moved this one.
      if (timer.deadlineNs <= nowNs) {
        timer.deadlineNs = Infinity;
        timer.fire();
        fired++;
      }
    }
    this.changed();
    return fired;
  }
}
