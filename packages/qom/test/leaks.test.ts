import { ObjectSystem } from "@mem/qom";
import { describe, expect, it } from "vitest";
import { bench, noting } from "./support.js";

describe("leaks", () => {
  it("leave out what only its parent holds", () => {
    const system = new ObjectSystem();
    system.container("/machine/unattached");
    expect(system.leaks().length).toBe(0);
    expect(`${system.leaks()}`).toBe("no object is held");
    expect(
      system.leaks({ all: true }).entries.map((e) => `${e.description} ${e.refcount}`),
    ).toEqual(["/ 1", "/machine 1", "/machine/unattached 1"]);
  });

  it("name every holder", () => {
    const { system } = bench();
    const ram = system.container("/machine").addChild("ram", noting(system, "ram"));
    const user = system.container("/user");
    for (const name of ["dma", "spare"]) {
      user.addLink({ name, target: "base", strong: true });
      user.setProperty(name, ram);
    }
    user.addLink({ name: "weak", target: "base" });
    user.setProperty("weak", ram);
    ram.ref("view").ref("view").ref("cache");
    ram.ref();
    const orphan = noting(system, "orphan", "leaf");
    orphan.addChild("in", noting(system, "in")).unref();
    const report = system.leaks();
    const serial = /^#\d+ \(leaf\)$/;
    expect(report.entries).toEqual([
      {
        object: ram,
        description: "/machine/ram",
        type: "base",
        refcount: 8,
        holders: [
          { holder: "parent /machine", count: 1 },
          { holder: "link /user.dma", count: 1 },
          { holder: "link /user.spare", count: 1 },
          { holder: "view", count: 2 },
          { holder: "cache", count: 1 },
          { holder: "(unnamed)", count: 2 },
        ],
        parent: "/machine",
      },
      {
        object: orphan,
        description: expect.stringMatching(serial),
        type: "leaf",
        refcount: 1,
        holders: [{ holder: "(unnamed)", count: 1 }],
        parent: null,
      },
    ]);
    const [first, second] = `${report}`.split("\n");
    expect(first).toBe(
      "/machine/ram (base): 8 references: parent /machine, link /user.dma, link /user.spare, " +
        "view x2, cache, (unnamed) x2",
    );
    expect(second).toMatch(/^#\d+ \(leaf\): 1 reference: \(unnamed\)$/);
    expect([...report]).toEqual(report.entries);
  });

  it("add up: the holders' counts are the reference count", () => {
    const { system } = bench();
    const a = system.root.addChild("a", noting(system, "a"));
    using held = a.hold("h");
    for (const { refcount, holders } of system.leaks({ all: true })) {
      expect(holders.reduce((sum, { count }) => sum + count, 0)).toBe(refcount);
    }
    expect(held.released).toBe(false);
  });
});
