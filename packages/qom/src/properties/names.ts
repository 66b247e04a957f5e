import { PropertyNameError } from "../errors/index.js";
import { refuse } from "../node/definitions.js";
import { checkArgument } from "../options/check-options.js";
import { aText } from "../options/kinds.js";

const ESCAPED = /[/[\\\]]/g;

/**
 * Makes any text usable as a child's name: `/`, `[`, `\` and `]` become `\x2f`, `\x5b`, `\x5c`
 * and `\x5d`, as QEMU does with the names of memory regions. Other characters stay.
 * @throws QomArgumentError for what is no text
 */
export function escapeName(text: string): string {
  checkArgument(text, aText, "escapeName", "the text", refuse);
  return text.replace(ESCAPED, (c) => `\\x${c.charCodeAt(0).toString(16)}`);
}

/**
 * The stem of an array name: `"pam"` for `"pam[*]"`, null for a name that is not of that form.
 */
export function arrayStem(name: string): string | null {
  return name.endsWith("[*]") ? name.slice(0, -3) : null;
}

/**
 * Throws unless a path can reach a property of that name.
 * @throws PropertyNameError when it is empty or contains a `/`
 */
export function checkPropertyName(name: string, where: () => string): void {
  if (name === "") throw new PropertyNameError(where(), name, "it is empty");
  if (name.includes("/")) {
    throw new PropertyNameError(where(), name, "'/' separates path components (see escapeName)");
  }
}
