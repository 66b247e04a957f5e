import { type Ink, inspectCustom, type InspectOptions, outlined } from "@mem/qom";

/**
 * The text of an object about itself: in one line, and, where it is shown alone, in some more.
 * @see {@link Inspectable}
 */
export interface Summary {
  /** The name of its class. */
  readonly kind: string;
  /** The name that people gave it, or what it is about. */
  readonly name?: string;
  /** The facts about it besides, in a few words each; what is `false` is left out. */
  readonly facts?: readonly (string | false)[];
  /** Lines below, made one at a time as they are asked for. */
  readonly lines?: (ink: Ink) => Iterable<string>;
  /** Number of lines, where that is known. */
  readonly total?: number;
}

/** Most items of a list that `toJSON` gives. */
const MOST_DATA = 256;

const plain: Ink = (text) => text;

/** The line of a summary; see {@link Summary}. */
export function summaryLine(summary: Summary, ink: Ink = plain): string {
  const { kind, name = "", facts = [] } = summary;
  const told = facts.filter((fact) => fact !== false && fact !== "");
  const first = name === "" ? ink(kind, "kind") : `${ink(kind, "kind")} ${ink(name, "name")}`;
  return [first, ...told].join(", ");
}

/** A summary as `console.log` and `util.inspect` show it: its line alone within something else. */
export function inspectSummary(
  depth: number | null,
  options: InspectOptions | undefined,
  summary: Summary,
): string {
  const { lines, total } = summary;
  return outlined(depth, options, {
    head: (ink) => summaryLine(summary, ink),
    ...(lines === undefined ? {} : { lines }),
    ...(total === undefined ? {} : { total }),
  });
}

/** The first of some values, 256 at most, as data. */
export function dataOf<T, Data>(values: Iterable<T>, each: (value: T) => Data): Data[] {
  const data: Data[] = [];
  for (const value of values) {
    if (data.length === MOST_DATA) break;
    data.push(each(value));
  }
  return data;
}

/**
 * An object that `console.log` shows as a few lines in place of what is in it. Those classes extend
 * it that a bundle is to be without when nobody uses them: a method with a computed name of their
 * own would keep them there.
 */
export abstract class Inspectable {
  /** The text that is shown; calls nobody, and takes no longer the more there is. */
  protected abstract summarize(): Summary;

  /** One line about it. */
  toString(): string {
    return summaryLine(this.summarize());
  }

  /** The text that `console.log` and `util.inspect` show. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return inspectSummary(depth, options, this.summarize());
  }
}
