/** A mistake of whoever typed the command line: one line of text, exit code 1. */
export class CliError extends Error {
  override readonly name = "CliError";

  /** @param message one line, without the program's name */
  constructor(message: string) {
    super(message.replace(/\s*\n\s*/g, "; "));
  }
}

/** Say what is wrong with an option, naming it as it was typed. */
export function optionError(option: string, message: string): CliError {
  return new CliError(`${option}: ${message}`);
}
