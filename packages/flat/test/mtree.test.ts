import { Machine, mtree } from "@mem/flat";
import { describe, expect, it } from "vitest";

describe("info mtree", () => {
  it("keeps the mark of an overflow whose line is hidden, for the next line of the block", () => {
    const machine = new Machine();
    const root = machine.container({ name: "root", size: 1n << 64n });
    const hidden = machine.container({ name: "hidden", size: 0x2000 });
    root.addSubregion((1n << 64n) - 0x1000n, hidden);
    hidden.addSubregion(0, machine.ram({ name: "inside", size: 0x800 }));
    hidden.enabled = false;
    machine.addressSpace(root, "bus");
    expect(mtree(machine)).toEqual([
      [
        "address-space: bus",
        "  0000000000000000-ffffffffffffffff (prio 0, i/o): root",
        "[DETECTED OVERFLOW!]       fffffffffffff000-fffffffffffff7ff (prio 0, ram): inside",
      ].join("\n"),
    ]);
    const last = machine.reservation({ name: "last", size: 0x2000 });
    hidden.addSubregion(0x1f00, last);
    last.enabled = false;
    // Where no line follows, the mark is dropped.
    expect(mtree(machine)[0]?.split("\n")).toHaveLength(3);
  });

  it("names devices, owners without a path, and regions without any", () => {
    const machine = new Machine();
    const root = machine.container({ name: null, size: 0x1000 });
    const device = machine.objects.create("device", { parent: machine.objects.root, name: "dev" });
    const loose = machine.objects.create("container");
    root.addSubregion(0, machine.reservation({ name: "a", size: 16, owner: device }));
    root.addSubregion(16, machine.reservation({ name: "b", size: 16, owner: loose }));
    root.addSubregion(32, machine.reservation({ name: "c", size: 16 }));
    machine.addressSpace(root, "bus");
    const owners = mtree(machine, { owner: true })[0]?.match(/ orphan| (owner|parent):.*$/gm);
    expect(owners).toEqual([
      " orphan",
      " owner:{dev path=/dev}",
      " owner:{obj type=container}",
      " parent:{obj path=/machine/unattached}",
    ]);
  });
});
