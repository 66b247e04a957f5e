import { inspected } from "@mem/common";
import { describe, expect, it } from "vitest";
import { ClassSlot, ObjectSystem, type QomObject, value } from "../src/index.js";

/** What `JSON.stringify` writes of a value, read back. */
const data = (shown: unknown): unknown => JSON.parse(JSON.stringify(shown));

function workshop() {
  const system = new ObjectSystem();
  system.types.register({ name: "tool", isInterface: true });
  system.types.register({
    name: "machine-tool",
    abstract: true,
    interfaces: ["tool"],
    classInit: (klass) => {
      klass.addProperty({ name: "rpm", type: value.uint(32), default: 900 });
      klass.addProperty({ name: "key", type: value.string, access: "write-only" });
      klass.addProperty({ name: "serial", type: value.uint64, default: 2n ** 60n });
      klass.addProperty({ name: "note", type: value.string, default: "n".repeat(100) });
    },
  });
  system.types.register({ name: "lathe", parent: "machine-tool" });
  const lathe = system.createChild(system.root, "lathe", "lathe");
  return { system, lathe };
}

const property = (obj: QomObject, name: string) => {
  const found = obj.findProperty(name);
  if (found === null) throw new Error(`no property ${name}`);
  return found;
};

describe("the data of properties", () => {
  it("are the name and the contract", () => {
    const { system, lathe } = workshop();
    expect(data(property(lathe, "rpm"))).toEqual({
      name: "rpm",
      kind: "value",
      type: "uint32",
      description: null,
      readable: true,
      writable: true,
    });
    expect(data(property(lathe, "key"))).toMatchObject({ readable: false, writable: true });
    expect(data(property(system.root, "lathe"))).toEqual({
      name: "lathe",
      kind: "child",
      type: "child<lathe>",
      description: null,
      readable: true,
      writable: false,
    });
  });

  it("say in a line how a property is accessed", () => {
    const { system, lathe } = workshop();
    expect(inspected(property(lathe, "rpm"))).toBe("Property rpm: uint32");
    expect(inspected(property(lathe, "key"))).toBe("Property key: string, write-only");
    expect(inspected(property(system.root, "lathe"))).toBe(
      "Property lathe: child<lathe>, read-only",
    );
  });

  it("follow an alias to what it stands for, for as long as that is there", () => {
    const { system, lathe } = workshop();
    const panel = system.createChild(system.root, "panel", "container");
    panel.addAlias({ name: "speed", target: lathe, targetName: "rpm" });
    lathe.setProperty("rpm", 1200);
    expect(data(panel)).toMatchObject({ properties: { speed: 1200 } });
    lathe.unparent();
    expect(data(property(panel, "speed"))).toMatchObject({ kind: "alias", type: "gone" });
    expect(inspected(property(panel, "speed"))).toBe("Property speed: gone");
    expect(data(panel)).toMatchObject({ properties: {} });
  });

  it("show whole numbers above 2^53 in full, and the beginning of long texts", () => {
    const { lathe } = workshop();
    expect(data(lathe)).toMatchObject({
      properties: { serial: "1152921504606846976", note: `${"n".repeat(80)}…` },
    });
    expect(inspected(lathe)).toContain("serial uint64 = 1152921504606846976");
  });
});

describe("the data of classes, slots and references", () => {
  it("are names and lineage, properties and their types", () => {
    const { system, lathe } = workshop();
    expect(data(lathe.klass)).toEqual({
      name: "lathe",
      lineage: ["object", "machine-tool", "lathe"],
      interfaces: ["interface", "tool"],
      abstract: false,
      properties: [
        { name: "rpm", type: "uint32" },
        { name: "key", type: "string" },
        { name: "serial", type: "uint64" },
        { name: "note", type: "string" },
        { name: "type", type: "string" },
      ],
    });
    expect(inspected(system.types.get("machine-tool")).split("\n")[0]).toBe(
      "ObjectClass machine-tool < object, abstract",
    );
    const slot = new ClassSlot<number>("teeth");
    expect(data(slot)).toEqual({ name: "teeth" });
    expect(`${slot}`).toBe("slot teeth");
  });

  it("name who holds what, and that it is released", () => {
    const { lathe } = workshop();
    const held = lathe.hold("the apprentice");
    expect(data(held)).toEqual({ holder: "the apprentice", object: "/lathe", released: false });
    held.release();
    expect(data(held)).toMatchObject({ released: true });
    expect(inspected(held)).toBe("Reference of the apprentice on /lathe, released");
  });

  it("count what is held, one object or several", () => {
    const { system, lathe } = workshop();
    lathe.hold("me");
    expect(inspected(system.leaks())).toContain("LeakReport of 1 object\n");
    system.createChild(system.root, "other", "lathe").hold("me");
    expect(inspected(system.leaks())).toContain("LeakReport of 2 objects\n");
  });

  it("say of an object whose last hook runs that it is being finalized", () => {
    const { system } = workshop();
    let shown = "";
    system.types.register({
      name: "candle",
      instanceFinalize: (candle) => {
        shown = inspected(candle);
      },
    });
    system.createChild(system.root, "candle", "candle").unparent();
    expect(shown).toContain("being finalized");
  });
});
