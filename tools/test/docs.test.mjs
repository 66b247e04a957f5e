import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { inRoot, root } from "../bootstrap/paths.mjs";
import { keepCodeOfHeadings } from "../docs/headings.mjs";
import { deadLinks } from "../docs/links.mjs";
import { filesBelow, missingFiles, unnamedFolders } from "../docs/named-files.mjs";
import { sectionsOf } from "../docs/pages.mjs";
import { referencesIn } from "../docs/references.mjs";
import { onlyLinksTo, plainBlocks, referencesAsLinks } from "../docs/site-links.mjs";

const folder = mkdtempSync(join(tmpdir(), "mem-docs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the pages", () => {
  it("have sections by heading, and code is none", () => {
    const text = "# T\nfirst\n## A\n```\n## no\n```\n### B\nb\n## C\nc\n";
    const sections = sectionsOf(text);
    expect([...sections.keys()]).toEqual(["", "A", "B", "C"]);
    expect(sections.get("A")).toContain("### B");
    expect(sections.get("A")).not.toContain("## C");
    expect(sections.get("B")).toBe("### B\nb\n");
  });

  it("keep links to what the site shows, and no others", () => {
    const shown = onlyLinksTo(["docs/A.md", "packages/x/README.md"]);
    const text = "[a](../../docs/A.md#s) [b](../y) [x](../x) [c](src/x.ts) ![p](p.svg) [h](#here)";
    expect(shown("packages/x/README.md", text)).toBe(
      "[a](../../docs/A.md#s) b [x](../x) c ![p](p.svg) [h](#here)",
    );
  });

  it("keep the code of their headings in the table of contents", () => {
    const code = () => ({ type: "code_inline", content: "load", children: null });
    const tokens = [
      { type: "heading_open" },
      { type: "inline", children: [{ type: "text", content: "How to " }, code()] },
      { type: "inline", children: [code()] },
    ];
    keepCodeOfHeadings(tokens);
    const textOf = ({ type, content, children }) =>
      children?.map(textOf).join("") ?? (type === "text" ? content : "");
    expect(tokens.slice(1).map(textOf)).toEqual(["How to load", ""]);
  });

  it("show blocks without a language as they are", () => {
    expect(plainBlocks("```\na\n```\n```ts\nb\n```\n")).toBe("```text\na\n```\n```ts\nb\n```\n");
  });
});

describe("source files that pages name", () => {
  const files = filesBelow(root);

  it("are found where they are missing", () => {
    const text = "`tree/damage.ts`, `damage.ts`, `tree/damages.ts`, `core/tree/damage.ts`, `x.js`";
    const missing = missingFiles(text, ["packages/core/src/tree/damage.ts"]);
    expect(missing).toEqual(["tree/damages.ts", "core/tree/damage.ts"]);
  });

  it("are there", () => {
    const pages = files.filter((file) => file.endsWith(".md") && !file.endsWith("CHANGELOG.md"));
    expect(pages.length).toBeGreaterThan(20);
    const read = (page) => readFileSync(inRoot(page), "utf8");
    const missing = pages.flatMap((page) =>
      missingFiles(read(page), files).map((name) => `${page}: ${name}`),
    );
    expect(missing).toEqual([]);
  });
});

describe("the map of a package's folders", () => {
  it("lacks what its page does not name", () => {
    expect(unnamedFolders("`mmu/`, `src/state`", ["mmu", "state", "system"])).toEqual(["system"]);
  });

  it("names every folder", () => {
    const pageOf = (name) =>
      [`apps/${name}/README.md`, `docs/packages/${name}.md`].find((page) =>
        existsSync(inRoot(page)),
      );
    const lacking = ["apps", "packages"].flatMap((group) =>
      readdirSync(inRoot(group)).flatMap((name) => {
        const folders = readdirSync(inRoot(group, name, "src"), { withFileTypes: true });
        const names = folders.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
        const page = pageOf(name);
        return unnamedFolders(readFileSync(inRoot(page), "utf8"), names).map(
          (n) => `${page}: ${n}`,
        );
      }),
    );
    expect(lacking).toEqual([]);
  });
});

describe("references of docstrings", () => {
  it("name a README or a guide, and perhaps a section", () => {
    const found = referencesIn('see the README of `@mem/flat`,\n "Doorbells", the guide "A, b"');
    expect(found).toMatchObject([
      { packageName: "@mem/flat", section: "Doorbells" },
      { guide: "A, b", section: undefined },
    ]);
  });

  it("become links", () => {
    const pages = { find: ({ guide }) => (guide === "A" ? { file: "docs/a.md" } : undefined) };
    const link = referencesAsLinks(pages, (heading) => heading.toLowerCase());
    expect(link('the guide "A", "B"')).toBe('[the guide "A", "B"](docs/a.md#b)');
    expect(link('the guide "Z"')).toBe('the guide "Z"');
  });
});

describe("the look for dead links", () => {
  it("follows files and anchors", () => {
    const site = join(folder, "links");
    mkdirSync(site);
    writeFileSync(join(site, "a.html"), '<a href="b.html#x"><a href="b.html#y"><a href="c.html">');
    writeFileSync(join(site, "b.html"), '<i id="x"> <img src="no.svg"> <a href="https://x.org/">');
    expect(deadLinks(site).sort()).toEqual([
      "a.html: b.html#y",
      "a.html: c.html",
      "b.html: no.svg",
    ]);
  });
});
