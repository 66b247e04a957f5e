/** The timer of a local APIC: it counts down at 1 GHz, divided, or waits for a time stamp. */

/**
 * A timer on the machine's clock.
 * @see {@link LocalApics}
 */
export interface ApicClockTimer {
  /** Fires once at a time, in nanoseconds of the clock. */
  arm(deadlineNs: number): void;
  /** Forgets the deadline. */
  cancel(): void;
}

/**
 * The machine's clock.
 * @see {@link LocalApics}
 */
export interface ApicClock {
  /** Nanoseconds since power-on. */
  nowNs(): number;
  /** Makes a timer. `fire` is called between instructions. */
  timer(fire: () => void): ApicClockTimer;
}

/** Modes of the timer, as its LVT entry selects them. */
export const TimerMode = { ONE_SHOT: 0, PERIODIC: 1, TSC_DEADLINE: 2 } as const;

/** Counts, and tells when the count ends. */
export class ApicTimer {
  mode: number = TimerMode.ONE_SHOT;
  readonly #clock: ApicClock;
  readonly #timer: ApicClockTimer;
  readonly #expired: () => void;
  #initial = 0;
  /** Time at which the initial count was written. */
  #startNs = 0;
  #divide = 0;
  /** The clock's time of the deadline, 0: none. */
  #deadlineNs = 0;
  #deadline = 0n;

  constructor(clock: ApicClock, expired: () => void) {
    this.#clock = clock;
    this.#expired = expired;
    this.#timer = clock.timer(() => this.#fire());
  }

  reset(): void {
    this.mode = TimerMode.ONE_SHOT;
    this.#initial = 0;
    this.#startNs = 0;
    this.#divide = 0;
    this.#forgetDeadline();
    this.#timer.cancel();
  }

  get initialCount(): number {
    return this.#initial;
  }
  set initialCount(count: number) {
    this.#initial = count >>> 0;
    this.#startNs = this.#clock.nowNs();
    this.#arm();
  }
  /** The divide configuration register: bits 0, 1 and 3. */
  get divideConfiguration(): number {
    return this.#divide;
  }
  set divideConfiguration(value: number) {
    const left = this.currentCount;
    this.#divide = value & 0xb;
    // The count goes on from where it was.
    this.#startNs = this.#clock.nowNs() - (this.#initial - left) * this.#nsPerCount;
    this.#arm();
  }
  /** Nanoseconds of one count: 1 to 128. */
  get #nsPerCount(): number {
    return 1 << ((((this.#divide & 3) | ((this.#divide >> 1) & 4)) + 1) % 8);
  }
  get #counted(): number {
    return Math.floor((this.#clock.nowNs() - this.#startNs) / this.#nsPerCount);
  }
  get currentCount(): number {
    if (this.#initial === 0 || this.mode === TimerMode.TSC_DEADLINE) return 0;
    const counted = this.#counted;
    if (this.mode === TimerMode.PERIODIC) return this.#initial - (counted % (this.#initial + 1));
    return Math.max(0, this.#initial - counted);
  }

  /** Another mode: a change from or to that of the deadline stops the timer. */
  setMode(mode: number): void {
    if (mode === this.mode) return;
    const stops = mode === TimerMode.TSC_DEADLINE || this.mode === TimerMode.TSC_DEADLINE;
    this.mode = mode;
    if (stops) {
      this.#initial = 0;
      this.#forgetDeadline();
    }
    this.#arm();
  }

  /** The deadline as the MSR shows it; 0 when it has passed, or there is none. */
  get deadline(): bigint {
    return this.#deadline;
  }
  /** @param inNs time until the time stamp, in nanoseconds of the clock */
  setDeadline(stamp: bigint, inNs: number): void {
    if (this.mode !== TimerMode.TSC_DEADLINE) return;
    this.#deadline = stamp;
    this.#deadlineNs = stamp === 0n ? 0 : this.#clock.nowNs() + Math.max(0, inNs);
    this.#arm();
  }
  #forgetDeadline(): void {
    this.#deadline = 0n;
    this.#deadlineNs = 0;
  }

  #arm(): void {
    if (this.mode === TimerMode.TSC_DEADLINE) {
      if (this.#deadlineNs === 0) this.#timer.cancel();
      else this.#timer.arm(this.#deadlineNs);
      return;
    }
    if (this.#initial === 0) return this.#timer.cancel();
    const counted = this.#counted;
    const period = this.#initial + 1;
    if (this.mode === TimerMode.PERIODIC) {
      const end = (Math.floor(counted / period) + 1) * period;
      this.#timer.arm(this.#startNs + end * this.#nsPerCount);
    } else if (counted < this.#initial) {
      this.#timer.arm(this.#startNs + this.#initial * this.#nsPerCount);
    } else this.#timer.cancel();
  }
  #fire(): void {
    if (this.mode === TimerMode.TSC_DEADLINE) this.#forgetDeadline();
    else this.#arm();
    this.#expired();
  }
}
