import { Pages } from "../docs/references.mjs";
import { publishedPackages } from "../publish/published.mjs";
import { firstSymbols } from "./first-symbols.mjs";
import { exampleMissing, summaryMissing, throwsMissing, unitsMissing } from "./rules.mjs";
import { documentedOf, programOfPublished } from "./symbols.mjs";

/** What the docstrings of these packages leave out, as `file:line: name complaint`. */
export function docstringComplaints(
  packages,
  { pages = new Pages(), program = programOfPublished(), first = firstSymbols } = {},
) {
  const checker = program.getTypeChecker();
  const isFirst = ({ name, packageName, parent }) =>
    parent === undefined && (first[packageName]?.includes(name) ?? false);
  const all = documentedOf(program, packages).map((entry) => ({
    ...entry,
    isFirst: isFirst(entry),
  }));
  const known = new Map(all.filter(({ parent }) => !parent).map((entry) => [entry.name, entry]));
  const unknown = packages.flatMap(({ name: packageName }) =>
    (first[packageName] ?? [])
      .filter(
        (name) =>
          !all.some(
            (entry) => entry.isFirst && entry.name === name && entry.packageName === packageName,
          ),
      )
      .map((name) => `${packageName}: ${name} is to have an example, and is not there`),
  );
  return all
    .flatMap((entry) => {
      const complaints = [
        ...summaryMissing(entry),
        ...unitsMissing(checker, entry),
        ...throwsMissing(entry),
        ...(entry.parent === undefined ? exampleMissing(entry, known, pages) : []),
      ];
      return complaints.map((complaint) => `${entry.where}: ${entry.name} ${complaint}`);
    })
    .concat(unknown);
}

/** The packages whose docstrings are checked: those that are published. */
export function checkedPackages() {
  return publishedPackages().map(({ folder, manifest }) => ({ folder, name: manifest.name }));
}
