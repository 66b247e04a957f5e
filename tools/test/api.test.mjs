import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { inRoot } from "../bootstrap/paths.mjs";
import { PackageExports } from "../api/exports.mjs";
import { apiNames, apiRows, NOTHING, rowsOf } from "../api/table.mjs";

const PACKAGES = ["qom", "core", "flat", "iommu", "ramdiscard", "ldst", "hostmem"];

const rows = apiRows();
const done = rows.filter(({ counterparts }) => counterparts.length > 0);
const exported = new PackageExports(PACKAGES);
const where = ({ line, name }) => `docs/API.md:${line}: ${name}`;

describe("the parser of the table", () => {
  it("reads C tables and no others", () => {
    const text = [
      "| C | package | counterpart | notes |",
      "| - | ------- | ----------- | ----- |",
      "| `f` | core | `A.b`, `c` | why |",
      "| `g` | — | — | needless |",
      "",
      "| file | subject |",
      "| ---- | ------- |",
      "| `x`  | `y`     |",
    ].join("\n");
    expect(rowsOf(text)).toEqual([
      {
        line: 3,
        name: "f",
        packageName: "core",
        counterparts: ["A.b", "c"],
        counterpart: "`A.b`, `c`",
        notes: "why",
      },
      {
        line: 4,
        name: "g",
        packageName: "—",
        counterparts: [],
        counterpart: "—",
        notes: "needless",
      },
    ]);
  });
});

describe("the look-up of exports", () => {
  it.each([
    ["core", "NoSuchThing", "does not export"],
    ["core", "AddressSpace", "does not export"],
    ["core", "MemoryRegion.noSuchMember", "there is no noSuchMember"],
    ["core", "MemoryRegion.sequence", "is internal"],
    ["core", "MmioOps.valid.noSuchMember", "there is no noSuchMember"],
    ["flat", "SectionCopy[Symbol.iterator]", "there is no"],
  ])("refuses %s: %s", (name, counterpart, why) => {
    expect(exported.complaint(name, counterpart)).toContain(why);
  });

  it.each([
    ["core", "MemoryRegion"],
    ["core", "MemoryRegion.addSubregion"],
    ["core", "MemoryRegion.owner"],
    ["core", "MmioOps.valid.accepts"],
    ["core", "MemTxResult.OK"],
    ["flat", "SectionCopy[Symbol.dispose]"],
    ["flat", "DirtyLog.of"],
  ])("finds %s: %s", (name, counterpart) => {
    expect(exported.complaint(name, counterpart)).toBeNull();
  });
});

describe("docs/API.md", () => {
  it("has exactly the names of the C API, each once", () => {
    const inTable = rows.map(({ name }) => name);
    expect(inTable.filter((name, i) => inTable.indexOf(name) !== i)).toEqual([]);
    const names = apiNames();
    expect(names.filter((name) => !inTable.includes(name))).toEqual([]);
    expect(inTable.filter((name) => !names.includes(name))).toEqual([]);
  });

  it("names a package of the project and its counterparts, or says why there are none", () => {
    const wrong = rows.filter(({ packageName, counterpart, counterparts, notes }) => {
      if (packageName === NOTHING) return counterpart !== NOTHING || notes === "";
      return !PACKAGES.includes(packageName) || counterparts.length === 0;
    });
    expect(wrong.map(where)).toEqual([]);
  });

  it("names nothing that its package does not export", () => {
    const complaints = done.flatMap((row) =>
      row.counterparts
        .map((counterpart) => exported.complaint(row.packageName, counterpart))
        .filter((complaint) => complaint !== null)
        .map((complaint) => `${where(row)}: ${complaint}`),
    );
    expect(complaints).toEqual([]);
  });

  it("names what is there at run time too", async () => {
    const modules = new Map();
    for (const name of PACKAGES) {
      modules.set(name, await import(`../../packages/${name}/src/index.ts`));
    }
    const missing = done.flatMap((row) =>
      row.counterparts
        .map((counterpart) => counterpart.split(/[.[]/)[0])
        .filter((name) => exported.isValue(row.packageName, name))
        .filter((name) => !(name in modules.get(row.packageName)))
        .map((name) => `${where(row)}: ${name}`),
    );
    expect(missing).toEqual([]);
  });
});

describe("docs/BEHAVIOUR.md", () => {
  it("gives the bounds that the code has", async () => {
    const text = readFileSync(inRoot("docs/BEHAVIOUR.md"), "utf8");
    const stated = [...text.matchAll(/^\| `(MAX_\w+)`\s*\| (\d+)/gm)];
    expect(stated.length).toBeGreaterThan(4);
    const flat = await import("../../packages/flat/src/index.ts");
    const plumbing = await import("../../packages/flat/src/plumbing.ts");
    const corePlumbing = await import("../../packages/core/src/plumbing.ts");
    const iommu = await import("../../packages/iommu/src/index.ts");
    const bounds = { ...iommu, ...flat, ...plumbing, ...corePlumbing };
    const actual = stated.map(([, name]) => [name, bounds[name]]);
    expect(stated.map(([, name, value]) => [name, Number(value)])).toEqual(actual);
  });
});
