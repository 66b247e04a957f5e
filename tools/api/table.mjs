import { readFileSync } from "node:fs";
import { inRoot } from "../bootstrap/paths.mjs";

/** Stands in the package column where nothing is needed in place of the C name. */
export const NOTHING = "—";

/**
 * The rows of the tables of a Markdown text whose first column is headed `C`: what the C API
 * calls it, the package, the counterparts (symbols or `Class.member`), and remarks.
 */
export function rowsOf(markdown) {
  const rows = [];
  let inTable = false;
  for (const [index, line] of markdown.split("\n").entries()) {
    if (!line.startsWith("|")) {
      inTable = false;
      continue;
    }
    const cells = line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
    if (cells[0] === "C") inTable = true;
    else if (inTable && !/^-+$/.test(cells[0] ?? "")) rows.push(row(cells, index + 1));
  }
  return rows;
}

function row([name = "", packageName = "", counterpart = "", notes = ""], line) {
  return {
    line,
    name: unquoted(name)[0] ?? name,
    packageName,
    counterparts: unquoted(counterpart),
    counterpart,
    notes,
  };
}

/** The texts between backticks. */
function unquoted(cell) {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text);
}

/** The rows of `docs/API.md`. */
export function apiRows() {
  return rowsOf(readFileSync(inRoot("docs/API.md"), "utf8"));
}

/** The names of the C API, as `names.txt` lists them. */
export function apiNames() {
  return readFileSync(inRoot("tools/api/names.txt"), "utf8")
    .split(/\s*\n\s*/)
    .filter((line) => line !== "" && !line.startsWith("#"));
}
