/** A clock that follows the host's monotonic time while the guest runs. */
import type { MachineClock, TimedCpu, Timer } from "./clock.js";
import { TimerQueue } from "./timer-queue.js";

/** How long a slice should take, so that timers are looked at about this often. */
const SLICE_NS = 500_000;
const FIRST_BUDGET = 20_000;
const LEAST_BUDGET = 2_000;

/** Real time, standing still while the guest is stopped. */
export class RealTimeClock implements MachineClock {
  readonly followsHost = true;
  readonly #hostMs: () => number;
  readonly #timers: TimerQueue;
  #cpu: TimedCpu | null = null;
  #running = false;
  #runningSinceMs = 0;
  #accumulatedNs = 0;
  #budget = FIRST_BUDGET;
  #sliceStartNs = 0;
  #sliceStartCount = 0;

  /** @param hostMs monotonic host milliseconds; default `performance.now` */
  constructor(hostMs: () => number = () => performance.now()) {
    this.#hostMs = hostMs;
    this.#timers = new TimerQueue(() => {
      // A deadline further away than a slice is found when the slice ends anyway.
      if (this.#timers.nearestNs < this.nowNs() + SLICE_NS) {
        this.#cpu?.requestStop();
      }
    });
  }

  get nextDeadlineNs(): number {
    return this.#timers.nearestNs;
  }

  nowNs(): number {
    const sinceMs = this.#running ? this.#hostMs() - this.#runningSinceMs : 0;
    return this.#accumulatedNs + Math.round(sinceMs * 1e6);
  }

  timer(fire: () => void): Timer {
    return this.#timers.create(fire);
  }

  attachCpu(cpu: TimedCpu): void {
    this.#cpu = cpu;
    this.#sliceStartCount = cpu.instructionCount;
  }

  instructionBudget(limit: number): number {
    this.#learnSpeed();
    return Math.max(1, Math.min(limit, this.#budget));
  }

  runDue(): number {
    return this.#timers.runDue(this.nowNs());
  }

  idle(): number {
    const wait = this.#timers.nearestNs - this.nowNs();
    return wait === Infinity ? Infinity : Math.max(0, wait / 1e6);
  }

  setRunning(running: boolean): void {
    if (running === this.#running) {
      return;
    }
    if (!running) {
      this.#accumulatedNs = this.nowNs();
    }
    this.#running = running;
    this.#runningSinceMs = this.#hostMs();
  }

  /** Size the next slice by what the last one achieved. */
  #learnSpeed(): void {
    const count = this.#cpu?.instructionCount ?? 0;
    const now = this.nowNs();
    const ran = count - this.#sliceStartCount;
    const took = now - this.#sliceStartNs;
    this.#sliceStartCount = count;
    this.#sliceStartNs = now;
    // A slice cut short says little about the speed.
    if (ran >= this.#budget / 2 && took > 0) {
      const fitting = (ran / took) * SLICE_NS;
      const gentle = Math.max(this.#budget / 2, Math.min(this.#budget * 2, fitting));
      this.#budget = Math.max(LEAST_BUDGET, Math.round(gentle));
    }
  }
}
