import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../bootstrap/paths.mjs";
import { workspacePackages } from "../bootstrap/workspace.mjs";
import { publishedPackages } from "../publish/published.mjs";

/** The order in which a newcomer reads the guides; one that is not named here comes behind. */
const ORDER = [
  "bus",
  "banks",
  "mmio",
  "lifetimes",
  "watching",
  "from-memory-h",
  "device",
  "performance",
];

/** A page of the documentation: its file, its title, and the group it stands in on the site. */
function page(file, group, base) {
  const text = readFileSync(join(base, file), "utf8");
  return { file, group, text, title: /^# (.*)$/m.exec(text)?.[1] ?? file };
}

/** The guides, in reading order. */
export function guides(base = root) {
  const found = markdownIn("docs/guides", base).map((name) => name.slice(0, -".md".length));
  const named = ORDER.filter((name) => found.includes(name));
  const others = found.filter((name) => !ORDER.includes(name));
  return [...named, ...others].map((name) => page(`docs/guides/${name}.md`, "Guides", base));
}

function markdownIn(folder, base) {
  const path = join(base, folder);
  return existsSync(path) ? readdirSync(path).filter((name) => name.endsWith(".md")) : [];
}

/** All other documents of the site: those of `docs/`, and the READMEs of what is not published. */
export function documents(base = root) {
  const published = new Set(publishedPackages().map(({ folder }) => folder));
  const others = workspacePackages(base)
    .filter(({ folder }) => !published.has(folder))
    .map(({ folder }) => `${folder}/README.md`)
    .filter((file) => existsSync(join(base, file)));
  return [
    ...markdownIn("docs", base).map((name) => page(`docs/${name}`, "Documents", base)),
    page("CONTRIBUTING.md", "Documents", base),
    ...others.map((file) => page(file, "Around the packages", base)),
  ];
}

/** The READMEs of the published packages, each with its package's name and folder. */
export function packageReadmes(base = root) {
  return publishedPackages().map(({ folder, manifest }) => ({
    ...page(`${folder}/README.md`, "Packages", base),
    name: manifest.name,
    folder,
  }));
}

/** The references of the packages, each with its package's name; a package may have none. */
export function packageReferences(base = root) {
  return packageReadmes(base)
    .map(({ name, folder }) => ({ name, file: `docs/${folder}.md` }))
    .filter(({ file }) => existsSync(join(base, file)))
    .map(({ name, file }) => ({ ...page(file, "Reference", base), name }));
}

/**
 * The sections of a Markdown text by heading; what stands before the first is under "". A section
 * reaches to the next heading of its own level or above.
 */
export function sectionsOf(markdown) {
  const prose = markdown.replace(/^```.*?^```/gms, (block) => block.replaceAll(/^#/gm, " "));
  const headings = [...prose.matchAll(/^(#{2,4}) (.*)$/gm)];
  const sections = new Map([["", markdown.slice(0, headings[0]?.index ?? markdown.length)]]);
  headings.forEach(({ 1: marks, 2: title, index }, i) => {
    const next = headings.slice(i + 1).find(([, other]) => other.length <= marks.length);
    sections.set(title.replaceAll("`", ""), markdown.slice(index, next?.index));
  });
  return sections;
}
