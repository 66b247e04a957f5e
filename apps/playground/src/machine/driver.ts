/** Driver of the machine: at full speed, or not faster than was asked for. */
import type { MachineEnd, PcMachine } from "@mem/pc-machine";

/** Between two turns of a machine that is held back, in milliseconds. */
const TURN_MS = 16;

/** Runs and stops a machine. */
export class Driver {
  readonly #pc: PcMachine;
  readonly #stopped: (end: MachineEnd | null) => void;
  #perSecond: number | null = null;
  #isWanted = false;
  #isAtWork = false;
  #isHeldBack = false;

  /** @param stopped called when the machine has stopped, with its end if it has come to one */
  constructor(pc: PcMachine, stopped: (end: MachineEnd | null) => void) {
    this.#pc = pc;
    this.#stopped = stopped;
  }

  /** True if the machine runs, or is about to. */
  get running(): boolean {
    return this.#isWanted;
  }

  /** Instructions a second at most; `null` is as fast as it goes. */
  limit(perSecond: number | null): void {
    this.#perSecond = perSecond;
    this.#pc.stop();
  }

  run(): void {
    if (this.#pc.end !== null) return;
    this.#isWanted = true;
    if (!this.#isAtWork) void this.#work();
  }

  pause(): void {
    this.#isWanted = false;
    this.#pc.stop();
  }

  /** Run so many instructions, and no more. Nothing while it runs. */
  step(instructions: number): void {
    if (this.#isAtWork) return;
    const { clock } = this.#pc;
    clock.setRunning(true);
    const result = this.#pc.step(instructions);
    clock.setRunning(false);
    this.#stopped(result.kind === "ended" ? result.end : null);
  }

  /** Resolves when the machine stands still. */
  async halt(): Promise<void> {
    this.pause();
    while (this.#isAtWork) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  async #work(): Promise<void> {
    this.#isAtWork = true;
    let end: MachineEnd | null = null;
    while (this.#isWanted && end === null) {
      end = this.#perSecond === null ? await this.#pc.run() : await this.#heldBack(this.#perSecond);
    }
    this.#isAtWork = false;
    this.#isWanted = false;
    this.#stopped(end);
  }

  /** Some instructions each turn, until the limit changes or the machine stops. */
  async #heldBack(perSecond: number): Promise<MachineEnd | null> {
    const { clock } = this.#pc;
    this.#isHeldBack = true;
    clock.setRunning(true);
    try {
      let owed = 0;
      let last = performance.now();
      while (this.#isWanted && this.#perSecond === perSecond) {
        const now = performance.now();
        owed = Math.min(perSecond / 4, owed + ((now - last) * perSecond) / 1000);
        last = now;
        const share = Math.floor(owed);
        owed -= share;
        const deadline = now + TURN_MS;
        for (let left = share; left > 0 && this.#isWanted && performance.now() < deadline;) {
          const turn = Math.min(left, 100_000);
          const result = this.#pc.step(turn);
          left -= turn;
          if (result.kind === "ended") return result.end;
          if (result.kind === "wait") break;
        }
        await new Promise((resolve) => setTimeout(resolve, TURN_MS / 2));
      }
      return null;
    } finally {
      clock.setRunning(false);
      this.#isHeldBack = false;
    }
  }

  /** True if it is held back just now. */
  get heldBack(): boolean {
    return this.#isHeldBack;
  }
}
