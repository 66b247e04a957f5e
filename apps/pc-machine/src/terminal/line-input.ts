/** The place where a program's lines come from: a person at a terminal, or a pipe. */

/** Completions of a line's end, and how many of its letters they replace. */
export interface Completions {
  /** Completions of the last word. */
  readonly words: readonly string[];
  /** The last word, as far as it was typed. */
  readonly typed: string;
}

/** The only possibility: what comes next is another word, but for a path or a list. */
export function finished(word: string): string {
  return /[=/,.:]$/.test(word) ? word : `${word} `;
}

/** Whoever is told of lines. */
export interface LineHandler {
  /** Prompt in front of the line. */
  readonly prompt: string;
  /** A line was finished. Its end has been shown. @returns whether another one is wanted */
  line(text: string): boolean;
  /** The line up to the cursor: what could follow. */
  complete(text: string): Completions;
}

/** Takes keys, and gives lines. */
export interface LineInput {
  /** A byte from the keyboard or the pipe; characters are UTF-8. */
  feed(byte: number): void;
  /** Show the prompt, and what was typed of the line so far. */
  prompt(): void;
  /** Another has the keyboard until the next {@link prompt}. */
  leave(): void;
  /** Show text that has nothing to do with the line that is being typed. */
  print(text: string): void;
}
