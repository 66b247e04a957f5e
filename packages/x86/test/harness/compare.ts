import { decode, formatItem, type Item } from "./stream.js";

/** What differs between two streams, in lines for people; empty when they are the same. */
export interface Comparison {
  readonly lines: readonly string[];
  /** Items that differ, the ones not listed included. */
  readonly differences: number;
  readonly items: number;
}

function sameItem(a: Item, b: Item): boolean {
  return formatItem(a) === formatItem(b);
}

/**
 * Compares the stream a program produced with the one it should have. At most `perCase` differing
 * items of one case and `limit` in total become lines; the comparison ends where the two no longer
 * run in step (one went another way and shows another label).
 */
export function compareStreams(
  expected: Uint8Array,
  actual: Uint8Array,
  { perCase = 2, limit = 60 } = {},
): Comparison {
  if (Buffer.compare(expected, actual) === 0) return { lines: [], differences: 0, items: 0 };
  const want = decode(expected);
  const have = decode(actual);
  const lines: string[] = [];
  let label = "(start)";
  let inCase = 0;
  let differences = 0;
  let last: Item | undefined;
  for (let i = 0; i < Math.max(want.length, have.length); i++) {
    const a = want[i];
    const b = have[i];
    if (a?.kind === "label" && b?.kind === "label" && a.text === b.text) {
      label = a.text;
      inCase = 0;
    } else if (a === undefined || b === undefined || a.kind !== b.kind || a.kind === "label") {
      differences++;
      lines.push(
        `${label}: out of step. Expected ${a ? formatItem(a) : "(nothing more)"}, ` +
          `got ${b ? formatItem(b) : "(nothing more)"}; last in step: ${last ? formatItem(last) : "-"}`,
      );
      break;
    } else if (!sameItem(a, b)) {
      differences++;
      if (inCase++ < perCase && lines.length < limit) {
        lines.push(`${label}:\n    expected ${formatItem(a, b)}\n    actual   ${formatItem(b, a)}`);
      }
    }
    last = b;
  }
  return { lines, differences, items: want.length };
}

/** The failed expectations of a `manual` program, in lines for people. */
export function failedExpectations(stream: Uint8Array): string[] {
  const lines: string[] = [];
  let label = "(start)";
  let index = 0;
  let checks = 0;
  let ended = false;
  for (const item of decode(stream)) {
    if (item.kind === "label") {
      label = item.text;
      index = 0;
    } else if (item.kind === "expect") {
      index++;
      checks++;
      if (item.expected !== item.actual)
        lines.push(`${label}, check ${index}: ${formatItem(item)}`);
    } else if (item.kind === "broken") {
      lines.push(`${label}: ${formatItem(item)}`);
    } else if (item.kind === "end") {
      ended = true;
    }
  }
  if (checks === 0) lines.push("the program checks nothing");
  if (!ended) lines.push(`${label}: the program did not reach its end`);
  return lines;
}
