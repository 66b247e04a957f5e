import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { inspected } from "@mem/common";

/** Shows how it was asked, and a word in each colour. */
class Asked {
  [inspect.custom](
    depth: number,
    options: { depth: number; colors: boolean; stylize(text: string, style: string): string },
  ): string {
    const styles = ["special", "number", "string", "undefined"];
    const words = styles.map((style) => options.stylize(style, style));
    return `${depth} of ${options.depth}, ${options.colors}, ${words.join(" ")}`;
  }
}

const asked = new Asked();

describe("the text of an object that makes its own", () => {
  it.each([
    ["alone", asked],
    ["in a list", [asked]],
    ["in a record", { asked }],
    ["deeper", { list: [asked] }],
  ])("is Node's: %s", (_, value) => {
    const whole = { breakLength: Infinity };
    expect(inspected(value)).toBe(inspect(value, whole));
    expect(inspected(value, { colors: true })).toBe(inspect(value, { ...whole, colors: true }));
  });

  it("is asked for, where there is none", () => {
    expect(() => inspected([1])).toThrow("1 has no text");
  });
});
