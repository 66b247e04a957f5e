import { describe, expect, it } from "vitest";
import { UsageError } from "@mem/common";
import { parseCommandLine } from "../src/command-line.js";

const nothing = {
  help: false,
  list: false,
  quick: false,
  markdown: false,
  json: null,
  names: [],
};

describe("the command line", () => {
  it.each([
    [[], nothing],
    [["--", "--quick"], { ...nothing, quick: true }],
    [
      ["ram", "--json", "out.json", "mmio"],
      { ...nothing, json: "out.json", names: ["ram", "mmio"] },
    ],
    [["--list", "--markdown"], { ...nothing, list: true, markdown: true }],
  ])("%j is understood", (argv, options) => {
    expect(parseCommandLine(argv)).toEqual(options);
  });

  it.each([
    [["--fast"], "Unknown option '--fast'"],
    [["--json"], "argument missing"],
    [["--json="], "--json takes the name of a file"],
    [["--quick=yes"], "does not take an argument"],
  ])("%j is refused in one line", (argv, message) => {
    const parse = (): unknown => parseCommandLine(argv);
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(message);
    expect(parse).not.toThrow(/\n/);
  });
});
