/** The monitor at a keyboard: its lines, its prompt, its greeting. */
import type { LineHandler, LineInput } from "../terminal/line-input.js";
import { plainStyle, type Style } from "../text/style.js";
import { VERSION } from "../cli/version.js";
import { Monitor } from "./monitor.js";
import type { MonitorTarget } from "./target.js";

/** Prompt before a line. */
export const PROMPT = "(mem) ";

/** Texts shown to whoever types. */
export interface ConsoleTexts {
  /** Prompt before a line. */
  readonly prompt: string;
  readonly greeting: string;
}

const TERMINAL: ConsoleTexts = { prompt: PROMPT, greeting: "Type 'help' for the commands.\n" };

/** A monitor on a connection, where programs look for QEMU's prompt. */
export const REMOTE_CONSOLE: ConsoleTexts = {
  prompt: "(qemu) ",
  greeting: `mem-pc ${VERSION} monitor - type 'help' for more information\n`,
};

/** A monitor that is typed to. */
export class MonitorConsole {
  readonly #input: LineInput;
  readonly #greeting: string;
  #greeted = false;
  #ended = false;

  /** @param input makes what the lines come from */
  constructor(
    target: MonitorTarget,
    input: (handler: LineHandler) => LineInput,
    style: Style = plainStyle,
    texts: ConsoleTexts = TERMINAL,
  ) {
    this.#greeting = texts.greeting;
    const monitor = new Monitor(target, (text) => this.#input.print(text), style);
    this.#input = input({
      prompt: style("prompt", texts.prompt.trimEnd()) + " ",
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
      this.#input.print(this.#greeting);
    }
    this.#input.prompt();
  }

  /** The keyboard is another's now. */
  blur(): void {
    this.#input.leave();
  }
}
