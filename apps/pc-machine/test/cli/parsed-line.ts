import type { CommandLine } from "../../src/cli/command-line.js";
import { parseCommandLine, type RunRequest } from "../../src/cli/parse.js";

/** The request of words that start a machine. @throws Error for words that ask for something else */
export function runRequest(words: readonly string[]): RunRequest {
  const request = parseCommandLine(words);
  if (request.kind !== "run") throw new Error(`"${words.join(" ")}" asks for ${request.kind}`);
  return request;
}

/** The command line of a text: words between spaces. */
export function parse(text: string): CommandLine {
  return runRequest(text.split(" ").filter((word) => word !== "")).line;
}

/** Name and message of the error that `action` throws. */
export function errorText(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  return "no error";
}
