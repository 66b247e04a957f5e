import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

import { optionGroups } from "../../src/cli/options/index.js";
import { parseCommandLine } from "../../src/cli/parse.js";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const SKIPPED = new Set([
  "node_modules",
  ".git",
  ".cache",
  ".tools",
  ".changeset",
  "dist",
  "corpus",
]);

/** The documents of the project: all that people read as Markdown, and the text for machines. */
function documents(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : documents(path);
    return /\.md$|^llms\.txt$/.test(entry.name) && entry.name !== "CHANGELOG.md" ? [path] : [];
  });
}

/** What is typed after the name of the program, wherever a document shows it. */
const COMMAND = /(?:npm (?:-s )?start --|npx mem-pc|(?<![-/\w.])mem-pc)((?: [^\s`|>#&;]+)+)/g;
/** Names that stand for what a reader has, in place of an argument. */
const STANDS_FOR_MORE = /^(ARGS|…|\.\.\.|\[.*)$/;

interface Told {
  readonly place: string;
  readonly words: string[];
}

function commandsIn(file: string): Told[] {
  const place = relative(ROOT, file);
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line, index) =>
      [...line.matchAll(COMMAND)].map(([, typed = ""]) => ({
        place: `${place}:${index + 1}`,
        words: typed
          .trim()
          .split(" ")
          .map((word) => word.replace(/[.,:;)"]+$/, "")),
      })),
    )
    .filter(
      ({ words }) => isCommandLine(words) && !words.some((word) => STANDS_FOR_MORE.test(word)),
    );
}

/** True for arguments, false for the words of a sentence that has the program's name. */
function isCommandLine([first = ""]: readonly string[]): boolean {
  return first.startsWith("-") || ["linux", "map", "man", "completion"].includes(first);
}

const told = documents(ROOT).flatMap(commandsIn);

/** What stops a command line that a reader completes: files of his own, the device he writes. */
const HIS_OWN = /no such file or directory|there is no device "mail-box"/;

function misunderstood(words: readonly string[]): string {
  try {
    parseCommandLine(words);
    return "";
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return HIS_OWN.test(text) ? "" : text;
  }
}

describe("command lines that documents show", () => {
  it("are found", () => {
    expect(told.length).toBeGreaterThan(20);
    expect(new Set(told.map(({ place }) => place.replace(/:.*/, ""))).size).toBeGreaterThan(4);
  });

  it.each(told.map(({ place, words }) => [place, words.join(" "), words] as const))(
    "%s: %s",
    (_place, _text, words) => expect(misunderstood(words)).toBe(""),
  );
});

describe("options that the help of others names", () => {
  const names = new Set(
    optionGroups.flatMap(({ options }) => options.flatMap((each) => each.names)),
  );
  const named = optionGroups.flatMap(({ options }) =>
    options.flatMap((option) =>
      [...option.help.join(" ").matchAll(/(?<![\w/.,=-])--?([a-z][\w-]*)/gi)].map(
        ([, name = ""]) => [option.names[0] ?? "", name] as const,
      ),
    ),
  );

  it.each(named)("-%s names -%s, which is there", (_option, name) => {
    expect(names.has(name)).toBe(true);
  });
});
