import { describe, expect, it } from "vitest";
import {
  FinalizationError,
  HookError,
  ObjectSystem,
  PropertyValueError,
  TypeConflictError,
  value,
} from "../src/index.js";
import { aNumber, aText, checkOptions, type OptionRefusal, shown } from "../src/plumbing.js";

const refuse: OptionRefusal = (message, { rule }) => {
  throw new Error(`${rule}: ${message}`);
};

/** What a call throws. */
function thrown(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("values in messages", () => {
  it("are short and of their kind", () => {
    class Wheel {}
    expect(shown("w".repeat(41))).toBe(`"${"w".repeat(40)}…"`);
    expect(shown(5n)).toBe("5n");
    expect(shown([1, 2])).toBe("an array of 2");
    expect(shown(new Wheel())).toBe("an object of class Wheel");
    expect(shown(Object.create(null))).toBe("an object");
    expect(shown(function turn() {})).toBe("the function turn");
    expect(shown(() => undefined)).toBe("a function");
    expect(shown(Symbol("s"))).toBe("Symbol(s)");
  });

  it("are what an option is, beside what it must be", () => {
    const table = { call: "paint", optional: { colour: aText, layers: aNumber } };
    expect(() => checkOptions({ layers: 2n }, table, refuse)).toThrow(
      'option-kind: paint: the option "layers" is 2n, but must be a number',
    );
    expect(() => checkOptions({ colour: ["red"] }, table, refuse)).toThrow("is an array of 1");
  });

  it("end with the options that there are, or that there are none", () => {
    expect(() => checkOptions({ x: 1 }, { call: "stop" }, refuse)).toThrow(
      'option-unknown: stop: there is no option "x"; it takes none',
    );
    const table = { call: "go", required: { far: aNumber } };
    expect(() => checkOptions({ far: 1, zzzzz: 1 }, table, refuse)).toThrow("there are far");
  });

  it("are named by the property that refuses them", () => {
    const system = new ObjectSystem();
    const types: [string, unknown, RegExp][] = [
      ["count", () => undefined, /expects an integer, not a function/],
      ["count", 1n, /expects an integer, not 1n/],
      ["count", {}, /expects an integer, not an object/],
      ["count", "many", /expects an integer, not 'many'/],
      ["wide", undefined, /expects a bigint, not undefined/],
    ];
    system.types.register({
      name: "meter",
      classInit: (klass) => {
        klass.addProperty({ name: "count", type: value.uint(8) });
        klass.addProperty({ name: "wide", type: value.uint64 });
      },
    });
    const meter = system.createChild(system.root, "meter", "meter");
    for (const [name, wrong, message] of types) {
      expect(() => meter.setProperty(name, wrong)).toThrow(message);
    }
  });
});

describe("what hooks throw", () => {
  it("is in the message when it is no error", () => {
    const system = new ObjectSystem();
    const word: unknown = "out of film";
    system.types.register({
      name: "camera",
      instanceFinalize: () => {
        throw word;
      },
    });
    const camera = system.createChild(system.root, "camera", "camera");
    const error = thrown(() => camera.unparent()) as FinalizationError;
    expect(error).toBeInstanceOf(FinalizationError);
    const [first] = error.errors;
    expect(first).toBeInstanceOf(HookError);
    expect((first as HookError).message).toMatch(/of .*camera.* threw: out of film$/);
    expect((first as HookError).cause).toBe(word);
  });

  it("is beside what the creation of its object threw", () => {
    const system = new ObjectSystem();
    system.types.register({
      name: "camera",
      classInit: (klass) => void klass.addProperty({ name: "frames", type: value.uint(8) }),
      instanceFinalize: () => {
        throw new Error("out of film");
      },
    });
    const error = thrown(() => system.create("camera", { props: { frames: 256 } }));
    expect(error).toBeInstanceOf(FinalizationError);
    expect((error as FinalizationError).message).toMatch(/takes 0\.\.255, not 256[^]*out of film/);
    expect((error as FinalizationError).cause).toBeInstanceOf(PropertyValueError);
    expect([...system.liveObjects()]).toEqual([system.root]);
  });

  it("is why a link refuses its target", () => {
    const system = new ObjectSystem();
    system.types.register({
      name: "plug",
      classInit: (klass) => {
        klass.addLink({
          name: "socket",
          target: "container",
          check: () => {
            throw "wrong voltage" as unknown;
          },
        });
      },
    });
    const plug = system.createChild(system.root, "plug", "plug");
    const error = thrown(() => plug.setProperty("socket", system.root));
    expect(error).toBeInstanceOf(PropertyValueError);
    expect((error as Error).message).toContain("refuses /: wrong voltage");
    expect(thrown(() => plug.setProperty("socket", null))).toMatchObject({
      cause: "wrong voltage",
    });
  });
});

describe("a type that is registered again", () => {
  it("may be the same, and is refused with the field that differs", () => {
    const { types } = new ObjectSystem();
    types.register({ name: "wired", isInterface: true });
    const fan = { name: "fan", interfaces: ["wired"] };
    types.register(fan);
    types.register(fan);
    types.register({ ...fan, interfaces: ["wired"] });
    const other = thrown(() => types.register({ name: "fan" }));
    expect(other).toBeInstanceOf(TypeConflictError);
    expect((other as Error).message).toContain("interfaces");
    expect(() => types.register({ name: "wired" })).toThrow(/parent/);
  });
});
