/** Progress of `linux`: a line for a terminal that tells how long it has been. */
const TICK_MS = 250;
const CLEAR_LINE = "\r\u001b[K";

/** Output for progress: standard error. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** One step of work at a time. Where nobody watches, each is a plain line. */
export class Progress {
  readonly #output: ProgressOutput;
  readonly #name: string;
  #timer: NodeJS.Timeout | null = null;

  /** @param name the program's, at the beginning of each line */
  constructor(output: ProgressOutput, name: string) {
    this.#output = output;
    this.#name = name;
  }

  /** Say something that stays. Ends the step. */
  say(text: string): void {
    this.end();
    this.#output.write(`${this.#name}: ${text}\n`);
  }

  /** A step begins; the one before has ended. */
  begin(text: string): void {
    this.end();
    if (this.#output.isTTY !== true) {
      this.#output.write(`${this.#name}: ${text}\n`);
      return;
    }
    const began = performance.now();
    const show = (): void => {
      const seconds = Math.floor((performance.now() - began) / 1000);
      this.#output.write(
        `${CLEAR_LINE}${this.#name}: ${text} ...${seconds > 0 ? ` ${seconds} s` : ""}`,
      );
    };
    show();
    this.#timer = setInterval(show, TICK_MS).unref();
  }

  /** The step has ended: its line goes. */
  end(): void {
    if (this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
    this.#output.write(CLEAR_LINE);
  }
}
