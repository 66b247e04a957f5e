/** A clock that counts guest instructions: the same guest sees the same times in every run. */
import type { MachineClock, TimedCpu, Timer } from "./clock.js";
import { TimerQueue } from "./timer-queue.js";
import { PcError } from "../pc-error.js";

/** Time driven by instructions (QEMU's `-icount`, with sleeping skipped). */
export class InstructionClock implements MachineClock {
  readonly followsHost = false;
  readonly #nsPerInstruction: number;
  readonly #timers: TimerQueue;
  #cpu: TimedCpu | null = null;
  /** Nanoseconds slept through, on top of those the instructions took. */
  #slept = 0;

  /**
   * @param nsPerInstruction what an instruction takes, above 0; the default of 10 is a machine of
   *   100 million instructions a second
   * @throws PcError when it is not a positive number
   */
  constructor(nsPerInstruction = 10) {
    if (!(nsPerInstruction > 0) || !Number.isFinite(nsPerInstruction)) {
      throw new PcError(`an instruction takes a positive time, not ${nsPerInstruction} ns`, {
        rule: "clock-period",
      });
    }
    this.#nsPerInstruction = nsPerInstruction;
    this.#timers = new TimerQueue(() => this.#cpu?.requestStop());
  }

  get nextDeadlineNs(): number {
    return this.#timers.nearestNs;
  }

  nowNs(): number {
    return this.#slept + (this.#cpu?.instructionCount ?? 0) * this.#nsPerInstruction;
  }

  timer(fire: () => void): Timer {
    return this.#timers.create(fire);
  }

  attachCpu(cpu: TimedCpu): void {
    this.#cpu = cpu;
  }

  instructionBudget(limit: number): number {
    const left = (this.#timers.nearestNs - this.nowNs()) / this.#nsPerInstruction;
    return Math.max(1, Math.min(limit, Math.ceil(left)));
  }

  runDue(): number {
    return this.#timers.runDue(this.nowNs());
  }

  idle(): number {
    const deadline = this.#timers.nearestNs;
    if (deadline === Infinity) {
      return Infinity;
    }
    this.advance(deadline - this.nowNs());
    return 0;
  }

  /** Let `ns` nanoseconds pass without an instruction (a test's hand on the clock). */
  advance(ns: number): void {
    this.#slept += Math.max(0, ns);
  }

  sliceEnded(): void {
    // A slice is as long as its instructions.
  }

  setRunning(): void {
    // Time stands still by itself when no instruction runs.
  }
}
