import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { inRoot } from "../bootstrap/paths.mjs";
import { citedVersions } from "../publish/citations.mjs";
import {
  addressesOf,
  filesWithAddresses,
  withAddresses,
  withLinks,
} from "../publish/addresses.mjs";

const none = addressesOf({ repository: "" });
const some = addressesOf({ repository: "https://example.org/mem" });
const folder = "packages/x";

describe("the project's addresses", () => {
  it("follow from one line", () => {
    expect(none).toEqual({ repository: "", homepage: "", bugs: "" });
    expect(some).toEqual({
      repository: "https://example.org/mem",
      homepage: "https://example.org/mem#readme",
      bugs: "https://example.org/mem/issues",
    });
    expect(addressesOf({ repository: "https://a.b/c", homepage: "https://d.e" }).homepage).toBe(
      "https://d.e",
    );
  });

  it("fill a manifest, and are taken out again", () => {
    const manifest = { name: "@mem/x", license: "MIT", type: "module" };
    const filled = withAddresses(manifest, folder, some);
    expect(filled).toEqual({
      ...manifest,
      repository: { type: "git", url: "git+https://example.org/mem.git", directory: folder },
      homepage: "https://example.org/mem/tree/HEAD/packages/x#readme",
      bugs: { url: "https://example.org/mem/issues" },
    });
    expect(Object.keys(filled).slice(0, 3)).toEqual(["name", "license", "repository"]);
    expect(withAddresses(filled, folder, none)).toEqual(manifest);
  });

  it("make links of a README's words, and words of its links", () => {
    const words = '![a map](map.svg)\nsee `docs/A.md`<!-- docs/A.md --> and "B"<!-- docs/B.md -->';
    const linked = withLinks(words, folder, some);
    expect(linked).toBe(
      "![a map](https://example.org/mem/raw/HEAD/packages/x/map.svg)\n" +
        "see [`docs/A.md`](https://example.org/mem/blob/HEAD/docs/A.md)<!-- docs/A.md --> and " +
        '["B"](https://example.org/mem/blob/HEAD/docs/B.md)<!-- docs/B.md -->',
    );
    expect(withLinks(linked, folder, some)).toBe(linked);
    expect(withLinks(linked, folder, none)).toBe(words);
  });

  it.each(filesWithAddresses())("stand in $file", ({ before, after }) => {
    expect(before).toBe(after);
  });
});

describe("the files for people", () => {
  it.each(["SECURITY.md", "CODE_OF_CONDUCT.md", "CITATION.cff", "llms.txt"])(
    "%s is there",
    (file) => expect(readFileSync(inRoot(file), "utf8").length).toBeGreaterThan(300),
  );

  it("link to nothing that is not there", () => {
    for (const file of ["SECURITY.md", "CODE_OF_CONDUCT.md", "llms.txt", "README.md"]) {
      const links = [...readFileSync(inRoot(file), "utf8").matchAll(/\]\(([^)#:\s]+)[^)\s]*\)/g)];
      for (const [, target] of links) expect(existsSync(inRoot(target)), target).toBe(true);
    }
  });

  it("cite the version that is released, as the PC's program does", () => {
    const { version } = JSON.parse(readFileSync(inRoot("packages/core/package.json"), "utf8"));
    expect(readFileSync(inRoot("CITATION.cff"), "utf8")).toContain(`\nversion: ${version}\n`);
    const cited = citedVersions();
    expect(Object.keys(cited).length).toBeGreaterThan(2);
    expect(Object.values(cited)).toEqual(Object.keys(cited).map(() => version));
  });

  it("debug programs that are there", () => {
    const { configurations } = JSON.parse(readFileSync(inRoot(".vscode/launch.json"), "utf8"));
    for (const { program } of configurations) {
      const file = program.replace("${workspaceFolder}/", "");
      expect(existsSync(inRoot(file)), file).toBe(true);
    }
  });
});
