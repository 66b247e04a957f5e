import { Machine } from "@mem/flat";
import { describe, expect, it } from "vitest";
import { layoutMap, type LayoutOptions } from "../src/index.js";

const answer = { read: () => 0, write: () => undefined };

function states(layout: ReturnType<typeof layoutMap>, panel = 0): Record<string, string> {
  const boxes = layout.panels[panel]?.boxes ?? [];
  return Object.fromEntries(
    boxes.map(({ name, segments }) => [name, segments.map(({ state }) => state).join(" ")]),
  );
}

/** A window in front of RAM, on a device bus of which a part is empty. */
function windowMap() {
  const machine = new Machine();
  const root = machine.container({ name: "root", size: 0x10000 });
  const ram = machine.ram({ name: "ram", size: 0x10000 });
  const bus = machine.container({ name: "bus", size: 0x10000 });
  const uart = machine.mmio({ name: "uart", size: 0x1000, ...answer });
  bus.addSubregion(0x4000, uart);
  root.addSubregion(0, ram);
  const window = machine.alias({ name: "window", size: 0x4000, target: bus, offset: 0x3000 });
  root.addSubregion(0x8000, window, { priority: 1 });
  return { machine, root, bus, uart, ram, window, space: machine.addressSpace(root, "cpu") };
}

describe("layoutMap", () => {
  it("says what is seen, covered and let through", () => {
    const layout = layoutMap(windowMap().space);
    expect(states(layout)).toEqual({
      root: "through",
      ram: "seen covered seen",
      window: "through seen through",
    });
    expect(states(layout, 1)).toEqual({ bus: "through", uart: "seen" });
  });

  it("leads an arrow from an alias to the part of its target that it shows", () => {
    const { space, window, bus } = windowMap();
    const [arrow, ...others] = layoutMap(space).arrows;
    expect(others).toEqual([]);
    expect(arrow?.from.region).toBe(window);
    expect(arrow?.to.region).toBe(bus);
    expect(arrow?.span).toEqual({ start: 0x3000n, end: 0x7000n });
    expect(arrow?.isSeen).toBe(true);
  });

  it("follows an alias of an alias, each to its own target", () => {
    const { machine, root, window, space } = windowMap();
    const mirror = machine.alias({ name: "mirror", size: 0x1000, target: window, offset: 0x1000 });
    root.addSubregion(0xf000, mirror, { priority: 1 });
    const ways = layoutMap(space).arrows.map(({ description }) => description);
    expect(ways).toEqual(["window shows bus 0x3000-0x6fff", "mirror shows window 0x1000-0x1fff"]);
    expect(states(layoutMap(space))["mirror"]).toBe("seen");
  });

  it("zooms on a window, there and in the trees that aliases lead to", () => {
    const { space } = windowMap();
    const layout = layoutMap(space, { window: { start: 0x9000, end: 0x9800 } });
    expect(layout.flat.map(({ start, end, range }) => [start, end, range?.region.name])).toEqual([
      [0x9000n, 0x9800n, "uart"],
    ]);
    const [main, bus] = layout.panels;
    expect(main?.boxes.map(({ isCutAtStart, isCutAtEnd }) => [isCutAtStart, isCutAtEnd])).toEqual([
      [true, true],
      [true, true],
      [true, true],
    ]);
    expect(bus?.rows.map(({ start, end }) => [start, end])).toEqual([[0x4000n, 0x4800n]]);
  });

  it("leaves out what is hidden, disabled, too deep, or only led to", () => {
    const { machine, root, uart, space } = windowMap();
    root.addSubregion(0, machine.rom({ name: "buried", size: 0x1000 }), { priority: -1 });
    const names = (options: Parameters<typeof layoutMap>[1]): string[] =>
      layoutMap(space, options).panels.flatMap(({ boxes }) => boxes.map(({ name }) => name));
    expect(names({})).toEqual(["root", "buried", "ram", "window", "bus", "uart"]);
    expect(names({ showHidden: false })).toEqual(["root", "ram", "window", "bus", "uart"]);
    expect(names({ showTargets: false })).toEqual(["root", "buried", "ram", "window"]);
    expect(names({ depth: 0 })).toEqual(["root"]);
    uart.enabled = false;
    expect(names({ showTargets: true })).not.toContain("uart");
    expect(names({ showDisabled: true })).toContain("uart");
  });

  it("draws what is alike to scale, and breaks what is long and empty", () => {
    const machine = new Machine();
    const root = machine.container({ name: "root", size: 2n ** 64n });
    root.addSubregion(0, machine.ram({ name: "ram", size: 0x1000 }));
    root.addSubregion(0x1000, machine.ram({ name: "more", size: 0x2000 }));
    const space = machine.addressSpace(root, "wide");
    const near = layoutMap(space, { window: { start: 0, end: 0x3000 } }).panels[0]?.rows ?? [];
    expect((near[1]?.height ?? 0) / (near[0]?.height ?? 1)).toBe(2);
    root.addSubregion(2n ** 40n, machine.mmio({ name: "bar", size: 0x1000, ...answer }));
    const rows = layoutMap(space).panels[0]?.rows ?? [];
    expect(rows.map(({ isBroken }) => isBroken)).toEqual([false, false, true, false, true]);
    expect(rows.every(({ height }) => height < 200)).toBe(true);
  });

  it("folds what is too deep, and points arrows at what is drawn of it", () => {
    const { space, root, bus, machine } = windowMap();
    const outer = machine.container({ name: "outer", size: 0x10000 });
    outer.addSubregion(0, bus);
    expect(root.container).toBeNull();
    const layout = layoutMap(space, { depth: 0 });
    expect(layout.panels[0]?.boxes[0]?.folded).toBe(2);
    expect(layout.panels[0]?.boxes[0]?.segments.map(({ state }) => state)).toEqual(["seen"]);
    const deeper = layoutMap(space, { depth: 1 });
    expect(deeper.arrows[0]?.to.region).toBe(bus);
  });

  it("is made narrower for a greatest width, and no wider", () => {
    const { space } = windowMap();
    const widthOf = (options: LayoutOptions): number =>
      layoutMap(space, { labels: ({ name }) => `${name}, of a long name`, ...options }).width;
    const usual = widthOf({});
    const least = widthOf({ width: 200 });
    expect(least).toBeLessThan(usual);
    expect(widthOf({ maxWidth: usual + 500 })).toBe(usual);
    expect(widthOf({ maxWidth: usual - 1 })).toBeLessThan(usual);
    expect(widthOf({ maxWidth: usual - 1 })).toBeGreaterThan(least);
    expect(widthOf({ maxWidth: 200 })).toBe(least);
  });

  it("takes names from whoever asks, and fits boxes to a width", () => {
    const { space } = windowMap();
    const layout = layoutMap(space, { labels: ({ name }) => `${name}!`, width: 1500 });
    expect(layout.panels[0]?.boxes[0]?.name).toBe("root!");
    expect(layout.width).toBe(1500);
    const box = (width: number) => layoutMap(space, { width }).panels[0]?.boxes[1]?.width ?? 0;
    expect(box(1500)).toBeGreaterThan(box(700));
  });
});
