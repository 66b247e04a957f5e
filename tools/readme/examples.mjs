import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inRoot, root } from "../bootstrap/paths.mjs";
import { workspacePackages } from "../bootstrap/workspace.mjs";

/** Every page whose examples run, relative to `base`: READMEs, documents and guides. */
export function pagesWithExamples(base = root) {
  const readmes = workspacePackages(base).map(({ folder }) => `${folder}/README.md`);
  return [
    ...["README.md", ...readmes].filter((file) => existsSync(join(base, file))),
    ...["docs", "docs/guides", "docs/packages"].flatMap((folder) =>
      readdirSync(join(base, folder))
        .filter((name) => name.endsWith(".md"))
        .map((name) => `${folder}/${name}`),
    ),
  ];
}

/** The blocks of a Markdown text that are marked `ts`; `ts partial` marks one that cannot run. */
export function examplesOf(markdown) {
  return [...markdown.matchAll(/^```ts\r?\n(.*?)^```/gms)].map(([, code]) => code);
}

/** What an example says it prints: the texts of its `// prints:` comments. */
export function promisesOf(code) {
  return [...code.matchAll(/\/\/ prints: (.*)$/gm)].map(([, text]) => text);
}

/** One call of `console.log` as a `// prints:` comment writes it: on one line. */
export function printedLine(texts) {
  const words = texts.map((text) => (typeof text === "bigint" ? `${text}n` : String(text)));
  return words.join(" ").replaceAll("\n", "|");
}

/** Writes the examples of all pages into `folder`, each as a file of its own; answers those. */
export function writeExamples(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return pagesWithExamples().flatMap((page) =>
    examplesOf(readFileSync(inRoot(page), "utf8")).map((code, i) => {
      const name = `${page.replace(/\.md$/, "").replaceAll("/", "-")}-${i + 1}.ts`;
      const file = join(folder, name);
      writeFileSync(file, code);
      return { title: `${page}, example ${i + 1}`, file, promises: promisesOf(code) };
    }),
  );
}
