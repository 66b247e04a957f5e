import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { inRoot } from "../bootstrap/paths.mjs";
import { sourceEntries } from "../bootstrap/workspace.mjs";

const PACKAGES = readdirSync(inRoot("packages"));

const variable = (name) => name.replaceAll("-", "_");

/** What a program prints that was bundled with the packages it imports, as JSON. */
async function printed(program, { minify }) {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: inRoot("."), loader: "ts" },
    bundle: true,
    minify,
    write: false,
    format: "esm",
    platform: "node",
    absWorkingDir: inRoot("."),
    alias: Object.fromEntries(
      sourceEntries().map(([specifier, file]) => [specifier, inRoot(file)]),
    ),
    logLevel: "silent",
  });
  const run = spawnSync(process.execPath, ["--input-type=module", "-"], {
    input: outputFiles[0].text,
    encoding: "utf8",
  });
  // The program is one line of it.
  expect(run.stderr.slice(-2000)).toBe("");
  return JSON.parse(run.stdout);
}

/** What minifiers do to a name that nothing keeps. */
const CONTROL = `
  class ControlError extends Error {
    constructor(message) {
      super(message);
      this.name = new.target.name;
    }
  }`;

const CLASSES = `
  ${PACKAGES.map((name) => `import * as ${variable(name)} from "@mem/${name}";`).join("\n")}
  const found = [];
  for (const [from, all] of Object.entries({ ${PACKAGES.map(variable).join(", ")} })) {
    for (const [exported, value] of Object.entries(all)) {
      if (typeof value !== "function" || !(value.prototype instanceof Error)) continue;
      found.push({ from, exported, name: value.name });
    }
  }
  ${CONTROL}
  console.log(JSON.stringify({ found, control: new ControlError("").name }));`;

const THROWN = `
  import { ObjectSystem } from "@mem/qom";
  import { Machine } from "@mem/flat";
  import { NotAnIommuError } from "@mem/iommu";
  import { LayoutError } from "@mem/ldst";
  import { HostFileError } from "@mem/hostmem";
  import { PictureError } from "@mem/picture";
  import { AddressError, MemoryModelError } from "@mem/core";
  class Plain extends AddressError {}
  class Named extends AddressError {
    static override readonly name: string = "Named";
  }
  class Assigned extends MemoryModelError {
    constructor(message: string) {
      super(message, { rule: "own" });
      this.name = "Assigned";
    }
  }
  const machine = new Machine();
  const root = machine.container({ name: "root", size: 16 });
  const bus = machine.addressSpace(root, "bus");
  root.addSubregion(0, machine.ram({ name: "ram", size: 16 }));
  const caught = (run: () => void) => {
    try {
      run();
    } catch (error) {
      return error;
    }
    throw new Error("nothing was thrown by " + run);
  };
  const errors = [
    caught(() => new ObjectSystem().types.get("nothing")),
    caught(() => machine.container({ name: "huge", size: -1 })),
    caught(() => root.addSubregion(0, root)),
    caught(() => bus.listen({ regionAdd() { throw new Error("no"); } })),
    new NotAnIommuError("r"),
    new LayoutError("message", { rule: "rule" }),
    new HostFileError("message", { rule: "rule", file: "file" }),
    new PictureError("message", { rule: "rule" }),
    new Plain("message", { rule: "rule" }),
    new Named("message", { rule: "rule" }),
    new Assigned("message"),
  ];
  console.log(JSON.stringify(errors.map((e) => [e.name, String(e) === e.name + ": " + e.message])));`;

describe("errors of the packages", () => {
  it("are called as they are exported, also in a minified program", async () => {
    const { found, control } = await printed(CLASSES, { minify: true });
    expect(control).not.toBe("ControlError");
    expect(found.filter(({ exported, name }) => exported !== name)).toEqual([]);
    const from = new Set(found.map((one) => one.from));
    expect([...from].sort()).toEqual(
      expect.arrayContaining(["core", "hostmem", "iommu", "ldst", "picture", "qom"]),
    );
  });

  it("print their name and message, and those that are derived have names of their own", async () => {
    const names = [
      "UnknownTypeError",
      "AddressError",
      "TopologyError",
      "ListenerError",
      "NotAnIommuError",
      "LayoutError",
      "HostFileError",
      "PictureError",
    ];
    const minified = await printed(THROWN, { minify: true });
    expect(minified.slice(0, names.length)).toEqual(names.map((name) => [name, true]));
    expect(minified.slice(-2)).toEqual([
      ["Named", true],
      ["Assigned", true],
    ]);
    const whole = await printed(THROWN, { minify: false });
    const own = ["Plain", "Named", "Assigned"];
    expect(whole).toEqual([...names, ...own].map((name) => [name, true]));
  });
});
