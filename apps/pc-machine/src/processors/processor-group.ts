/** Several processors that take turns in one thread. */
import type { CodeBits, CpuDebugger } from "@mem/x86";

import type { PcCpu } from "../board/processor/cpu.js";

const INTERRUPT_FLAG = 0x200;
/** Instructions of a turn at most. */
const TURN = 4000;
/**
 * Instructions of one while all others halt, and come first when something wakes them: the end of a turn costs as much
 * as some hundred instructions, which are interpreted.
 */
const TURN_ALONE = 100_000;
/** Instructions at most of a processor that comes before its turn, since it was interrupted. */
const URGENT_TURN = 1000;

/**
 * Processors as one: each runs for some thousand instructions, then the next one does, so that a run is
 * repeatable where time is counted in instructions. A run that ends early, as when a timer is due, is no end
 * of a turn: a guest that reads two timers one after the other finds them to agree. A processor that is asked
 * for something comes before its turn, for a little while; one that asks another one, or executes PAUSE to wait for
 * it, ends its own. Registers and addresses shown are those of {@link selected}.
 */
export class ProcessorGroup implements PcCpu {
  /** Every processor, by number. */
  readonly all: readonly PcCpu[];
  /** The number of the one that monitors look at. */
  selected = 0;
  readonly #first: PcCpu;
  /** The processor whose turn it is, and what it has executed of that. */
  #turn = 0;
  #ran = 0;
  /** The processor that comes first, -1: none. */
  #urgent = -1;
  /** Those that were asked for something and have not run since. */
  readonly #asked = new Set<number>();
  /** Does the one that runs wait for another one? And how many turns in a row, of those that do anything, did? */
  #waits = false;
  #waited = 0;
  #running = -1;
  #stops = false;

  constructor(first: PcCpu, others: readonly PcCpu[]) {
    this.#first = first;
    this.all = [first, ...others];
  }

  /** The number of the processor that runs, -1: none does. */
  get running(): number {
    return this.#running;
  }
  get #shown(): PcCpu {
    return this.all[this.selected] ?? this.#first;
  }

  reset(): void {
    for (const cpu of this.all) cpu.reset();
    this.#turn = 0;
    this.#ran = 0;
    this.#urgent = -1;
    this.#asked.clear();
    this.#waited = 0;
  }
  run(maxInstructions: number): number {
    const { all } = this;
    this.#stops = false;
    let ran = 0;
    for (let idle = 0; ran < maxInstructions && idle < all.length && !this.#stops;) {
      const urgent = this.#urgent >= 0 && this.#urgent !== this.#turn;
      this.#running = urgent ? this.#urgent : this.#turn;
      this.#urgent = -1;
      this.#asked.delete(this.#running);
      const cpu = all[this.#running] ?? this.#first;
      const turn = this.#isAlone(this.#running) ? TURN_ALONE : TURN;
      const left = urgent ? URGENT_TURN : Math.max(turn - this.#ran, 1);
      this.#waits = false;
      const count = cpu.run(Math.min(left, maxInstructions - ran));
      ran += count;
      if (!urgent) {
        this.#ran += count;
        if (this.#waits) this.#waited++;
        else if (count > 0) this.#waited = 0;
        // One that does nothing, waits, or made way for another, has had its turn.
        const makesWay = this.#waits || (this.#urgent >= 0 && !this.#stops);
        if (this.#ran >= turn || count === 0 || makesWay) this.#pass();
      }
      idle = count > 0 || urgent ? 0 : idle + 1;
      if (cpu.shutdown) break;
    }
    this.#running = -1;
    return ran;
  }
  /** Do all others halt, with nothing that would wake them? */
  #isAlone(number: number): boolean {
    return this.all.every(
      (cpu, other) => other === number || (cpu.halted && !this.#asked.has(other)),
    );
  }
  /**
   * The one that runs waits for what another one does: its turn is over. Where all of them wait, it is time that they
   * wait for, and each keeps its turn.
   */
  pause(): void {
    if (this.#waits || this.#waited >= this.all.length || this.#isAlone(this.#running)) return;
    this.#waits = true;
    this.all[this.#running]?.requestStop();
  }
  /** The turn of the next one. */
  #pass(): void {
    this.#turn = (this.#turn + 1) % this.all.length;
    this.#ran = 0;
  }
  /** One instruction of processor `number` for a debugger, whose registers are in place meanwhile. */
  step(number: number): void {
    this.#running = number;
    try {
      this.all[number]?.debugger?.step();
    } finally {
      this.#running = -1;
    }
  }
  /** Processor `number` has been asked for something: it comes first, and the one that runs makes way. */
  attend(number: number): void {
    if (this.#running === number) return;
    this.#urgent = number;
    this.#asked.add(number);
    if (this.#running >= 0) this.all[this.#running]?.requestStop();
  }
  requestStop(): void {
    this.#stops = true;
    this.all[this.#running]?.requestStop();
  }

  get halted(): boolean {
    return this.all.every((cpu) => cpu.halted);
  }
  get shutdown(): boolean {
    return this.all.some((cpu) => cpu.shutdown);
  }
  get canWake(): boolean {
    return this.all.some((cpu) => (cpu.state().eflags & INTERRUPT_FLAG) !== 0);
  }
  get instructionCount(): number {
    let count = 0;
    for (const cpu of this.all) count += cpu.instructionCount;
    return count;
  }

  setIntr(level: boolean): void {
    this.#first.setIntr(level);
  }
  setA20(enabled: boolean): void {
    for (const cpu of this.all) cpu.setA20(enabled);
  }
  raiseNmi(): void {
    for (const cpu of this.all) cpu.raiseNmi?.();
  }
  /** The first processor alone, as on QEMU's board. */
  raiseSmi(): void {
    this.#first.raiseSmi?.();
  }
  state(): ReturnType<PcCpu["state"]> {
    return this.#shown.state();
  }
  formatRegisters(): string {
    return this.#shown.formatRegisters?.() ?? "";
  }
  get debugger(): CpuDebugger | undefined {
    return this.#shown.debugger;
  }
  get codeBits(): CodeBits {
    return this.#shown.codeBits ?? 32;
  }
  translateDebug(linear: number): number | null {
    return this.#shown.translateDebug?.(linear) ?? null;
  }
}
