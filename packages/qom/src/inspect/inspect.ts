/**
 * The name of the method that `console.log` and `util.inspect` of Node, Deno and Bun ask for a
 * text (`util.inspect.custom`, which is in the registry of symbols, so that nothing of Node's is
 * imported).
 * @see {@link inkOf}
 */
export const inspectCustom: unique symbol = Symbol.for("nodejs.util.inspect.custom");

/**
 * What {@link inspectCustom} is called with.
 * @see {@link inkOf}
 */
export interface InspectOptions {
  /** Colours a text, where colours are wanted. */
  readonly stylize?: ((text: string, style: string) => string) | undefined;
  /** How deep the outermost value is to be shown. */
  readonly depth?: number | null | undefined;
}

/**
 * Colours a text as a part of speech.
 * @see {@link inkOf}
 */
export type Ink = (text: string, part: "name" | "number" | "kind" | "faint") => string;

const STYLES = { name: "special", number: "number", kind: "string", faint: "undefined" };

/**
 * The colours that options of `util.inspect` ask for; none where they ask for none.
 *
 * @example
 * class Dial {
 *   position = 7;
 *   [inspectCustom](depth: number | null, options: InspectOptions): string {
 *     return `Dial at ${inkOf(options)(String(this.position), "number")}`;
 *   }
 * }
 */
export function inkOf(options: InspectOptions | undefined): Ink {
  const stylize = options?.stylize;
  return stylize === undefined ? (text) => text : (text, part) => stylize(text, STYLES[part]);
}

/**
 * Whether a value is shown as a part of another one, where one line is enough.
 * @param depth levels that are left, as {@link inspectCustom} is told
 * @see {@link inkOf}
 */
export function isNested(depth: number | null | undefined, options?: InspectOptions): boolean {
  if (typeof depth !== "number") return false;
  return depth < 0 || (typeof options?.depth === "number" && depth < options.depth);
}

/**
 * Some lines below a first one, indented, and how many there are more.
 * @param most lines that are shown
 * @see {@link inkOf}
 */
export function linesBelow(
  first: string,
  lines: Iterable<string>,
  ink: Ink,
  most = MOST_LINES,
): string {
  const shown: string[] = [];
  let left = 0;
  for (const line of lines) {
    if (shown.length < most) shown.push(`  ${line}`);
    else left++;
  }
  if (left > 0) shown.push(`  ${ink(`… ${left} more`, "faint")}`);
  return [first, ...shown].join("\n");
}

const MOST_LINES = 16;
