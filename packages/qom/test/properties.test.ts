import { ObjectSystem, PropertyValueError, value, type QomObject, type ValueType } from "@mem/qom";
import { describe, expect, it } from "vitest";
import { bench, expectRule, noting } from "./support.js";

describe("values", () => {
  const cases: [ValueType<unknown>, unknown[], unknown[]][] = [
    [value.bool, [true, false], [0, "true", null, undefined]],
    [value.uint(8), [0, 255], [-1, 256, 1.5, 1n, "1", NaN]],
    [value.int(8), [-128, 127], [-129, 128]],
    [value.uint(16), [0xffff], [0x10000]],
    [value.int(32), [-(2 ** 31), 2 ** 31 - 1], [2 ** 31, -(2 ** 31) - 1]],
    [value.uint(32), [2 ** 32 - 1], [2 ** 32, Infinity]],
    [value.uint64, [0n, 2n ** 64n - 1n], [-1n, 2n ** 64n, 1]],
    [value.int64, [-(2n ** 63n), 2n ** 63n - 1n], [2n ** 63n, -(2n ** 63n) - 1n]],
    [value.size, [1n << 40n], [-1n, 1]],
    [value.number, [1.5, -Infinity], [NaN, 1n, "1"]],
    [value.string, [""], [1, null]],
    [value.enumeration("OnOffAuto", ["on", "off", "auto"]), ["auto"], ["maybe", true]],
    [value.object(), [null, {}, []], [1, "x", undefined]],
    [value.object("Map", (c) => c instanceof Map), [new Map(), null], [new Set()]],
  ];

  it.each(cases)("of type $name are checked", (type, good, bad) => {
    const obj = new ObjectSystem().container("/x");
    obj.addProperty({ name: "p", type });
    for (const each of good) {
      obj.setProperty("p", each);
      expect(obj.getProperty("p")).toBe(each);
    }
    const before = obj.getProperty("p");
    for (const each of bad) {
      const error = expectRule("property-value", () => obj.setProperty("p", each));
      expect(error).toBeInstanceOf(PropertyValueError);
      expect(error.path).toBe("/x");
      expect(error.names).toEqual(["container", "p"]);
      expect(obj.getProperty("p")).toBe(before);
    }
  });

  it("have text forms", () => {
    const obj = new ObjectSystem().container("/x");
    const texts: [ValueType<unknown>, string, unknown][] = [
      [value.bool, "on", true],
      [value.bool, "no", false],
      [value.uint(8), "0x10", 16],
      [value.int(16), "-3", -3],
      [value.uint64, "18446744073709551615", 2n ** 64n - 1n],
      [value.size, "64K", 65536n],
      [value.size, "1.5G", 3n << 29n],
      [value.size, "0x1000", 4096n],
      [value.number, "2.5", 2.5],
      [value.string, "x y", "x y"],
      [value.enumeration("E", ["a", "b"]), "b", "b"],
    ];
    for (const [type, text, expected] of texts) {
      const { name } = obj.addProperty({ name: "t[*]", type });
      obj.setPropertyText(name, text);
      expect(obj.getProperty(name), `${type.name} ${text}`).toBe(expected);
    }
    for (const [type, text] of [
      [value.bool, "maybe"],
      [value.uint(8), "256"],
      [value.uint(8), "xx"],
      [value.size, "xx"],
      [value.size, "1.5"],
      [value.number, ""],
      [value.enumeration("E", ["a"]), "c"],
      [value.object(), "x"],
    ] as [ValueType<unknown>, string][]) {
      const { name } = obj.addProperty({ name: "f[*]", type });
      expectRule("property-value", () => obj.setPropertyText(name, text));
    }
  });

  it("come from getters and go to setters, which alone say what is allowed", () => {
    const obj = new ObjectSystem().container("/x");
    let speed = 9600;
    obj.addProperty({
      name: "speed",
      type: value.uint(32),
      get: () => speed,
      set: (_obj, v) => void (speed = v),
      default: 1200,
    });
    expect(speed).toBe(1200);
    obj.setProperty("speed", 300);
    expect([speed, obj.getProperty("speed")]).toEqual([300, 300]);
    obj.addProperty({ name: "ro", type: value.bool, get: () => true });
    obj.addProperty({ name: "wo", type: value.bool, set: () => {} });
    obj.addProperty({ name: "fixed", type: value.bool, access: "read-only", default: true });
    obj.addProperty({ name: "secret", type: value.string, access: "write-only" });
    for (const name of ["ro", "fixed"]) {
      const error = expectRule("property-not-writable", () => obj.setProperty(name, false));
      expect(error.message).toBe(`Property 'container.${name}' is not writable`);
      expect(obj.getProperty(name)).toBe(true);
    }
    for (const name of ["wo", "secret"]) {
      expectRule("property-not-readable", () => obj.getProperty(name));
    }
    obj.setProperty("secret", "x");
    expect(expectRule("property-unknown", () => obj.getProperty("nope")).message).toBe(
      "Property 'container.nope' not found",
    );
  });

  it("refuse definitions that contradict themselves", () => {
    const obj = new ObjectSystem().container("/x");
    const type = value.uint(8);
    expectRule("property-definition", () => obj.addProperty({ name: "p", type, default: 256 }));
    expectRule("property-definition", () =>
      obj.addProperty({ name: "p", type, default: 1, get: () => 1 }),
    );
    expectRule("property-definition", () =>
      obj.addProperty({ name: "p", type, access: "read-only", get: () => 1 }),
    );
    expect(() =>
      obj.addProperty({
        name: "p",
        type,
        default: 1,
        set() {
          throw new Error("not that");
        },
      }),
    ).toThrow("not that");
    expect(obj.findProperty("p")).toBeNull();
  });

  it("forget their value when they are removed", () => {
    const obj = new ObjectSystem().container("/x");
    obj.addProperty({ name: "p", type: value.bool });
    obj.setProperty("p", true);
    obj.removeProperty("p");
    obj.addProperty({ name: "p", type: value.bool });
    expect(obj.getProperty("p")).toBeUndefined();
  });

  it("keep their order, descriptions, defaults and names", () => {
    const obj = new ObjectSystem().container("/x");
    obj.addProperty({ name: "z", type: value.uint(8), description: "last letter", default: 26 });
    obj.addProperty({ name: "a", type: value.bool });
    expect([...obj.properties()].map((p) => `${p.name} ${p.type}`)).toEqual([
      "z uint8",
      "a bool",
      "type string",
    ]);
    const z = obj.findProperty("z");
    expect([z?.description, z?.defaultValue, z?.kind]).toEqual(["last letter", 26, "value"]);
    expect(obj.getProperty("z")).toBe(26);
    expect(obj.getProperty("a")).toBeUndefined();
    expect(obj.getProperty("type")).toBe("container");
    expectRule("property-duplicate", () => obj.addProperty({ name: "z", type: value.bool }));
    expectRule("property-duplicate", () => obj.addProperty({ name: "type", type: value.bool }));
    expectRule("property-name", () => obj.addProperty({ name: "", type: value.bool }));
    expectRule("property-name", () => obj.addProperty({ name: "a/b", type: value.bool }));
    expectRule("property-name", () => obj.removeProperty("type"));
    expectRule("property-unknown", () => obj.removeProperty("nope"));
    obj.removeProperty("z");
    expect(obj.findProperty("z")).toBeNull();
  });
});

describe("class properties", () => {
  it("are inherited, with a value per object and defaults told to setters", () => {
    const system = new ObjectSystem();
    const told: unknown[] = [];
    system.types.register({
      name: "a",
      classInit(klass) {
        klass.addProperty({ name: "size", type: value.size, default: 64n });
        klass.addProperty({
          name: "mode",
          type: value.string,
          default: "slow",
          get: () => "?",
          set: (_obj, v) => void told.push(v),
        });
      },
    });
    system.types.register({
      name: "b",
      parent: "a",
      classInit(klass) {
        expectRule("property-duplicate", () =>
          klass.addProperty({ name: "size", type: value.bool }),
        );
        klass.addProperty({ name: "extra", type: value.bool });
      },
    });
    const [one, two] = [system.create("b"), system.create("b")];
    expect(told).toEqual(["slow", "slow"]);
    one.setProperty("size", 128n);
    expect([one.getProperty("size"), two.getProperty("size")]).toEqual([128n, 64n]);
    expect([...one.properties()].map((p) => p.name)).toEqual(["extra", "size", "mode", "type"]);
    expectRule("property-duplicate", () => one.addProperty({ name: "size", type: value.bool }));
    expectRule("class-sealed", () => one.klass.addProperty({ name: "x", type: value.bool }));
  });
});

describe("array names", () => {
  it("take the first free index, also after removals", () => {
    const { system } = bench();
    const parent = system.container("/p");
    const names = ["x", "x", "x", "y"].map((stem) => {
      const child = parent.addChild(`${stem}[*]`, noting(system, stem));
      return child.childName;
    });
    expect(names).toEqual(["x[0]", "x[1]", "x[2]", "y[0]"]);
    parent.removeProperty("x[1]");
    expect(parent.addChild("x[*]", noting(system, "again")).childName).toBe("x[1]");
    expect(parent.addChild("x[*]", noting(system, "next")).childName).toBe("x[3]");
    parent.addProperty({ name: "x[4]", type: value.bool });
    expect(parent.addChild("x[*]", noting(system, "far")).childName).toBe("x[5]");
  });
});

describe("links", () => {
  function linked(strong: boolean): { system: ObjectSystem; from: QomObject; to: QomObject } {
    const { system } = bench();
    const from = noting(system, "from");
    const to = noting(system, "to");
    from.addLink({ name: "peer", target: "base", strong });
    return { system, from, to };
  }

  it("hold a reference when strong, until they are changed or released", () => {
    const { from, to } = linked(true);
    from.setProperty("peer", to);
    expect(to.refcount).toBe(2);
    from.setProperty("peer", to);
    expect(to.refcount).toBe(2);
    from.setProperty("peer", null);
    expect([to.refcount, from.getProperty("peer")]).toEqual([1, null]);
    from.setProperty("peer", to);
    to.unref();
    expect(to.finalized).toBe(false);
    from.unref();
    expect(to.finalized).toBe(true);
  });

  it("are cleared when weak and the target dies, with a word to the owner", () => {
    const { from, to } = linked(false);
    const told: unknown[] = [];
    from.addLink({ name: "told", target: "object", changed: (_obj, t) => void told.push(t) });
    from.setProperty("peer", to);
    from.setProperty("told", to);
    expect(to.refcount).toBe(1);
    to.unref();
    expect([from.getProperty("peer"), from.getProperty("told")]).toEqual([null, null]);
    expect(told).toEqual([to, null]);
  });

  it("read null from the moment a weak target is lost, and may move on before its end", () => {
    const { system, from, to } = linked(false);
    const told: unknown[] = [];
    from.addLink({ name: "told", target: "base", changed: (_obj, t) => void told.push(t) });
    from.setProperty("peer", to);
    from.setProperty("told", to);
    const other = noting(system, "other");
    system.deferFinalization(() => {
      to.unref();
      expect(to.finalizing).toBe(true);
      expect([from.getProperty("peer"), from.resolve("peer")]).toEqual([null, null]);
      from.setProperty("told", other);
    });
    expect(to.finalized).toBe(true);
    expect([from.getProperty("told"), told]).toEqual([other, [to, other]]);
  });

  it("forget a weak target when the linking object dies first", () => {
    const { from, to } = linked(false);
    from.setProperty("peer", to);
    from.unref();
    to.unref();
    expect([from.finalized, to.finalized]).toEqual([true, true]);
  });

  it("check type, system, life and what the check hook says, before anything changes", () => {
    const { system, from, to } = linked(true);
    from.setProperty("peer", to);
    const wrong = system.container("/wrong");
    expectRule("property-value", () => from.setProperty("peer", wrong));
    expectRule("property-value", () => from.setProperty("peer", 7));
    expectRule("foreign-object", () => from.setProperty("peer", noting(bench().system, "x")));
    const dead = noting(system, "dead");
    dead.unref();
    expectRule("use-after-finalize", () => from.setProperty("peer", dead));
    from.addLink({
      name: "picky",
      target: "object",
      check() {
        throw new Error("realized");
      },
    });
    const error = expectRule("property-value", () => from.setProperty("picky", to));
    expect(error.message).toContain("realized");
    expect([to.refcount, from.getProperty("peer"), from.getProperty("picky")]).toEqual([
      2,
      to,
      null,
    ]);
    from.addLink({ name: "fixed", target: "base", writable: false });
    expectRule("property-not-writable", () => from.setProperty("fixed", to));
  });

  it("take paths", () => {
    const { system, from, to } = linked(true);
    system.container("/machine").addChild("rtc", to);
    from.setProperty("peer", "/machine/rtc");
    expect(from.getProperty("peer")).toBe(to);
    from.setPropertyText("peer", "");
    expect(from.getProperty("peer")).toBeNull();
    from.setPropertyText("peer", "rtc");
    expect(from.getProperty("peer")).toBe(to);
    expectRule("property-value", () => from.setProperty("peer", "/nowhere"));
    system.container("/other").addChild("rtc", noting(system, "rtc2"));
    expect(expectRule("property-value", () => from.setProperty("peer", "rtc")).message).toContain(
      "ambiguous",
    );
    expect(from.getProperty("peer")).toBe(to);
  });

  it("of a class have a target per object", () => {
    const { system } = bench([
      {
        name: "card",
        classInit: (k) => void k.addLink({ name: "bus", target: "base", strong: true }),
      },
    ]);
    const bus = noting(system, "bus");
    const [a, b] = [system.create("card"), system.create("card")];
    a.setProperty("bus", bus);
    expect([a.getProperty("bus"), b.getProperty("bus"), bus.refcount]).toEqual([bus, null, 2]);
    a.unref();
    expect(bus.refcount).toBe(1);
  });

  it("let go of the old target even when the changed hook throws", () => {
    const { system, from, to } = linked(true);
    from.addLink({
      name: "loud",
      target: "base",
      strong: true,
      changed(_obj, target) {
        if (target !== to) throw new Error("loud");
      },
    });
    from.setProperty("loud", to);
    const other = noting(system, "other");
    expect(() => from.setProperty("loud", other)).toThrow("loud");
    expect([to.refcount, other.refcount]).toEqual([1, 2]);
  });
});

describe("aliases", () => {
  it("read and write the property they stand for, through several levels", () => {
    const system = new ObjectSystem();
    const [a, b, c] = ["/a", "/b", "/c"].map((path) => system.container(path)) as [
      QomObject,
      QomObject,
      QomObject,
    ];
    a.addProperty({ name: "speed", type: value.uint(8), default: 5, description: "of a" });
    b.addAlias({ name: "rate", target: a, targetName: "speed" });
    c.addAlias({ name: "rate", target: b });
    expect(c.getProperty("rate")).toBe(5);
    c.setProperty("rate", 9);
    c.setPropertyText("rate", "10");
    expect(a.getProperty("speed")).toBe(10);
    const alias = c.findProperty("rate");
    expect([alias?.type, alias?.description, alias?.defaultValue, alias?.kind]).toEqual([
      "uint8",
      "of a",
      5,
      "alias",
    ]);
    expectRule("property-value", () => c.setProperty("rate", 256));
    expectRule("property-unknown", () => c.addAlias({ name: "x", target: a }));
    expectRule("foreign-object", () =>
      c.addAlias({ name: "type2", target: new ObjectSystem().root, targetName: "type" }),
    );
  });

  it("of a child are links that paths follow, and hold nothing", () => {
    const { system } = bench();
    const host = system.container("/host");
    const bus = host.addChild("pci.0", noting(system, "bus"));
    bus.unref();
    const board = system.container("/board");
    board.addAlias({ name: "pci", target: host, targetName: "pci.0" });
    expect(board.findProperty("pci")?.type).toBe("link<base>");
    expect(system.resolve("/board/pci")).toBe(bus);
    expect(bus.refcount).toBe(1);
    expectRule("property-not-writable", () => board.setProperty("pci", null));
    bus.unparent();
    expect(bus.finalized).toBe(true);
    expect(system.resolve("/board/pci")).toBeNull();
    expectRule("property-unknown", () => board.getProperty("pci"));
    host.unparent();
    expectRule("use-after-finalize", () => board.getProperty("pci"));
    expectRule("use-after-finalize", () => board.addAlias({ name: "y", target: host }));
  });

  it("never lead back to themselves", () => {
    const system = new ObjectSystem();
    const [a, b] = [system.container("/a"), system.container("/b")];
    a.addProperty({ name: "p", type: value.bool });
    b.addAlias({ name: "q", target: a, targetName: "p" });
    a.removeProperty("p");
    // b.q now dangles, waiting for a new a.p; an alias of b.q in that place would be a loop.
    expectRule("alias-cycle", () => a.addAlias({ name: "p", target: b, targetName: "q" }));
    expect(a.findProperty("p")).toBeNull();
  });
});
