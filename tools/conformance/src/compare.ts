import type { Answer, Json, LogEntry } from "./script.js";

/** Where an answer departs from the recording. `index` counts log entries from 0. */
export type Difference =
  | { readonly what: "result"; readonly expected: Json; readonly actual: Json }
  | {
      readonly what: "log";
      readonly index: number;
      readonly expected: LogEntry | undefined;
      readonly actual: LogEntry | undefined;
    };

/** The id of the object whose child `id` is, or null: children are finalized before their owner. */
export type ParentOf = (id: string) => string | null;

/**
 * True if two JSON values are equal; the order of keys does not count. What is no JSON, such as a key
 * without a value, is equal to nothing.
 */
export function jsonEqual(expected: Json, actual: Json): boolean {
  if (typeof expected !== "object" || expected === null) return Object.is(expected, actual);
  if (typeof actual !== "object" || actual === null) return false;
  if (isArray(expected) || isArray(actual)) {
    return (
      isArray(expected) &&
      isArray(actual) &&
      expected.length === actual.length &&
      expected.every((item, index) => jsonEqual(item, actual[index] as Json))
    );
  }
  const keys = Object.keys(expected);
  return (
    keys.length === Object.keys(actual).length &&
    keys.every(
      (key) => Object.hasOwn(actual, key) && jsonEqual(expected[key] as Json, actual[key] as Json),
    )
  );
}

const isArray = (value: Json): value is readonly Json[] => Array.isArray(value);

/**
 * The first difference between a recorded answer and an actual one, null when they agree.
 *
 * Log entries agree one by one, but the order among siblings that die together is not promised: a
 * run of consecutive `finalize` and `unparent` entries agrees with any other order of the same
 * entries in which each object goes derived class first and children go before their owner.
 */
export function compareAnswer(
  expected: Answer,
  actual: Answer,
  parentOf: ParentOf = () => null,
): Difference | null {
  return (
    compareLogs(expected.log, actual.log, parentOf) ??
    (jsonEqual(expected.result, actual.result)
      ? null
      : { what: "result", expected: expected.result, actual: actual.result })
  );
}

function compareLogs(
  expected: readonly LogEntry[],
  actual: readonly LogEntry[],
  parentOf: ParentOf,
): Difference | null {
  let index = 0;
  while (index < expected.length || index < actual.length) {
    const end = runEnd(expected, index);
    if (end > index) {
      const wanted = expected.slice(index, end);
      const got = actual.slice(index, Math.min(end, runEnd(actual, index)));
      const wrong = compareRun(wanted, got, parentOf);
      if (wrong >= 0) return logDifference(expected, actual, index + wrong);
      index = end;
      continue;
    }
    const wanted = expected[index];
    const got = actual[index];
    if (wanted === undefined || got === undefined || !jsonEqual(wanted, got)) {
      return logDifference(expected, actual, index);
    }
    index++;
  }
  return null;
}

function logDifference(
  expected: readonly LogEntry[],
  actual: readonly LogEntry[],
  index: number,
): Difference {
  return { what: "log", index, expected: expected[index], actual: actual[index] };
}

/** The end (exclusive) of the run of death entries that starts at `from`; `from` if none does. */
function runEnd(log: readonly LogEntry[], from: number): number {
  let end = from;
  while (log[end]?.cb === "finalize" || log[end]?.cb === "unparent") end++;
  return end;
}

/** The index of the first entry of `actual` that the run `expected` does not allow, -1 if none. */
function compareRun(
  expected: readonly LogEntry[],
  actual: readonly LogEntry[],
  parentOf: ParentOf,
): number {
  const left = expected.map((entry) => canonical(entry));
  for (const [index, entry] of actual.entries()) {
    const found = left.indexOf(canonical(entry));
    if (found < 0) return index;
    left.splice(found, 1);
  }
  if (left.length > 0) return actual.length;
  return Math.max(classOrderBroken(expected, actual), childOrderBroken(expected, actual, parentOf));
}

function canonical(entry: LogEntry): string {
  return JSON.stringify(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Every object's own entries must come in the recorded order. */
function classOrderBroken(expected: readonly LogEntry[], actual: readonly LogEntry[]): number {
  const recorded = entriesById(expected);
  const next = new Map<Json | undefined, number>();
  for (const [index, entry] of actual.entries()) {
    const id = entry["id"];
    const position = next.get(id) ?? 0;
    const wanted = recorded.get(id)?.[position];
    if (wanted === undefined || !jsonEqual(wanted, entry)) return index;
    next.set(id, position + 1);
  }
  return -1;
}

/** Where the recording finalizes children before their owner, so must the answer. */
function childOrderBroken(
  expected: readonly LogEntry[],
  actual: readonly LogEntry[],
  parentOf: ParentOf,
): number {
  const recorded = finalizePositions(expected);
  const got = finalizePositions(actual);
  for (const [id, position] of got) {
    const parent = parentOf(id);
    if (parent === null) continue;
    const parentGot = got.get(parent);
    const parentRecorded = recorded.get(parent);
    const ownRecorded = recorded.get(id);
    if (parentGot === undefined || parentRecorded === undefined || ownRecorded === undefined) {
      continue;
    }
    if (ownRecorded.last < parentRecorded.first && position.last > parentGot.first) {
      return parentGot.first;
    }
  }
  return -1;
}

function entriesById(log: readonly LogEntry[]): Map<Json | undefined, LogEntry[]> {
  const byId = new Map<Json | undefined, LogEntry[]>();
  for (const entry of log) {
    const list = byId.get(entry["id"]);
    if (list === undefined) byId.set(entry["id"], [entry]);
    else list.push(entry);
  }
  return byId;
}

function finalizePositions(log: readonly LogEntry[]): Map<string, { first: number; last: number }> {
  const positions = new Map<string, { first: number; last: number }>();
  for (const [index, entry] of log.entries()) {
    const id = entry["id"];
    if (entry.cb !== "finalize" || typeof id !== "string") continue;
    const known = positions.get(id);
    if (known === undefined) positions.set(id, { first: index, last: index });
    else known.last = index;
  }
  return positions;
}
