import { ClassSlot, ObjectSystem, QomObject, value } from "@mem/qom";
import { describe, expect, it } from "vitest";
import { expectRule } from "./support.js";

describe("classes", () => {
  it("initializes the parent's class first, each once, at first use", () => {
    const { types } = new ObjectSystem();
    const log: string[] = [];
    // Registered before its parent: nothing is looked up until first use.
    types.register({ name: "b", parent: "a", classInit: (k) => void log.push(k.name) });
    types.register({ name: "a", classInit: (k) => void log.push(k.name) });
    expect(log).toEqual([]);
    expect(types.get("b")).toBe(types.get("b"));
    types.get("a");
    expect(log).toEqual(["a", "b"]);
  });

  it("answers isA for parents and for its own and inherited interfaces", () => {
    const { types } = new ObjectSystem();
    types.register({ name: "face", isInterface: true });
    types.register({ name: "subface", isInterface: true, parent: "face" });
    types.register({ name: "other", isInterface: true });
    types.register({ name: "a", interfaces: ["subface"] });
    types.register({ name: "b", parent: "a", interfaces: ["other"] });
    const b = types.get("b");
    for (const name of ["b", "a", "object", "subface", "face", "interface", "other"]) {
      expect(b.isA(name), name).toBe(true);
    }
    expect(types.get("a").isA("other")).toBe(false);
    expect(types.get("a").isA("b")).toBe(false);
    expect(b.interfaces.map((face) => face.name).sort()).toEqual([
      "face",
      "interface",
      "other",
      "subface",
    ]);
    expect(types.list({ implementing: "face", instantiable: true }).map((k) => k.name)).toEqual([
      "a",
      "b",
    ]);
  });

  it("lets a derived class see and replace its parent's slots", () => {
    const { types } = new ObjectSystem();
    const reset = new ClassSlot<() => string>("reset");
    types.register({ name: "a", classInit: (k) => k.setSlot(reset, () => "a") });
    types.register({ name: "b", parent: "a" });
    types.register({ name: "c", parent: "b", classInit: (k) => k.setSlot(reset, () => "c") });
    expect(types.get("b").slot(reset)?.()).toBe("a");
    expect(types.get("c").slot(reset)?.()).toBe("c");
    expect(types.get("object").slot(reset)).toBeUndefined();
    expectRule("class-sealed", () => types.get("b").setSlot(reset, () => "late"));
  });

  it("tries class init again after it threw", () => {
    const { types } = new ObjectSystem();
    let fail = true;
    types.register({
      name: "a",
      classInit() {
        if (fail) throw new Error("not yet");
      },
    });
    expect(() => types.get("a")).toThrow("not yet");
    fail = false;
    expect(types.get("a").name).toBe("a");
  });
});

describe("registering", () => {
  it("takes an equal definition again and refuses a different one", () => {
    const { types } = new ObjectSystem();
    const instanceInit = (): void => {};
    types.register({ name: "a", instanceInit });
    types.register({ name: "a", parent: "object", abstract: false, interfaces: [], instanceInit });
    expectRule("type-conflict", () => types.register({ name: "a" }));
    expectRule("type-conflict", () => types.register({ name: "a", instanceInit, parent: "b" }));
    expectRule("type-conflict", () => types.register({ name: "object" }));
  });

  it("refuses definitions that contradict themselves", () => {
    const { types } = new ObjectSystem();
    expectRule("type-definition", () => types.register({ name: "" }));
    expectRule("type-definition", () =>
      types.register({ name: "f", isInterface: true, instanceInit() {} }),
    );
    expectRule("type-definition", () =>
      types.register({ name: "f", isInterface: true, interfaces: ["g"] }),
    );
    types.register({ name: "x", parent: "y" });
    types.register({ name: "y", parent: "x" });
    expectRule("type-definition", () => types.get("x"));
    types.register({ name: "face", isInterface: true });
    types.register({ name: "plain" });
    types.register({ name: "bad1", parent: "face" });
    types.register({ name: "bad2", isInterface: true, parent: "plain" });
    types.register({ name: "bad3", interfaces: ["plain"] });
    for (const name of ["bad1", "bad2", "bad3"])
      expectRule("type-definition", () => types.get(name));
    types.register({
      name: "facep",
      isInterface: true,
      classInit: (k) => void k.addProperty({ name: "p", type: value.bool }),
    });
    expectRule("type-definition", () => types.get("facep"));
  });

  it("names the type that misses another", () => {
    const { types } = new ObjectSystem();
    types.register({ name: "a", parent: "nowhere" });
    expect(expectRule("type-unknown", () => types.get("a")).names).toEqual(["nowhere", "a"]);
    expectRule("type-unknown", () => types.get("b"));
    expect(types.tryGet("b")).toBeNull();
    expect(types.has("a")).toBe(true);
  });
});

describe("instances", () => {
  it("run init base to derived, then post-init base to derived", () => {
    const system = new ObjectSystem();
    const log: string[] = [];
    for (const [name, parent] of [
      ["a", "object"],
      ["b", "a"],
      ["c", "b"],
    ] as const) {
      system.types.register({
        name,
        parent,
        instanceInit: () => void log.push(`init ${name}`),
        instancePostInit: () => void log.push(`post ${name}`),
        instanceFinalize: () => void log.push(`finalize ${name}`),
      });
    }
    system.create("c").unref();
    expect(log).toEqual([
      ..."abc".split("").map((n) => `init ${n}`),
      ..."abc".split("").map((n) => `post ${n}`),
      ..."cba".split("").map((n) => `finalize ${n}`),
    ]);
  });

  it("of abstract types, interfaces and foreign classes are refused", () => {
    const system = new ObjectSystem();
    system.types.register({ name: "shape", abstract: true });
    system.types.register({ name: "face", isInterface: true });
    system.types.register({ name: "round", parent: "shape" });
    expectRule("type-abstract", () => system.create("shape"));
    expectRule("type-abstract", () => system.create("face"));
    expectRule("type-abstract", () => system.create("object"));
    expectRule("type-unknown", () => system.create("nowhere"));
    const klass = system.types.get("round");
    expectRule("foreign-object", () => new QomObject({ objects: new ObjectSystem(), klass }));
    expect(system.live.objects).toBe(1);
  });

  it("inherit the JS class, and the JS hook runs in the place of the type that brought it", () => {
    const system = new ObjectSystem();
    const log: string[] = [];
    class Device extends QomObject {
      readonly label = "made by JS";
      protected override onFinalize(): void {
        log.push("js");
        super.onFinalize();
      }
    }
    const instanceFinalize =
      (name: string) =>
      (obj: QomObject): void =>
        void log.push(`${name} ${obj instanceof Device ? obj.label : ""}`);
    system.types.register({ name: "thing", instanceFinalize: instanceFinalize("thing") });
    system.types.register({
      name: "device",
      parent: "thing",
      construct: (init) => new Device(init),
      instanceFinalize: instanceFinalize("device"),
    });
    system.types.register({
      name: "serial",
      parent: "device",
      instanceFinalize: instanceFinalize("serial"),
    });
    const serial = system.create("serial");
    expect(serial).toBeInstanceOf(Device);
    serial.unref();
    expect(log).toEqual(["serial made by JS", "js", "device made by JS", "thing made by JS"]);
  });

  it("are made by JS code with options of its own, and adopted once", () => {
    const system = new ObjectSystem();
    const log: string[] = [];
    system.types.register({ name: "region", instanceInit: (o) => void log.push(`${o}`) });
    class Region extends QomObject {
      readonly size: number;
      constructor(init: ConstructorParameters<typeof QomObject>[0], size: number) {
        super(init);
        this.size = size;
      }
    }
    const region = system.build("region", (init) => new Region(init, 16));
    expect(region.size).toBe(16);
    expect(log).toHaveLength(1);
    expectRule("adopted-twice", () => system.adopt(region));
    expectRule("foreign-object", () => new ObjectSystem().adopt(region));
    const raw = new Region({ objects: system, klass: system.types.get("region") }, 1);
    expectRule("not-adopted", () => system.root.addChild("raw", raw));
    expect(system.adopt(raw)).toBe(raw);
    system.root.addChild("raw", raw);
    expect(raw.canonicalPath()).toBe("/raw");
  });

  it("of another type than was asked for are refused", () => {
    const system = new ObjectSystem();
    const other = system.types.get("container");
    system.types.register({
      name: "a",
      construct: () => new QomObject({ objects: system, klass: other }),
    });
    expectRule("type-definition", () => system.create("a"));
    expect(system.live.objects).toBe(1);
  });

  it("whose init throws leave nothing behind and undo what was initialized", () => {
    const system = new ObjectSystem();
    const log: string[] = [];
    system.types.register({ name: "a", instanceFinalize: () => void log.push("finalize a") });
    system.types.register({
      name: "b",
      parent: "a",
      instanceInit() {
        throw new Error("no");
      },
      instanceFinalize: () => void log.push("finalize b"),
    });
    expect(() => system.create("b")).toThrow("no");
    expect(log).toEqual(["finalize a"]);
    expect(system.live.objects).toBe(1);
  });

  it("that die in a setter while they are created cause no second error", () => {
    const system = new ObjectSystem();
    system.types.register({
      name: "fuse",
      classInit: (klass) =>
        void klass.addProperty({
          name: "current",
          type: value.uint(8),
          set(obj) {
            obj.unref();
            throw new Error("blown");
          },
        }),
    });
    expect(() => system.create("fuse", { props: { current: 99 } })).toThrow("blown");
    expect(system.live.objects).toBe(1);
  });

  it("created with a bad property, name or parent leave nothing behind", () => {
    const system = new ObjectSystem();
    const parent = system.container("/machine");
    expectRule("property-unknown", () => system.create("container", { props: { speed: 1 } }));
    expectRule("property-name", () => system.create("container", { parent, name: "a/b" }));
    system.createChild(parent, "a", "container");
    expectRule("property-duplicate", () => system.create("container", { parent, name: "a" }));
    expect(system.live.objects).toBe(3);
    expect(system.create("container", { parent }).childName).toBe("container[0]");
  });
});
