import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { inRoot } from "../bootstrap/paths.mjs";
import { bundleExample, exampleNames, summaryOf } from "../examples/examples.mjs";
import { example } from "../scripts/example.mjs";

const names = exampleNames();

describe("the programs of examples/", () => {
  it("are these", () =>
    expect(names).toEqual([
      "bank-switch",
      "cpu-6502",
      "cpu-z80",
      "iommu-dma",
      "memory-hotplug",
      "pc-device",
      "pc-embedded",
    ]));

  it("are type-checked as the tests are", () => {
    expect(JSON.parse(readFileSync(inRoot("tsconfig.tests.json"), "utf8")).include).toContain(
      "examples/*.ts",
    );
  });

  it.each(names)("are short, and say what they are: %s", (name) => {
    const lines = readFileSync(inRoot(`examples/${name}.ts`), "utf8").split("\n");
    expect(lines.length).toBeLessThan(100);
    expect(summaryOf(name)).toMatch(/^[A-Z].{20,90}\.$/);
  });

  it.each(names)("print what they are known to print: %s", async (name) => {
    const printed = execFileSync(process.execPath, [await bundleExample(name)], {
      encoding: "utf8",
    });
    // A speed, and how many devices a PC has by now, are no matter of the example.
    expect(printed.replaceAll(/[\d.]+(?= million| device)/g, "N")).toBe(
      readFileSync(inRoot(`examples/expected/${name}.txt`), "utf8"),
    );
  });
});

describe("the script `example`", () => {
  it("lists them, and names them to those who mistype one", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
    try {
      expect(await example([])).toBe(0);
      expect(log.mock.calls.map(([line]) => line.split(" ")[0])).toEqual(names);
      expect(await example(["bank-swich"])).toBe(1);
      expect(error.mock.calls[0]?.[0]).toContain("there are: bank-switch, cpu-6502");
    } finally {
      log.mockRestore();
      error.mockRestore();
    }
  });
});
