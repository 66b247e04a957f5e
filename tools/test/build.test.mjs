import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bundle, bundlePrograms, withClassNames } from "../build/bundle.mjs";
import { namesPackage } from "../build/typescript.mjs";

let folder;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "build-")));
  mkdirSync(join(folder, "src/host"), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (file, text) => writeFileSync(join(folder, "src", file), text);
const printed = (file) =>
  execFileSync(process.execPath, [join(folder, file)], { encoding: "utf8" });

describe("an import", () => {
  it.each([
    ["@mem/core", true],
    ["node:fs", true],
    ["esbuild", true],
    ["./x.js", false],
    ["../x.js", false],
    ["/home/x.ts", false],
    ["C:\\project\\x.ts", false],
    ["d:/project/x.ts", false],
    ["\\\\server\\share\\x.ts", false],
  ])("%s names a package: %s", (specifier, expected) => {
    expect(namesPackage(specifier)).toBe(expected);
  });
});

describe("a bundle", () => {
  it("holds the packages' sources, and classes keep their names", async () => {
    write(
      "program.ts",
      `import { Machine, FlatView } from "@mem/flat";
       class Own { static make(): Own { return new Own(); } }
       console.log(Machine.name, FlatView.name, Own.make().constructor.name);`,
    );
    await bundle(join(folder, "src/program.ts"), join(folder, "out.mjs"));
    expect(printed("out.mjs")).toBe("Machine FlatView Own\n");
  });

  it("gives back a name only where it was changed", () => {
    const code =
      "var A = class _A extends B {\nvar C = class {\nclass D {\n  x = 1; // class _A {\n";
    const [first, ...rest] = withClassNames(code).split("\n");
    expect(first).toBe(
      'var A = class _A extends B { static { Object.defineProperty(this, "name", { value: "A" }); }',
    );
    expect(rest).toEqual(code.split("\n").slice(1));
  });

  it("finds the files beside its sources, and its workers", async () => {
    write("cli.ts", `import { answer } from "./host/ask.js"; console.log(await answer());`);
    write(
      "host/count.worker.ts",
      `import { parentPort } from "node:worker_threads"; parentPort!.postMessage(6 * 7);`,
    );
    write(
      "host/ask.ts",
      `import { Worker } from "node:worker_threads";
       export function answer(): Promise<string> {
         const worker = new Worker(new URL("./count.worker.js", import.meta.url));
         const place = new URL("data.txt", import.meta.url).href;
         return new Promise((done) => worker.on("message", (n) => done(n + " " + place)));
       }`,
    );
    const out = join(folder, "out");
    await bundlePrograms(join(folder, "src"), ["cli.ts", "host/count.worker.ts"], out);
    const place = pathToFileURL(join(folder, "src/host/data.txt")).href;
    writeFileSync(join(out, "package.json"), '{ "type": "module" }');
    expect(printed("out/cli.js")).toBe(`42 ${place}\n`);
  });
});
