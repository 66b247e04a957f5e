import { Pages } from "../docs/references.mjs";
import { publishedPackages } from "../publish/published.mjs";
import { exampleMissing, summaryMissing, throwsMissing, unitsMissing } from "./rules.mjs";
import { documentedOf, programOver } from "./symbols.mjs";

/** What the docstrings of these packages leave out, as `file:line: name complaint`. */
export function docstringComplaints(
  packages,
  { pages = new Pages(), program = programOver(packages) } = {},
) {
  const checker = program.getTypeChecker();
  const all = documentedOf(program, packages);
  const known = new Map(all.filter(({ parent }) => !parent).map((entry) => [entry.name, entry]));
  return all.flatMap((entry) => {
    const complaints = [
      ...summaryMissing(entry),
      ...unitsMissing(checker, entry),
      ...throwsMissing(entry),
      ...(entry.parent === undefined ? exampleMissing(entry, known, pages) : []),
    ];
    return complaints.map((complaint) => `${entry.where}: ${entry.name} ${complaint}`);
  });
}

/** The packages whose docstrings are checked: those that are published. */
export function checkedPackages() {
  return publishedPackages().map(({ folder, manifest }) => ({ folder, name: manifest.name }));
}
