/** A clock that follows the host's monotonic time while the guest runs. */
import { CatchUp } from "./catch-up.js";
import type { MachineClock, TimedCpu, Timer } from "./clock.js";
import { TimerQueue } from "./timer-queue.js";

/** Time that a slice should take, so that timers are looked at about this often. */
const SLICE_NS = 500_000;
/** Nothing is compiled yet when the first slice runs: a port access can take 1,000 times as long. */
const FIRST_BUDGET = 500;
const LEAST_BUDGET = 500;
/** Largest budget while slices are too short for the host's clock, which may stand still. */
const MOST_UNTIMED_BUDGET = 2 ** 18;
/** Deadlines this close together (10 kHz) are served one after the other, without the guest between. */
const CLOSE_NS = 100_000;
/** Deadlines that one look at the timers serves at most. */
const MOST_TICKS = 256;

/**
 * Real time, standing still while the guest is stopped.
 *
 * It never passes the deadline of a timer that has not fired: a slice that the host's scheduler,
 * compiler or garbage collector made too long finds time waiting at the first deadline, and the
 * clock then hurries after the host, so that a timer that ticks is heard as often as it ticks
 * (see `CatchUp`). Nor does it pass faster than instructions can account for: loops that
 * measure one timer by another find them to agree, on a loaded host, too.
 */
export class RealTimeClock implements MachineClock {
  readonly followsHost = true;
  readonly #hostMs: () => number;
  readonly #timers: TimerQueue;
  readonly #time = new CatchUp();
  /** Instructions at the last look at the time. */
  #lookCount = 0;
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
    const host = this.#hostNs();
    const now = this.#time.at(host, this.#timers.nearestNs, this.#ran());
    if (now >= this.#timers.nearestNs) {
      // The guest is about to see that a timer is due: it fires before the next instruction.
      this.#cpu?.requestStop();
    }
    return now;
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
    const time = this.#time;
    const host = this.#hostNs();
    const now = time.at(host, this.#timers.nearestNs, this.#ran());
    let fired = this.#timers.runDue(now);
    // Ticks too close to each other to be told apart by a guest would hold the clock back.
    let last = now;
    while (fired < MOST_TICKS) {
      const next = this.#timers.nearestNs;
      if (next <= last || next - now > CLOSE_NS) break;
      last = time.jump(host, next);
      if (last < next) break;
      fired += this.#timers.runDue(last);
    }
    return fired;
  }

  idle(): number {
    // Nobody watches a halted processor's time: it need not hurry, but jumps.
    const host = this.#hostNs();
    this.#ran();
    const wait = this.#timers.nearestNs - this.#time.jump(host, this.#timers.nearestNs);
    return wait === Infinity ? Infinity : Math.max(0, wait / 1e6);
  }

  sliceEnded(): void {
    this.#learnSpeed();
    this.#sliceStartNs = NaN;
  }

  setRunning(running: boolean): void {
    if (running === this.#running) {
      return;
    }
    if (!running) {
      this.#accumulatedNs = this.#hostNs();
    }
    this.#running = running;
    this.#runningSinceMs = this.#hostMs();
  }

  /** Instructions since the last look; where they do not run, or are not counted, time is the host's. */
  #ran(): number {
    const count = this.#cpu?.instructionCount ?? 0;
    const ran = count === 0 ? Infinity : count - this.#lookCount;
    this.#lookCount = count;
    return ran;
  }

  /** Nanoseconds of the host's time while the guest ran. */
  #hostNs(): number {
    const sinceMs = this.#running ? this.#hostMs() - this.#runningSinceMs : 0;
    return this.#accumulatedNs + Math.round(sinceMs * 1e6);
  }

  /** Size the next slice by what the last one achieved. */
  #learnSpeed(): void {
    const count = this.#cpu?.instructionCount ?? 0;
    const now = this.#hostNs();
    const ran = count - this.#sliceStartCount;
    // NaN where no slice ran since the host's other work did.
    const took = now - this.#sliceStartNs;
    this.#sliceStartCount = count;
    this.#sliceStartNs = now;
    // A slice cut short says little about the speed, unless it was long all the same.
    if (took > 0 && (ran >= this.#budget / 2 || took > SLICE_NS)) {
      const fitting = (ran / took) * SLICE_NS;
      const gentle = Math.max(this.#budget / 8, Math.min(this.#budget * 2, fitting));
      this.#budget = Math.max(LEAST_BUDGET, Math.round(gentle));
    } else if (took === 0 && ran >= this.#budget / 2) {
      // Browsers' clocks tick in tenths of a millisecond: it was shorter than that.
      this.#budget = Math.max(this.#budget, Math.min(MOST_UNTIMED_BUDGET, 2 * this.#budget));
    }
  }
}
