import { shown } from "../options/kinds.js";

/**
 * The name of the method that `console.log` and `util.inspect` of Node, Deno and Bun ask for a
 * text: `util.inspect.custom`, which is in the registry of symbols, so that nothing of Node's is
 * imported.
 * @see {@link outlined}
 */
export const inspectCustom: unique symbol = Symbol.for("nodejs.util.inspect.custom");

/**
 * The options of `util.inspect`, as {@link inspectCustom} is called with them.
 * @see {@link outlined}
 */
export interface InspectOptions {
  /** Colours a text, where colours are wanted. */
  readonly stylize?: ((text: string, style: string) => string) | undefined;
  /** Number of levels to which the outermost value is to be shown. */
  readonly depth?: number | null | undefined;
}

/**
 * Colours a text as a part of speech.
 * @see {@link outlined}
 */
export type Ink = (text: string, part: "name" | "number" | "kind" | "faint") => string;

const STYLES = { name: "special", number: "number", kind: "string", faint: "undefined" };

/**
 * The colours that options of `util.inspect` ask for; none where they ask for none.
 *
 * @example
 * class Dial {
 *   position = 7;
 *   [inspectCustom](_depth: number | null, options?: InspectOptions) {
 *     return `Dial at ${inkOf(options)(String(this.position), "number")}`;
 *   }
 * }
 * console.log(new Dial()); // Dial at 7
 */
export function inkOf(options: InspectOptions | undefined): Ink {
  const stylize = options?.stylize;
  if (typeof stylize !== "function") return (text) => text;
  return (text, part) => stylize(text, STYLES[part]);
}

/**
 * Says that a value is shown as a part of another one, where one line is enough.
 * @param depth number of levels that are left, as {@link inspectCustom} is told: below 0 for none
 * @param options options that it is told besides
 * @see {@link outlined}
 */
export function isNested(depth: number | null | undefined, options?: InspectOptions): boolean {
  if (typeof depth !== "number") return false;
  return depth < 0 || (typeof options?.depth === "number" && depth < options.depth);
}

/** Lines that {@link linesBelow} shows. */
const MOST_LINES = 16;

/**
 * A first line and some below it, indented by two spaces. No more of `lines` are asked for than
 * are shown, sixteen; a last one says that, or how many, there are more.
 * @param total number of all, where that is known
 * @see {@link outlined}
 */
export function linesBelow(
  first: string,
  lines: Iterable<string>,
  ink: Ink,
  total?: number,
): string {
  const shown = [first];
  for (const line of lines) {
    if (shown.length > MOST_LINES) {
      const more = total === undefined ? "more" : `${total - MOST_LINES} more`;
      shown.push(`  ${ink(`… ${more}`, "faint")}`);
      break;
    }
    shown.push(`  ${line}`);
  }
  return shown.join("\n");
}

/**
 * A text in two parts: a line that is always shown, and lines for who is shown alone.
 * @see {@link outlined}
 */
export interface Outline {
  /** The line. */
  head(ink: Ink): string;
  /** The lines below, made one at a time as they are asked for. Default: none. */
  lines?(ink: Ink): Iterable<string>;
  /** Number of lines, where that is known. */
  readonly total?: number;
}

/**
 * The text of an outline, as {@link inspectCustom} answers it: its first line when it is nested.
 * @param depth number of levels that are left, as {@link inspectCustom} is told: below 0 for none
 * @param options options that it is told besides
 *
 * @example
 * class Shelf {
 *   books = ["Emma", "Persuasion"];
 *   [inspectCustom](depth: number | null, options?: InspectOptions) {
 *     const { books } = this;
 *     return outlined(depth, options, { head: () => "Shelf", lines: () => books });
 *   }
 * }
 * console.log(new Shelf()); // Shelf, and two lines below
 * console.log([new Shelf()]); // [ Shelf ]
 */
export function outlined(
  depth: number | null | undefined,
  options: InspectOptions | undefined,
  outline: Outline,
): string {
  const ink = inkOf(options);
  const head = outline.head(ink);
  if (outline.lines === undefined || isNested(depth, options)) return head;
  return linesBelow(head, outline.lines(ink), ink, outline.total);
}

/**
 * A value that some object has, as JSON and as a text have it: numbers, strings and flags are
 * themselves, and all else is a short text.
 * @see {@link outlined}
 */
export function plainValue(value: unknown): string | number | boolean | null {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "string") return value.length > 80 ? `${value.slice(0, 80)}…` : value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value === "boolean" || value === null) return value;
  return shown(value);
}
