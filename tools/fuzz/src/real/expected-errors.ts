import { ListenerError, MemoryModelError } from "@mem/core";
import { QomError } from "@mem/qom";
import { Mischief } from "../traits.js";

/** A violated promise. */
export class Violation extends Error {
  override readonly name = "Violation";
}

/**
 * What an error comes to, in a word, where it is one that programs have to expect: misuse that is
 * refused with a rule, or what callbacks threw on purpose. `null` for any other.
 */
export function expectedError(error: unknown): string | null {
  if (error instanceof Violation) return null;
  if (error instanceof Mischief) return "mischief";
  if (error instanceof AggregateError) return allOf(error.errors);
  if (error instanceof ListenerError) return allOf(error.failures.map(({ cause }) => cause));
  if (error instanceof MemoryModelError) return error.rule;
  return error instanceof QomError ? error.name : null;
}

function allOf(errors: readonly unknown[]): string | null {
  const words = errors.map(expectedError);
  return words.includes(null) ? null : "several";
}

/** Whether a line of the log tells of an error inside the library. */
export function isInternal(line: string): boolean {
  return /\b(TypeError|RangeError|ReferenceError|SyntaxError|Maximum call stack|Violation)\b/.test(
    line,
  );
}
