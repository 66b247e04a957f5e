import { MemError } from "@mem/qom";

/** A mistake of whoever typed the command line: one line of text, exit code 1. Rule `command-line`. */
export class CliError extends MemError {
  static override readonly name: string = "CliError";

  /** @param message one line, without the program's name */
  constructor(message: string) {
    super(message.replace(/\s*\n\s*/g, "; "), { rule: "command-line" });
  }
}

/** Say what is wrong with an option, naming it as it was typed. */
export function optionError(option: string, message: string): CliError {
  return new CliError(`${option}: ${message}`);
}
