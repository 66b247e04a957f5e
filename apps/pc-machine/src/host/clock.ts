/**
 * Virtual time: nanoseconds since power-on, and the timers devices arm on it.
 *
 * Two clocks exist: `RealTimeClock` (`real-time-clock.ts`) follows the host, `InstructionClock`
 * (`instruction-clock.ts`) counts guest instructions and makes a run repeatable. Devices see only
 * {@link Clock} and {@link Timer}.
 */

/** One deadline of a device. Armed anew, it forgets the deadline it had. */
export interface Timer {
  /** Fire once when the clock reaches `deadlineNs` (absolute, in virtual nanoseconds; in the past means "at once"). */
  arm(deadlineNs: number): void;
  /** Forget the deadline. No-op when not armed. */
  cancel(): void;
  /** True if a deadline is set. */
  readonly armed: boolean;
  /** The deadline in virtual nanoseconds, `Infinity` when not armed. */
  readonly deadlineNs: number;
}

/** Clock as a device uses it (QEMU's `QEMU_CLOCK_VIRTUAL`). */
export interface Clock {
  /** Virtual nanoseconds since power-on; never goes back. */
  nowNs(): number;
  /** A new timer, not armed. `fire` runs between guest instructions, never inside a device access. */
  timer(fire: () => void): Timer;
}

/** CPU as the clock sees it that times it. */
export interface TimedCpu {
  /** Instructions run since power-on; may be read while the CPU runs. */
  readonly instructionCount: number;
  /** Leave the run soon: a timer was armed that is due before the run would have ended. */
  requestStop(): void;
}

/** Clock as the machine's run loop uses it, beyond what devices see. */
export interface MachineClock extends Clock {
  /** The nearest deadline in virtual nanoseconds, `Infinity` when no timer is armed. */
  readonly nextDeadlineNs: number;
  /** True if time passes without the guest (so that waiting for the host makes sense). */
  readonly followsHost: boolean;
  /** The CPU whose instructions this clock counts, and which it stops for a new deadline. */
  attachCpu(cpu: TimedCpu): void;
  /** Number of instructions that may run before timers are looked at again: 1 to `limit`. */
  instructionBudget(limit: number): number;
  /** Fire every timer that is due, nearest first. Returns how many fired. */
  runDue(): number;
  /**
   * The CPU sleeps until the nearest deadline. An instruction-driven clock jumps there and returns
   * 0; a real-time clock returns the host milliseconds to wait (`Infinity`: no timer is armed).
   */
  idle(): number;
  /** The host's other work is about to have its turn: what that takes says nothing about the guest's speed. */
  sliceEnded(): void;
  /** The guest starts or stops running: real time does not pass for a stopped guest. */
  setRunning(running: boolean): void;
}
