import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { rollup } from "rollup";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bundle, bundlePrograms, withClassNames } from "../build/bundle.mjs";
import { bundlePackages } from "../build/package-bundles.mjs";
import { inlineConstants } from "../build/constants.mjs";
import { namesPackage, typescript } from "../build/typescript.mjs";

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

describe("constants", () => {
  const inlined = (file, text) => inlineConstants(text, join(folder, "src", file));
  const library = async (file) => {
    const made = await rollup({ input: join(folder, "src", file), plugins: [typescript()] });
    const { output } = await made.generate({ format: "es" });
    return output[0].code;
  };

  it("are numbers where they are used, and gone where they are not exported", async () => {
    write(
      "bits.ts",
      `/** Page. */
export const PAGE = 0x1000;
export const MASK = -0x1000;
export const SIGN = 0x8000_0000 | 0;
export const LATER = Number("7");
const TWICE = 2;
export const both = (): number => TWICE * PAGE;`,
    );
    write("low.ts", `export const FIRST = 1;\nexport const LAST = 9;`);
    write(
      "index.ts",
      `import { LATER, MASK as KEPT, PAGE,
  SIGN, both } from "./bits.js";
import * as Low from "./low.js";
export { PAGE } from "./bits.js";
export const OWN = 5;
const shadowed = (PAGE: number): number => PAGE + OWN;
export const all = { PAGE, SIGN, x: [KEPT, LATER, Low.FIRST, Low.LAST, both(), shadowed(1)] };`,
    );
    const code = await library("index.ts");
    for (const name of ["SIGN =", "MASK", "TWICE", "FIRST", "LAST"])
      expect(code).not.toContain(name);
    writeFileSync(
      join(folder, "out.mjs"),
      `${code}\nconsole.log(JSON.stringify([PAGE_, OWN_, all]));`,
    );
    expect(JSON.parse(printed("out.mjs"))).toEqual([
      4096,
      5,
      { PAGE: 4096, SIGN: -(2 ** 31), x: [-4096, 7, 1, 9, 8192, 6] },
    ]);
  });

  it("keep the lines where they are, for the maps", () => {
    write("bits.ts", "export const PAGE = 1;");
    const { text } = inlined(
      "index.ts",
      `import {\n  PAGE,\n} from "./bits.js";\nconst A = 1;\nlast(A);`,
    );
    expect(text.split("\n").indexOf("last(A);")).toBe(4);
  });

  it("stay variables where they are listed as exports, or the module is used as a whole", () => {
    write("bits.ts", "export const PAGE = 1;");
    for (const text of [
      "const A = 1;\nexport { A };",
      `import * as Bits from "./bits.js";\nuse(Bits, Bits.PAGE);`,
      `import { PAGE } from "./bits.js";\nexport { PAGE };`,
      "let A = 1;\n{\n  const B = 2;\n}",
      `import { PAGE } from "./absent.js";\nuse(PAGE);`,
    ]) {
      expect(inlined("index.ts", text)).toMatchObject({ define: {} });
    }
  });
});

describe("the bundles of the packages", () => {
  it("export what the sources do, and share what two entries of a package have", async () => {
    const files = await bundlePackages();
    const load = (specifier) => import(pathToFileURL(files.get(specifier)).href);
    const source = await import("../../packages/qom/src/index.ts");
    const [qom, plumbing] = [await load("@mem/qom"), await load("@mem/qom/plumbing")];
    expect(Object.keys(qom).sort()).toEqual(Object.keys(source).sort());
    const shared = Object.keys(plumbing).filter((name) => name in qom);
    for (const name of shared) expect(plumbing[name]).toBe(qom[name]);
    expect(files.has("@mem/pc-machine")).toBe(false);
  });
});
