/** A run of the PC: from power-on to the exit of the program. */
import type { MachineEnd, PcMachine } from "../board/index.js";
import type { MonitorTarget } from "../monitor/index.js";

/** How a session behaves. */
export interface SessionOptions {
  readonly name: string | null;
  /** Wait for `cont` before the first instruction. */
  readonly startStopped: boolean;
  /** A reset ends the session. */
  readonly noReboot: boolean;
  /** Power-off stops the guest, and leaves the monitor running. */
  readonly noShutdown: boolean;
  /** Whether somebody can still type to the guest or the monitor. */
  inputOpen(): boolean;
  /** Whether somebody may look at a guest that has halted for good. */
  keepsHaltedGuest(): boolean;
}

/** Why the guest does not run: shown by `info status`. */
type Pause = "prelaunch" | "shutdown" | "user";

/** Runs the machine until there is no more reason to. */
export class Session implements MonitorTarget {
  readonly pc: PcMachine;
  readonly #options: SessionOptions;
  #pause: Pause | null;
  #quit = false;
  /** The guest is halted with nothing that could wake it. */
  #halted = false;
  #wake: (() => void) | null = null;
  /** Settles when the guest may write again. */
  #congestion: Promise<void> | null = null;

  constructor(pc: PcMachine, options: SessionOptions) {
    this.pc = pc;
    this.#options = options;
    this.#pause = options.startStopped ? "prelaunch" : null;
  }

  get name(): string | null {
    return this.#options.name;
  }

  get status(): string {
    switch (this.#pause) {
      case null:
        return "running";
      case "user":
        return "paused";
      default:
        return `paused (${this.#pause})`;
    }
  }

  stop(): void {
    this.#pause ??= "user";
    this.#changed();
  }

  cont(): void {
    if (this.#pause === "shutdown") {
      // A machine that is off starts anew only by a reset.
      return;
    }
    this.#pause = null;
    this.#changed();
  }

  reset(): void {
    if (this.#options.noReboot) {
      this.quit();
      return;
    }
    this.#halted = false;
    this.pc.reset();
    if (this.#pause === "shutdown") {
      this.#pause = "user";
    }
    this.#changed();
  }

  quit(): void {
    this.#quit = true;
    this.#changed();
  }

  /** The guest will do nothing more unless somebody types. */
  guestIsIdle(): void {
    if (!this.#options.inputOpen()) {
      this.quit();
    }
  }

  /** Nothing more will be typed. */
  inputEnded(): void {
    this.#changed();
  }

  /** The guest writes faster than it is read: hold it until `drained` settles. */
  holdUntil(drained: Promise<void>): void {
    this.#congestion ??= drained;
    this.pc.stop();
  }

  /** Run. Settles when the program should exit. */
  async run(): Promise<void> {
    while (!this.#quit) {
      if (this.#congestion !== null) {
        await Promise.race([this.#congestion, this.#change()]);
        this.#congestion = null;
      } else if (this.#pause === null && !this.#halted) {
        const end = await this.pc.run();
        if (end !== null && !this.#quit) {
          this.#ended(end);
        }
      } else if (this.#worthWaiting()) {
        await this.#change();
      } else {
        return;
      }
    }
  }

  /** Settles when somebody asks for something. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Whether a guest that does not run could ever run again. */
  #worthWaiting(): boolean {
    return this.#pause === null ? this.#options.keepsHaltedGuest() : this.#options.inputOpen();
  }

  #ended(end: MachineEnd): void {
    if (end.kind === "halted") {
      this.#halted = true;
    } else if (this.#options.noShutdown) {
      this.#pause = "shutdown";
    } else {
      this.#quit = true;
    }
  }

  #changed(): void {
    if (this.pc.running && (this.#quit || this.#pause !== null)) {
      this.pc.stop();
    }
    this.pc.wake();
    this.#wake?.();
  }
}
