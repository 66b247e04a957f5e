/** The monitor at a keyboard: its lines, its prompt, its greeting. */
import type { LineHandler, LineInput } from "../terminal/line-input.js";
import { plainStyle, type Style } from "../text/style.js";
import { Monitor } from "./monitor.js";
import type { MonitorTarget } from "./target.js";

/** What stands before a line. */
export const PROMPT = "(mem) ";

/** A monitor that is typed to. */
export class MonitorConsole {
  readonly #input: LineInput;
  #greeted = false;
  #ended = false;

  /** @param input makes what the lines come from */
  constructor(
    target: MonitorTarget,
    input: (handler: LineHandler) => LineInput,
    style: Style = plainStyle,
  ) {
    const monitor = new Monitor(target, (text) => this.#input.print(text), style);
    this.#input = input({
      prompt: style("prompt", PROMPT.trimEnd()) + " ",
      line: (text) => {
        monitor.execute(text);
        this.#ended ||= monitor.ended;
        return !this.#ended;
      },
      complete: (text) => monitor.complete(text),
    });
  }

  /** A byte typed to the monitor. */
  feed(byte: number): void {
    if (!this.#ended) {
      this.#input.feed(byte);
    }
  }

  /** The monitor has the keyboard now. */
  focus(): void {
    if (!this.#greeted) {
      this.#greeted = true;
      this.#input.print("Type 'help' for the commands.\n");
    }
    this.#input.prompt();
  }

  /** The keyboard is another's now. */
  blur(): void {
    this.#input.leave();
  }
}
