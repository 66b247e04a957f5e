import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { inRoot } from "../bootstrap/paths.mjs";
import { sourceEntries } from "../bootstrap/workspace.mjs";

/** The source files that have any code left in a bundle of a program. */
async function filesIn(program) {
  const { metafile } = await build({
    stdin: { contents: program, resolveDir: inRoot("."), loader: "ts" },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "neutral",
    absWorkingDir: inRoot("."),
    alias: Object.fromEntries(
      sourceEntries().map(([specifier, file]) => [specifier, inRoot(file)]),
    ),
    logLevel: "silent",
  });
  const [output] = Object.values(metafile.outputs);
  return Object.entries(output.inputs)
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([file]) => file);
}

const SMALL = `
  import { explain, Machine, mtree } from "@mem/flat";
  const machine = new Machine();
  const root = machine.container({ name: "root", size: 0x10000 });
  root.addSubregion(0, machine.ram({ name: "ram", size: 0x1000 }));
  root.addSubregion(0x1000, machine.mmio({ name: "regs", size: 16, read: () => 1, write() {} }));
  const bus = machine.addressSpace(root, "bus");
  bus.store(0, 4, 7);
  console.log(bus.load(0, 4), bus.load(0x1000, 1));`;

const FOR_PEOPLE = /flat\/src\/(mtree|explain)/;

describe("a bundle of a program with RAM, MMIO and an address space", () => {
  it("has nothing in it that only writes texts for people", async () => {
    const files = await filesIn(SMALL);
    expect(files).toContain("packages/flat/src/space/address-space.ts");
    expect(files.filter((file) => FOR_PEOPLE.test(file))).toEqual([]);
  });

  it("has nothing of tracing, unless the program traces", async () => {
    const tracing = (files) => files.filter((file) => file.includes("flat/src/trace/"));
    expect(tracing(await filesIn(SMALL))).toEqual([]);
    const traced = SMALL.replace("{ explain,", "{ AccessTrace, explain,");
    const files = await filesIn(`${traced}\nconsole.log(new AccessTrace(bus).counters.size);`);
    expect(tracing(files).length).toBeGreaterThan(5);
  });

  it("has when the program uses it", async () => {
    const files = await filesIn(`${SMALL}\nconsole.log(mtree(machine), String(explain(bus, 0)));`);
    expect(files.filter((file) => FOR_PEOPLE.test(file)).length).toBeGreaterThan(5);
  });
});
