import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import {
  ClassSlot,
  inspectCustom,
  type InspectOptions,
  ObjectSystem,
  value,
} from "../src/index.js";
import { inkOf, isNested, linesBelow } from "../src/plumbing.js";

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

describe("what is shown of objects", () => {
  function house() {
    const system = new ObjectSystem();
    let calls = 0;
    system.types.register({
      name: "lamp",
      classInit(klass) {
        klass.addProperty({ name: "watts", type: value.uint(32), default: 40 });
        klass.addProperty({ name: "lit", type: value.bool, get: () => (calls++, true) });
        klass.addLink({ name: "switch", target: "container" });
      },
    });
    const hall = system.container("/hall");
    const lamp = system.createChild(hall, "lamp[*]", "lamp", { switch: hall });
    return { system, hall, lamp, calls: () => calls };
  }

  it("is place, type and properties, without a getter being called", () => {
    const { hall, lamp, calls } = house();
    expect(inspect(lamp)).toBe(
      [
        "QomObject /hall/lamp[0] (lamp), 1 reference",
        "  watts uint32 = 40",
        "  lit bool",
        '  switch link<container> = "/hall"',
        "  type string",
      ].join("\n"),
    );
    expect(inspect({ at: [lamp] })).toBe("{ at: [ QomObject /hall/lamp[0] (lamp), 1 reference ] }");
    expect(inspect(lamp, { colors: true })).toContain("\u001b[36m/hall/lamp[0]\u001b[39m");
    expect(JSON.parse(JSON.stringify({ hall, lamp }))).toEqual({
      hall: {
        path: "/hall",
        type: "container",
        refcount: 1,
        properties: {},
        children: ["lamp[0]"],
      },
      lamp: {
        path: "/hall/lamp[0]",
        type: "lamp",
        refcount: 1,
        properties: { watts: 40, switch: "/hall" },
        children: [],
      },
    });
    lamp.unparent();
    expect(inspect(lamp)).toContain("(lamp), finalized");
    expect(JSON.stringify(lamp)).toContain('"refcount":0');
    expect(calls()).toBe(0);
  });

  it("is the tree, the types, and who holds what", () => {
    const { system, lamp } = house();
    expect(inspect(system)).toBe(
      ["ObjectSystem of 3 objects of 4 types", "  hall container", "    lamp[0] lamp"].join("\n"),
    );
    expect(String(system)).toBe("3 objects of 4 types");
    expect(JSON.parse(JSON.stringify(system))).toEqual({
      live: 3,
      types: 4,
      objects: ["/", "/hall", "/hall/lamp[0]"],
    });
    expect(inspect(system.types).split("\n").at(-1)).toBe("  lamp < object");
    expect(inspect(lamp.klass).split("\n")).toEqual([
      "ObjectClass lamp < object",
      "  watts uint32",
      "  lit bool",
      "  switch link<container>",
      "  type string",
    ]);
    expect(inspect(lamp.findProperty("lit"))).toBe("Property lit: bool, read-only");
    expect(String(lamp.findProperty("lit"))).toBe("lit: bool");
    const held = lamp.hold("me");
    expect(inspect(held)).toBe("Reference of me on /hall/lamp[0]");
    expect(inspect(system.leaks())).toContain("LeakReport of 1 object");
    expect(JSON.stringify(system.leaks())).toContain('"object":"/hall/lamp[0]"');
    held.release();
    expect(`${held}`).toBe("me -> /hall/lamp[0]");
    expect(inspect(new ClassSlot("irq"))).toBe("ClassSlot irq");
  });

  it("makes no class for it, and stays short", () => {
    const system = new ObjectSystem();
    let made = 0;
    system.types.register({ name: "late", classInit: () => void made++ });
    for (let i = 0; i < 2000; i++) system.createChild(system.root, "n[*]", "container");
    expect(inspect(system.types)).toContain("late < object");
    expect(JSON.stringify(system.types)).toContain("late");
    expect(made).toBe(0);
    for (const shown of [system, system.root]) {
      expect(inspect(shown).split("\n")).toHaveLength(18);
      expect(JSON.stringify(shown).length).toBeLessThan(10_000);
    }
  });
});
