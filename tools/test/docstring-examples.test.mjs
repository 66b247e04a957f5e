import { describe, expect, it } from "vitest";
import { docExamplesIn, programOf } from "../docstrings/examples.mjs";

describe("the examples in docstrings", () => {
  it("are found", () => {
    const text =
      "/**\n * It is.\n *\n * @example\n * a();\n *\n *   b();\n * @see {@link it}\n */\n/** x */";
    expect(docExamplesIn(text)).toEqual(["a();\n\n  b();"]);
  });

  it("import what they use, and have a stage to stand on", () => {
    const exported = (name) =>
      name === "Machine" ? { specifier: "@mem/flat", isType: false } : undefined;
    expect(programOf("machine.ram; const space = 1;", exported, "")).toBe(
      'import { Machine } from "@mem/flat";\nconst machine = new Machine();\nvoid [machine];\nmachine.ram; const space = 1;\nexport {};\n',
    );
    expect(programOf("const machine = 1;", exported, "")).not.toContain("import");
    expect(programOf("machine.ram;", exported, "")).toContain("machine.addressSpace(system");
  });
});
