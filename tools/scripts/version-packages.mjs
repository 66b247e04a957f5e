import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { run, tool } from "../bootstrap/child.mjs";
import { ensureInstalled } from "../bootstrap/install.mjs";
import { inRoot } from "../bootstrap/paths.mjs";
import { withVersion } from "../publish/changelog.mjs";
import { citeVersion } from "../publish/citations.mjs";
import { pendingChangesets } from "../publish/pending.mjs";
import { publishedPackages } from "../publish/published.mjs";
import { tools } from "./tools.mjs";

/**
 * `version-packages`: turns the changesets that wait into a version: manifests, a changelog for
 * each package, the one of the project, and the files that cite it.
 */
export async function versionPackages(args) {
  await ensureInstalled("shipped");
  if (args.length > 0) {
    console.error(`mem: version-packages takes no arguments, not '${args[0]}'`);
    return 1;
  }
  const changesets = pendingChangesets();
  if (changesets.length === 0) {
    console.error("mem: no changesets wait; `npm run changeset` writes one");
    return 1;
  }
  const code = await run(...tool(...tools.changeset, "version"));
  if (code !== 0) return code;
  // What only private packages' users notice is in no package's changelog, but in the project's.
  for (const { name } of changesets) rmSync(inRoot(".changeset", name), { force: true });
  const [{ manifest }] = publishedPackages();
  const file = inRoot("CHANGELOG.md");
  const before = existsSync(file) ? readFileSync(file, "utf8") : "";
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(file, withVersion(before, manifest.version, date, changesets));
  citeVersion(manifest.version);
  console.log(`all packages are at ${manifest.version}`);
  return 0;
}
