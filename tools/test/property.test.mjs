import { describe, expect, it } from "vitest";
import { readNumbers } from "../scripts/property.mjs";

describe("the options of a property run", () => {
  it("are two numbers, each with a default", () => {
    expect(readNumbers([])).toEqual({ cases: "100000", seed: "1" });
    expect(readNumbers(["--cases", "7", "--seed=9"])).toEqual({ cases: "7", seed: "9" });
  });

  it.each([
    [["--cases", "0"], "--cases takes a number from 1 to 999999999, not '0'"],
    [["--seed", "x"], "--seed takes a number from 1 to 999999999, not 'x'"],
    [["--trees", "1"], "Unknown option '--trees'"],
    [["many"], "Unexpected argument 'many'"],
  ])("are refused in one line: %j", (args, message) => {
    expect(readNumbers(args)).toContain(message);
  });
});
