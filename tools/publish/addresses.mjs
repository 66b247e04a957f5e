import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../bootstrap/paths.mjs";
import { publishedPackages } from "./published.mjs";

/**
 * Where the project is found: the root manifest's `repository`, a web address without a slash at its
 * end, and what follows from it unless the manifest says otherwise. All empty while there is none.
 */
export function addressesOf({ repository = "", homepage = "", bugs = "" }) {
  return {
    repository,
    homepage: homepage || (repository && `${repository}#readme`),
    bugs: bugs || (repository && `${repository}/issues`),
  };
}

/** The project's addresses, as its root manifest has them. */
export function projectAddresses(base = root) {
  return addressesOf(JSON.parse(readFileSync(join(base, "package.json"), "utf8")));
}

/** A package's manifest with these addresses, behind its licence; what is empty is left out. */
export function withAddresses(manifest, folder, { repository, homepage, bugs }) {
  const fields = {
    ...(repository && {
      repository: { type: "git", url: `git+${repository}.git`, directory: folder },
    }),
    ...(homepage && { homepage: homepage.replace(/#readme$/, `/tree/HEAD/${folder}#readme`) }),
    ...(bugs && { bugs: { url: bugs } }),
  };
  const others = Object.entries(manifest).filter(
    ([name]) => !["repository", "homepage", "bugs"].includes(name),
  );
  const after = others.findIndex(([name]) => name === "license") + 1;
  others.splice(after, 0, ...Object.entries(fields));
  return Object.fromEntries(others);
}

/**
 * A README with its links made for where it is read: a registry shows it away from its folder, so
 * files of the project (`<!-- docs/X.md -->` behind the words) are links to the repository, and plain words
 * while there is none. A picture that lies beside the README is found either way.
 */
export function withLinks(text, folder, { repository }) {
  const words = text
    .replaceAll(/\[([^\]]+)\]\([^()\s]+\)<!-- (\S+) -->/g, "$1<!-- $2 -->")
    .replaceAll(/!\[([^\]]*)\]\([^()\s]*\/([\w-]+\.svg)\)/g, "![$1]($2)");
  if (!repository) return words;
  return linkWords(words, (file) => `${repository}/blob/HEAD/${file}`).replaceAll(
    /!\[([^\]]*)\]\(([\w-]+\.svg)\)/g,
    `![$1](${repository}/raw/HEAD/${folder}/$2)`,
  );
}

/** Makes links of words that name a file of the project behind them, to what `toUrl` answers of it. */
export function linkWords(text, toUrl) {
  return text.replaceAll(
    /(`[^`\n]+`|"[^"\n]+")<!-- (\S+) -->/g,
    (_, label, file) => `[${label}](${toUrl(file)})<!-- ${file} -->`,
  );
}

/** What the addresses make of each file that has them: `{ file, before, after }`. */
export function filesWithAddresses(base = root) {
  const addresses = projectAddresses(base);
  const change = (file, edit) => {
    const before = readFileSync(join(base, file), "utf8");
    return { file, before, after: edit(before) };
  };
  return publishedPackages().flatMap(({ folder }) => [
    change(
      `${folder}/package.json`,
      (text) => `${JSON.stringify(withAddresses(JSON.parse(text), folder, addresses), null, 2)}\n`,
    ),
    change(`${folder}/README.md`, (text) => withLinks(text, folder, addresses)),
  ]);
}

/** Writes the addresses wherever they stand; answers the files that changed. */
export function writeAddresses(base = root) {
  const changed = filesWithAddresses(base).filter(({ before, after }) => before !== after);
  for (const { file, after } of changed) writeFileSync(join(base, file), after);
  return changed.map(({ file }) => file);
}
