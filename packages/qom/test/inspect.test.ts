import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { inkOf, inspectCustom, type InspectOptions, isNested, linesBelow } from "../src/index.js";

class Shelf {
  readonly #books: number;

  constructor(books: number) {
    this.#books = books;
  }

  *#lines(): Generator<string> {
    for (let i = 0; i < this.#books; i++) {
      asked++;
      yield `book ${i}`;
    }
  }

  [inspectCustom](depth: number | null, options: InspectOptions): string {
    const ink = inkOf(options);
    const first = `Shelf ${ink("oak", "name")}`;
    return isNested(depth, options) ? first : linesBelow(first, this.#lines(), ink, this.#books);
  }
}
let asked = 0;

describe("texts for console.log", () => {
  it("are the symbol of util.inspect", () => {
    expect(inspectCustom).toBe(inspect.custom);
  });

  it("have lines when shown alone, and one when nested", () => {
    expect(inspect(new Shelf(2))).toBe("Shelf oak\n  book 0\n  book 1");
    expect(inspect([new Shelf(2)])).toBe("[ Shelf oak ]");
    expect(inspect({ a: { b: new Shelf(2) } })).toBe("{ a: { b: Shelf oak } }");
    expect(inspect(new Shelf(2), { depth: null })).toBe("Shelf oak\n  book 0\n  book 1");
  });

  it("have colours only when asked", () => {
    expect(inspect(new Shelf(0), { colors: true })).toBe("Shelf \u001b[36moak\u001b[39m");
    expect(inkOf(undefined)("oak", "name")).toBe("oak");
    expect(new Shelf(0)[inspectCustom](2, {})).toBe("Shelf oak");
  });

  it("ask for no more lines than they show", () => {
    asked = 0;
    const lines = inspect(new Shelf(100_000)).split("\n");
    expect(lines).toHaveLength(18);
    expect(lines.at(-1)).toBe("  … 99984 more");
    expect(asked).toBe(17);
    expect(linesBelow("x", ["a"].values(), inkOf({}))).toBe("x\n  a");
    const many = Array.from({ length: 17 }, () => "y");
    expect(linesBelow("x", many, inkOf({})).split("\n").at(-1)).toBe("  … more");
    expect(linesBelow("x", many.slice(1), inkOf({})).split("\n")).toHaveLength(17);
  });
});
