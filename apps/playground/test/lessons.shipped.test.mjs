import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { deflateRawSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { linkOf, readLink } from "../src/lesson/link.js";
import { lineOf, prepare } from "../src/lesson/prepare.js";
import { packagesFor, printedText, printer, troubleOf } from "../src/lesson/run-program.js";

const folder = mkdtempSync(join(tmpdir(), "mem-lessons-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The packages, and the machines that a program made with them. */
function packagesAndMachines() {
  const machines = [];
  const packages = packagesFor({ machine: (machine) => machines.push(machine), printed() {} });
  return { packages, machines };
}

/** Runs a program as the page does; answers what it made, and the line of its trouble. */
async function run(source) {
  const { code, trouble } = prepare(source);
  if (code === undefined) return { trouble };
  const { packages, machines } = packagesAndMachines();
  globalThis.memPackages = packages;
  const file = join(folder, `${readdirSync(folder).length}.mjs`);
  writeFileSync(file, code);
  try {
    await import(/* @vite-ignore */ pathToFileURL(file).href);
    return { machines };
  } catch (error) {
    return { machines, trouble: troubleOf(error, file) };
  }
}

const lessonFolder = new URL("../src/lesson/lessons/", import.meta.url);
const lessons = readdirSync(lessonFolder).filter((name) => name.endsWith(".js"));

describe("the lessons", () => {
  it.each(lessons.filter((name) => name !== "banks.js"))("run: %s", async (name) => {
    const { machines, trouble } = await run(readFileSync(new URL(name, lessonFolder), "utf8"));
    expect(trouble).toBeUndefined();
    expect(machines?.length).toBe(1);
    expect(machines?.[0]?.addressSpaces.length).toBeGreaterThan(0);
  });
});

describe("a program that is typed", () => {
  it("may have types, which stay out", () => {
    const { code } = prepare(
      'import { Machine, type MemoryRegion as R } from "@mem/flat";\ninterface A { b: number }\nconst m: Machine = new Machine() as Machine;\n',
    );
    expect(code?.split("\n").map((line) => line.trim())).toEqual([
      'const { Machine } = memPackages["@mem/flat"];',
      "",
      "const m          = new Machine()           ;",
      "",
    ]);
  });

  it.each([
    ['import * as flat from "@mem/flat";', 'const flat = memPackages["@mem/flat"];'],
    ["import { KiB as K }\n  from '@mem/core';", 'const { KiB: K } = memPackages["@mem/core"];\n'],
    ['import type { Machine } from "@mem/flat";', ""],
  ])("imports: %j", (source, code) => {
    expect(prepare(source).code).toBe(code);
  });

  it.each([
    ["const a = 1;\nconst = 2;", 2],
    ["const a = (1;\nconst b = 2;", 1],
    ['import fs from "node:fs";', 1],
    ['\n\nimport flat from "@mem/flat";', 3],
    ["function f() {\n  return 1;\n", 2],
  ])("that cannot be read is told at its line: %j", (source, line) => {
    expect(prepare(source).trouble?.line).toBe(line);
  });

  it("that fails is told at its line, also within what it calls", async () => {
    const failing = await run(
      'import { Machine } from "@mem/flat";\nconst m = new Machine();\nm.ram({ name: "x", size: -1 });\n',
    );
    expect(failing.trouble?.line).toBe(3);
    expect(failing.trouble?.message).toMatch(/size/);
    expect((await run("\nthrow 7;")).trouble).toEqual({ message: "Thrown: 7", line: null });
  });

  it("that V8 refuses without a line gets that of the second declaration", () => {
    const source = "const a = 1;\nfunction f() {}\nconst a = 2;\n";
    const message = "SyntaxError: Identifier 'a' has already been declared";
    expect(lineOf(source, message)).toBe(3);
    expect(lineOf(source, "SyntaxError: something else")).toBeNull();
  });

  it("prints values as they are read", () => {
    expect(printedText(["a", 1, 2n, { b: 3n }, [1, 2], null, undefined])).toBe(
      'a 1 2n {"b":"3n"} [1,2] null undefined',
    );
  });

  it("prints what has no text of its own", () => {
    expect(printedText([Object.assign(Object.create(null), { a: 1 })])).toBe('{"a":1}');
  });

  it("prints so many lines, and then that there are more", () => {
    const told = [];
    const print = printer((text) => told.push(text));
    print(["x".repeat(5000)]);
    for (let line = 1; line < 2000; line++) print([line]);
    expect([told.length, told[1], told[498], told[499]]).toEqual([500, "1", "498", "... and more"]);
    expect(told[0]).toBe(`${"x".repeat(4000)} ...`);
  });

  it("goes into a link and comes out of it", async () => {
    const program = "// ü → λ\n".repeat(200);
    const link = await linkOf(program);
    expect(link.length).toBeLessThan(200);
    expect(await readLink(`#${link}`)).toEqual({ program });
    expect(await readLink("#lesson=mmio")).toEqual({ lesson: "mmio" });
    const damaged = ["", "#program=%%%", "#lesson=%%%", `#${link.slice(0, -9)}`];
    expect(await Promise.all(damaged.map(readLink))).toEqual([null, null, null, null]);
    // Packed, megabytes of one letter are short.
    const packed = deflateRawSync(Buffer.alloc(2 ** 21, 97)).toString("base64url");
    expect(await readLink(`#program=${packed}`)).toBeNull();
  });
});
