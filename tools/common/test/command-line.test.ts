import { expect, it } from "vitest";
import { parseOptions, UsageError, wholeNumber } from "../src/index.js";

const options = { list: { type: "boolean" }, json: { type: "string" } } as const;

it("takes options, words where they are allowed, and a package manager's separator", () => {
  const { values, positionals } = parseOptions(["--", "--list", "--json=a", "word"], {
    options,
    allowPositionals: true,
  });
  expect({ ...values, positionals }).toEqual({ list: true, json: "a", positionals: ["word"] });
});

it.each([
  [["--lost"], "Unknown option '--lost'"],
  [["--json"], "Option '--json <value>' argument missing"],
  [["word"], "Unexpected argument 'word'. This command does not take positional arguments"],
])("refuses %j in one line", (argv, message) => {
  expect(() => parseOptions(argv, { options })).toThrow(UsageError);
  expect(() => parseOptions(argv, { options })).toThrow(new RegExp(`^${message}$`));
});

it("takes whole numbers alone", () => {
  expect(wholeNumber("--seed", "12")).toBe(12);
  for (const text of ["", "-1", "1.5", "x", "9".repeat(17)]) {
    expect(() => wholeNumber("--seed", text)).toThrow("--seed takes a whole number");
  }
});
