import { readFileSync } from "node:fs";
import { transformSync } from "esbuild";
import { inRoot } from "../bootstrap/paths.mjs";
import { exampleNames, needsOnlyWorkspace } from "../examples/examples.mjs";
import { nodeOnly } from "../layers/rules.mjs";
import { publishedPackages } from "../publish/published.mjs";
import { examplesOf, printedLine, promisesOf } from "../readme/examples.mjs";

/**
 * Programs that use the published packages, and the lines that each prints: the first example of
 * every README, the programs of `examples/`, and the smallest machine. They are JavaScript of 2022.
 */
export function userPrograms() {
  return [
    {
      name: "small",
      code: readFileSync(inRoot("tools/runtimes/programs/small.mjs"), "utf8"),
      lines: ["202 66 7", "2 0"],
      needsNode: false,
    },
    ...publishedPackages().map(({ folder, name }) => {
      const [example] = examplesOf(readFileSync(inRoot(folder, "README.md"), "utf8"));
      // A promise of several lines is one call; the program itself writes them apart.
      const lines = promisesOf(example).flatMap((text) => printedLine([text]).split("|"));
      return {
        name: `readme-${name}`,
        code: plain(example),
        lines,
        needsNode: nodeOnly.includes(name),
      };
    }),
    ...publishedExamples().map((name) => ({
      name,
      code: plain(readFileSync(inRoot(`examples/${name}.ts`), "utf8")),
      lines: readFileSync(inRoot(`examples/expected/${name}.txt`), "utf8")
        .split("\n")
        .slice(0, -1),
      needsNode: false,
    })),
  ];
}

/** The examples that run everywhere: all but those about the PC, which write as Node does, or a core of others. */
function publishedExamples() {
  return exampleNames().filter(
    (name) =>
      needsOnlyWorkspace(name) &&
      !readFileSync(inRoot(`examples/${name}.ts`), "utf8").includes("@mem/pc-machine"),
  );
}

const plain = (code) => transformSync(code, { loader: "ts", target: "es2022" }).code;
