/** What Node calls `util.inspect.custom`; it is in the registry of symbols. */
const custom = Symbol.for("nodejs.util.inspect.custom");

/** The colours of `util.inspect`, by style: codes of a terminal that begin and end them. */
const colours: Readonly<Record<string, readonly [number, number]>> = {
  special: [36, 39],
  number: [33, 39],
  string: [32, 39],
  undefined: [90, 39],
};

interface Options {
  /** Colours as a terminal has them. Default: false. */
  readonly colors?: boolean;
}

/**
 * The text that `util.inspect` of Node, and so `console.log`, shows of an object that makes its own,
 * and of lists and records of such objects, in one line each. It is here for tests that also run
 * where there is no Node: `inspected.test.ts` holds it against Node's.
 */
export function inspected(value: unknown, { colors = false }: Options = {}): string {
  const stylize = (text: string, style: string): string => {
    const [begin, end] = (colors ? colours[style] : undefined) ?? [];
    return begin === undefined ? text : `\u001b[${begin}m${text}\u001b[${end}m`;
  };
  const textOf = (part: unknown, level: number): string => {
    if (typeof part !== "object" || part === null) throw new Error(`${String(part)} has no text`);
    const show: unknown = Reflect.get(part, custom);
    if (typeof show === "function") {
      return String(show.call(part, LEVELS - level, { depth: LEVELS, colors, stylize }));
    }
    if (Array.isArray(part)) return `[ ${part.map((it) => textOf(it, level + 1)).join(", ")} ]`;
    const members = Object.entries(part).map(([name, it]) => `${name}: ${textOf(it, level + 1)}`);
    return `{ ${members.join(", ")} }`;
  };
  return textOf(value, 0);
}

/** Levels that `util.inspect` goes down by itself. */
const LEVELS = 2;
