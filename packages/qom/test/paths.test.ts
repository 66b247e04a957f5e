import { ObjectSystem, escapeName, qomList, qomTree, value } from "@mem/qom";
import { describe, expect, it } from "vitest";
import { bench, expectRule, noting } from "./support.js";

describe("paths", () => {
  it("are canonical from the root, and null outside the tree", () => {
    const { system } = bench();
    expect(system.root.canonicalPath()).toBe("/");
    const unattached = system.container("/machine/unattached");
    expect(system.container("/machine/unattached")).toBe(unattached);
    const child = unattached.addChild("x[*]", noting(system, "x"));
    expect(child.canonicalPath()).toBe("/machine/unattached/x[0]");
    expect([child.parent, child.childName]).toEqual([unattached, "x[0]"]);
    const orphan = noting(system, "orphan");
    const below = orphan.addChild("in", noting(system, "in"));
    expect(below.canonicalPath()).toBeNull();
    expect(below.describe()).toMatch(/^#\d+ \(base\)\/in$/);
    system.root.addChild("late", orphan);
    expect(below.canonicalPath()).toBe("/late/in");
  });

  it("resolve when absolute, tolerating extra slashes", () => {
    const { system } = bench();
    const machine = system.container("/machine");
    const rtc = machine.addChild("rtc", noting(system, "rtc"));
    for (const path of ["/machine/rtc", "//machine//rtc/"]) expect(system.resolve(path)).toBe(rtc);
    expect(system.resolve("/")).toBe(system.root);
    expect(system.resolve("/rtc")).toBeNull();
    expect(system.resolve("/machine/type")).toBeNull();
    expect(machine.resolve("rtc")).toBe(rtc);
    expect(rtc.resolve("/machine")).toBe(machine);
    expect(rtc.resolve("rtc")).toBeNull();
    expect(system.resolve("/machine/rtc", { type: "base" })).toBe(rtc);
    expect(system.resolve("/machine/rtc", { type: "leaf" })).toBeNull();
  });

  it("resolve when partial and unique; else they are ambiguous", () => {
    const { system } = bench();
    const a = system.container("/machine/a").addChild("dev", noting(system, "a"));
    expect(system.resolve("dev")).toBe(a);
    expect(system.resolve("a/dev")).toBe(a);
    const b = system.container("/machine/b").addChild("dev", noting(system, "b", "leaf"));
    expect(system.lookup("dev")).toEqual({ object: null, ambiguous: true });
    expect(system.resolve("dev")).toBeNull();
    expect(system.resolve("b/dev")).toBe(b);
    expect(system.resolve("dev", { type: "leaf" })).toBe(b);
    // The empty path fits every object, so with a type it finds the only one of that type.
    expect(system.resolve("", { type: "leaf" })).toBe(b);
    expect(system.lookup("").ambiguous).toBe(true);
    expect(system.lookup("nope")).toEqual({ object: null, ambiguous: false });
    expectRule("path-ambiguous", () => system.require("dev"));
    expectRule("path-unknown", () => system.require("nope"));
    expectRule("path-unknown", () => system.require("/nope"));
    expect(system.require("a/dev")).toBe(a);
  });

  it("follow links", () => {
    const { system } = bench();
    const bus = system.container("/bus").addChild("dev", noting(system, "dev")).parent;
    const cpu = system.container("/cpu");
    cpu.addLink({ name: "bus", target: "container" });
    expect(system.resolve("/cpu/bus")).toBeNull();
    cpu.setProperty("bus", bus);
    expect(system.resolve("/cpu/bus/dev")).toBe(system.resolve("/bus/dev"));
    expect(system.lookup("bus").ambiguous).toBe(true);
  });

  it("of containers are made on demand, where nothing is in the way", () => {
    const system = new ObjectSystem();
    const objects = system.container("/objects");
    expect([objects.klass.name, objects.refcount]).toEqual(["container", 1]);
    expect(system.container("/")).toBe(system.root);
    objects.addProperty({ name: "size", type: value.bool });
    expectRule("path-form", () => system.container("/objects/size/x"));
    expectRule("path-form", () => system.container("objects"));
    expect(system.live.objects).toBe(2);
  });

  it("can be made from any text", () => {
    expect(escapeName("/rom@etc/acpi[1]\\")).toBe("\\x2from@etc\\x2facpi\\x5b1\\x5d\\x5c");
  });
});

describe("the monitor's view", () => {
  it("prints the composition tree sorted by name", () => {
    const { system } = bench();
    const machine = system.container("/machine");
    for (const name of ["irq[*]", "irq[*]", "fw_cfg", "b", "Z"]) {
      machine.addChild(name, noting(system, name));
    }
    for (let i = 0; i < 9; i++) machine.addChild("irq[*]", noting(system, "irq"));
    machine.resolve("fw_cfg")?.addChild("fwcfg[*]", noting(system, "region", "leaf"));
    system.container("/chardevs");
    expect(qomTree(system, "/")).toBe(
      `/ (container)
  /chardevs (container)
  /machine (container)
    /Z (base)
    /b (base)
    /fw_cfg (base)
      /fwcfg[0] (leaf)
    /irq[0] (base)
    /irq[10] (base)
    /irq[1] (base)
${[2, 3, 4, 5, 6, 7, 8, 9].map((i) => `    /irq[${i}] (base)\n`).join("")}`,
    );
    expect(qomTree(system, "fw_cfg")).toBe("/fw_cfg (base)\n  /fwcfg[0] (leaf)\n");
    expect(qomTree(system).startsWith("/machine (container)\n  /Z (base)\n")).toBe(true);
    expect(qomTree(system, "nosuch")).toBe("Path 'nosuch' could not be resolved.\n");
    expect(qomTree(system, "")).toBe("Path '' could not be resolved.\n");
  });

  it("lists properties, the type first", () => {
    const { system } = bench();
    const machine = system.container("/machine");
    machine.addChild("dev", noting(system, "dev"));
    machine.addLink({ name: "bus", target: "base" });
    expect(qomList(system, "/machine")).toBe(
      "type (string)\ndev (child<base>)\nbus (link<base>)\n",
    );
    expect(qomList(system, "nosuch")).toBe("Error: Device 'nosuch' not found\n");
    system.container("/other/dev");
    expect(qomList(system, "dev")).toBe("Error: Path 'dev' is ambiguous\n");
  });
});
