import { inspected } from "@mem/common";
import { Machine } from "@mem/flat";
import { layoutMap } from "@mem/picture";
import { describe, expect, it } from "vitest";

function space(devices: number) {
  const machine = new Machine();
  const root = machine.container({ name: "root", size: 0x100000 });
  machine.transaction(() => {
    for (let i = 0; i < devices; i++) {
      root.addSubregion(i * 16, machine.mmio({ name: `dev${i}`, size: 8, read: () => 0 }));
    }
  });
  return machine.addressSpace(root, "bus");
}

describe("console.log of a map that was laid out", () => {
  it("is a line, and a line for each range", () => {
    const layout = layoutMap(space(1));
    const [first, ...ranges] = inspected(layout).split("\n");
    expect(first).toBe(
      `MapLayout bus, ${layout.width} x ${layout.height} pixels, 2 box(es), 0 arrow(s)`,
    );
    expect(ranges.map((line) => line.trim())).toEqual(
      layout.flat.map(({ description }) => description),
    );
    expect(inspected([layout])).toBe(`[ ${first} ]`);
  });

  it("is short, and so is its data, of however large a map", () => {
    const layout = layoutMap(space(400));
    expect(inspected(layout).split("\n")).toHaveLength(18);
    const data = JSON.parse(JSON.stringify(layout)) as {
      flat: { start: string }[];
      panels: { root: string; boxes: { name: string }[] }[];
    };
    expect(data.flat).toHaveLength(256);
    expect(data.flat[2]?.start).toBe("0x10");
    expect(data.panels[0]?.boxes).toHaveLength(256);
    expect(data.panels[0]?.boxes[1]?.name).toBe("dev0");
  });
});
