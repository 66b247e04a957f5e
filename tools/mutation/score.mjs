const found = new Set(["Killed", "Timeout"]);
const missed = new Set(["Survived", "NoCoverage"]);

/**
 * From Stryker's report: for each file, and for `total`, how many mutants were found (by a failing
 * test, or one that ran on for ever), and how many not. Ignored ones, and those that are no
 * program, count nowhere.
 */
export function score(report) {
  const files = {};
  const total = { found: 0, missed: 0 };
  for (const [path, { mutants }] of Object.entries(report.files)) {
    const count = (statuses) => mutants.filter(({ status }) => statuses.has(status)).length;
    files[path] = { found: count(found), missed: count(missed) };
    total.found += files[path].found;
    total.missed += files[path].missed;
  }
  return { files, total };
}

/** The mutants that no test notices: where they are and what stands there instead. */
export function survivors(report) {
  return Object.entries(report.files).flatMap(([path, { source, mutants }]) =>
    mutants
      .filter(({ status }) => missed.has(status))
      .map(({ location, replacement = "", mutatorName }) => ({
        place: `${path}:${location.start.line}:${location.start.column}`,
        mutator: mutatorName,
        from: oneLine(cut(source, location)),
        to: oneLine(replacement),
      })),
  );
}

/** The table that is printed: a line for each file, worst first, and one for all. */
export function scoreTable({ files, total }) {
  const rows = Object.entries(files).filter(([, { found, missed }]) => found + missed > 0);
  rows.sort(([, a], [, b]) => share(a) - share(b));
  return [...rows, ["all", total]].map(([name, counts]) => {
    const of = `${counts.found} of ${counts.found + counts.missed}`;
    return `${(100 * share(counts)).toFixed(1).padStart(6)} %  ${of.padStart(13)}  ${name}`;
  });
}

/** From 0 to 1; 1 where there was nothing to find. */
export function share({ found, missed }) {
  return found + missed === 0 ? 1 : found / (found + missed);
}

function cut(source, { start, end }) {
  const lines = source.split("\n").slice(start.line - 1, end.line);
  const last = lines.length - 1;
  if (last < 0) return "";
  lines[last] = lines[last].slice(0, end.column - 1);
  lines[0] = lines[0].slice(start.column - 1);
  return lines.join("\n");
}

function oneLine(text) {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= 70 ? line : `${line.slice(0, 67)}...`;
}
