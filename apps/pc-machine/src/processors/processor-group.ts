/** Several processors that take turns in one thread. */
import type { CodeBits, CpuDebugger } from "@mem/x86";

import type { PcCpu } from "../board/processor/cpu.js";

const INTERRUPT_FLAG = 0x200;
/** Instructions of a turn at most. */
const TURN = 4000;
/** Instructions at most of a processor that comes before its turn, since it was interrupted. */
const URGENT_TURN = 1000;

/**
 * Processors as one: each runs for some thousand instructions, then the next one does, so that a run is
 * repeatable where time is counted in instructions. A run that ends early, as when a timer is due, is no end
 * of a turn: a guest that reads two timers one after the other finds them to agree. A processor that is asked
 * for something comes before its turn, for a little while; one that asks another one ends its own. Registers
 * and addresses shown are those of {@link selected}.
 */
export class ProcessorGroup implements PcCpu {
  /** Every processor, by number. */
  readonly all: readonly PcCpu[];
  /** The number of the one that monitors look at. */
  selected = 0;
  readonly #first: PcCpu;
  /** The processor whose turn it is, and what is left of that. */
  #turn = 0;
  #left = TURN;
  /** The processor that comes first, -1: none. */
  #urgent = -1;
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
    this.#left = TURN;
    this.#urgent = -1;
  }
  run(maxInstructions: number): number {
    const { all } = this;
    this.#stops = false;
    let ran = 0;
    for (let idle = 0; ran < maxInstructions && idle < all.length && !this.#stops;) {
      const urgent = this.#urgent >= 0 && this.#urgent !== this.#turn;
      this.#running = urgent ? this.#urgent : this.#turn;
      this.#urgent = -1;
      const cpu = all[this.#running] ?? this.#first;
      const turn = urgent ? URGENT_TURN : this.#left;
      const count = cpu.run(Math.min(turn, maxInstructions - ran));
      ran += count;
      if (!urgent) {
        this.#left -= count;
        // One that does nothing, or made way for another, has had its turn.
        if (this.#left <= 0 || count === 0 || (this.#urgent >= 0 && !this.#stops)) this.#pass();
      }
      idle = count > 0 || urgent ? 0 : idle + 1;
      if (cpu.shutdown) break;
    }
    this.#running = -1;
    return ran;
  }
  /** The turn of the next one. */
  #pass(): void {
    this.#turn = (this.#turn + 1) % this.all.length;
    this.#left = TURN;
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
