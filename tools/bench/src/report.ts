import type { Result } from "./row.js";
import { boundOf, formatBound, isReached } from "./table.js";

/** Results by row, in the order of the table. */
export type Results = ReadonlyMap<string, Result>;

const HEADINGS = ["name", "median", "spread", "ratio", "against", "to reach", "reached"] as const;
const WIDTHS = [22, 13, 7, 8, 16, 8, 7] as const;

/** The first line of the table on a terminal. */
export function heading(): string {
  return columns(HEADINGS);
}

/** A row as a line on a terminal. */
export function line(name: string, result: Result): string {
  return columns(cells(name, result));
}

/** The whole table in Markdown, laid out as Prettier does: a document takes it as it is. */
export function markdown(results: Results): string {
  const lines = [...results].map(([name, result]) => cells(`\`${name}\``, result, name));
  const widths = HEADINGS.map((title, i) =>
    Math.max(title.length, ...lines.map((cell) => cell[i]?.length ?? 0)),
  );
  const padded = (row: readonly string[]): string[] =>
    row.map((text, i) =>
      isNumeric(i) ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0),
    );
  const rule = widths.map((width, i) =>
    isNumeric(i) ? `${"-".repeat(width - 1)}:` : "-".repeat(width),
  );
  return [padded(HEADINGS), rule, ...lines.map(padded)]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");
}

/** What `--json` writes. */
export function json(results: Results): string {
  return `${JSON.stringify(Object.fromEntries(results), null, 2)}\n`;
}

/** How many bounds were reached, and which were not; empty when there are none. */
export function summary(results: Results): string {
  const bounded = [...results].filter(([name, { ratio }]) => boundOf(name) && ratio !== null);
  if (bounded.length === 0) return "";
  const missed = bounded.filter(([name, result]) => verdict(name, result) === "no");
  const names = missed.map(([name]) => name).join(", ");
  const reached = bounded.length - missed.length;
  return `${reached} of ${bounded.length} bounds reached${names ? `; not: ${names}` : ""}`;
}

function cells(label: string, result: Result, name = label): string[] {
  const { ratio, against } = result;
  const bound = boundOf(name);
  return [
    label,
    amount(result),
    result.ns === 0 && result.bytes === undefined ? "" : `${(result.spread * 100).toFixed(0)} %`,
    ratio === null ? "" : formatNumber(ratio),
    against ?? "",
    bound && ratio !== null ? formatBound(bound) : "",
    verdict(name, result),
  ];
}

function verdict(name: string, { ratio }: Result): string {
  const bound = boundOf(name);
  if (bound === null || ratio === null) return "";
  return isReached(bound, ratio) ? "yes" : "no";
}

function amount({ ns, bytes, bytesPerOp }: Result): string {
  if (bytesPerOp !== undefined) return `${bytesPerOp} bytes/op`;
  if (bytes !== undefined) return `${bytes} bytes`;
  return `${formatNumber(ns)} ns`;
}

function formatNumber(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}

function columns(texts: readonly string[]): string {
  return texts
    .map((text, i) => (isNumeric(i) ? text.padStart(WIDTHS[i] ?? 0) : text.padEnd(WIDTHS[i] ?? 0)))
    .join("  ")
    .trimEnd();
}

function isNumeric(column: number): boolean {
  return column >= 1 && column <= 3;
}
