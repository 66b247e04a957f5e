/** Maps of every shape: the smallest, many regions, deep ones, chains of aliases, wide ones. */
import { type AddressSpace, Machine, type MemoryRegion } from "@mem/flat";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layoutMap, type MapLayout, renderMap, type TextLine } from "../src/index.js";
import { build, plans } from "./random-map.js";
import { elements, readXml } from "./xml-checker.js";

const answer = { read: () => 0, write: () => undefined };
const ODD_NAMES = [
  "",
  " ",
  "a\nb",
  "\u0000\u001b[31m",
  "\ud800",
  "漢字の領域",
  "👩‍👩‍👧",
  "‮evil",
  "]]>",
  "<!--",
];

type Maker = (machine: Machine, root: MemoryRegion) => void;

const shapes: Readonly<Record<string, Maker>> = {
  "no region": () => undefined,
  "one region": (machine, root) => root.addSubregion(0, machine.ram({ name: "ram", size: 4096 })),
  "40 regions in a row": (machine, root) => {
    for (let at = 0; at < 40; at++) {
      const device = machine.mmio({ name: `device-${at}`, size: 16 + at, ...answer });
      root.addSubregion(at * 0x1000, device);
    }
  },
  "40 regions on each other": (machine, root) => {
    for (let at = 0; at < 40; at++) {
      const size = 0x10000 - at * 0x100;
      const device = machine.mmio({ name: `layer-${at}`, size, ...answer });
      root.addSubregion(at * 0x80, device, { priority: at });
    }
  },
  "30 containers in each other": (machine, root) => {
    let outer = root;
    for (let at = 0; at < 30; at++) {
      const inner = machine.container({ name: `level-${at}`, size: 0x10000 - at * 0x100 });
      outer.addSubregion(0x80, inner);
      outer = inner;
    }
    outer.addSubregion(0, machine.ram({ name: "kernel", size: 4096 }));
  },
  "aliases of aliases": (machine, root) => {
    let target = machine.ram({ name: "ram", size: 0x10000 });
    for (let at = 0; at < 8; at++) {
      const alias = machine.alias({ name: `alias-${at}`, target, offset: 0x100, size: 0x2000 });
      if (at % 3 === 2) root.addSubregion(at * 0x4000, alias);
      target = alias;
    }
  },
  "40 aliases of one region": (machine, root) => {
    const ram = machine.ram({ name: "ram", size: 0x100000 });
    for (let at = 0; at < 40; at++) {
      const alias = machine.alias({
        name: `bank-${at}`,
        target: ram,
        offset: at << 12,
        size: 4096,
      });
      root.addSubregion((40 - at) << 13, alias);
    }
  },
  "aliases within one tree": (machine, root) => {
    const ram = machine.ram({ name: "ram", size: 0x4000 });
    root.addSubregion(0x4000, ram);
    for (const at of [0, 0x8000, 0x4000_0000]) {
      const alias = machine.alias({ name: `mirror-${at}`, target: ram, offset: 0, size: 0x4000 });
      root.addSubregion(at, alias);
    }
  },
  "64 bits of addresses": (machine, root) => {
    root.addSubregion(0, machine.ram({ name: "ram", size: 0x800_0000 }));
    root.addSubregion(0xfe00_0000, machine.mmio({ name: "bar0", size: 0x1000, ...answer }));
    root.addSubregion(2n ** 40n, machine.mmio({ name: "bar2", size: 0x1000, ...answer }));
    root.addSubregion(2n ** 64n - 1n, machine.mmio({ name: "last", size: 1, ...answer }));
  },
  "odd names": (machine, root) => {
    for (const [at, name] of [...ODD_NAMES, "x".repeat(5000)].entries()) {
      root.addSubregion(at * 0x1000, machine.mmio({ name, size: 0x800, ...answer }));
    }
  },
};

function make(maker: Maker): AddressSpace {
  const machine = new Machine();
  const root = machine.container({ name: "root", size: 2n ** 64n });
  maker(machine, root);
  return machine.addressSpace(root, "memory");
}

/** Every text that a layout has, but the title. */
function textsOf({ panels, flat, flatColumn }: MapLayout): TextLine[] {
  return [
    flatColumn.heading,
    ...flat.flatMap(({ lines }) => lines),
    ...panels.flatMap(({ heading, addresses, boxes }) => [
      heading,
      ...addresses,
      ...boxes.flatMap(({ lines }) => lines),
    ]),
  ];
}

/** Pairs of texts that stand on each other. */
function clashes(layout: MapLayout): string[] {
  const texts = textsOf(layout);
  return texts.flatMap((one, at) =>
    texts
      .slice(at + 1)
      .filter(
        ({ rect }) =>
          one.rect.x < rect.x + rect.width - 0.01 &&
          rect.x < one.rect.x + one.rect.width - 0.01 &&
          one.rect.y < rect.y + rect.height - 0.01 &&
          rect.y < one.rect.y + one.rect.height - 0.01,
      )
      .map((other) => `${one.text} | ${other.text}`),
  );
}

describe.each(Object.entries(shapes))("a map with %s", (_name, maker) => {
  const space = make(maker);
  const layout = layoutMap(space);

  it("has no two texts on each other", () => expect(clashes(layout)).toEqual([]));

  it("has a box for each range of the flat view, in its order", () => {
    const drawn = layout.flat.flatMap(({ range }) => range ?? []);
    expect(drawn).toEqual([...space.flatView.ranges()]);
  });

  it("has a box for each region of its tree", () => {
    const boxes = layout.panels[0]?.boxes.map(({ region }) => region) ?? [];
    const all = (region: MemoryRegion): MemoryRegion[] => [
      region,
      ...[...region.subregions].flatMap(all),
    ];
    expect(new Set(boxes)).toEqual(new Set(all(space.root)));
    expect(boxes).toHaveLength(new Set(boxes).size);
  });

  it("has an arrow for each alias that is drawn, from its box to that of its target", () => {
    const boxes = layout.panels.flatMap((panel) => panel.boxes);
    const aliases = boxes.filter(({ region }) => region.alias !== null);
    expect(new Set(layout.arrows.map(({ from }) => from))).toEqual(new Set(aliases));
    for (const { from, to } of layout.arrows) {
      expect(boxes).toContain(to);
      expect(to.region).toBe(from.region.alias);
    }
  });

  it("is well-formed, the same each time, and names every stretch", () => {
    const svg = renderMap(space);
    expect(renderMap(make(maker))).toBe(svg);
    const document = readXml(svg);
    const desc = document.children.find(({ name }) => name === "desc")?.text.split("\n");
    expect(desc).toHaveLength(layout.flat.length);
    const texts = [...elements(document)].filter(({ name }) => name === "text");
    const shown = new Set(texts.map(({ text }) => text));
    for (const { text } of textsOf(layout)) expect(shown).toContain(text);
  });
});

describe("texts", () => {
  it("on each other would be found", () => {
    const layout = layoutMap(make(() => undefined));
    const [first] = layout.flat;
    const flat = first ? [first, { ...first, lines: first.lines.slice(0, 1) }] : [];
    expect(clashes({ ...layout, flat })).toEqual([`${first?.lines[0]?.text} | hole`]);
  });

  it("do not stand on each other, whatever the map", () => {
    fc.assert(
      fc.property(plans, fc.boolean(), (given, showDisabled) => {
        expect(clashes(layoutMap(build(given), { showDisabled }))).toEqual([]);
      }),
      { numRuns: 150, seed: 6 },
    );
  });

  it("show no control, and nothing that turns a line around", () => {
    const texts = textsOf(layoutMap(make(shapes["odd names"] ?? (() => undefined))));
    for (const { text } of texts)
      expect(text).not.toMatch(/[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e]/u);
    expect(texts.some(({ text }) => text.startsWith("漢字"))).toBe(true);
    expect(texts.map(({ text }) => text)).toContain("(anonymous)");
  });

  it("that are too long end in an ellipsis, and are whole in words", () => {
    const { panels } = layoutMap(make(shapes["odd names"] ?? (() => undefined)));
    const long = panels[0]?.boxes.find(({ name }) => name.length === 5000);
    expect(long?.lines[0]?.text).toMatch(/^x+…$/);
    expect(long?.description).toContain("x".repeat(5000));
  });
});

describe("a window", () => {
  it("of one byte at the end of 64 bits shows that byte", () => {
    const space = make(shapes["64 bits of addresses"] ?? (() => undefined));
    const { flat, panels } = layoutMap(space, {
      window: { start: 2n ** 64n - 1n, end: 2n ** 64n },
    });
    expect(flat.map(({ description }) => description)).toEqual([
      expect.stringMatching(/^0xffffffffffffffff-0xffffffffffffffff: last, .*, 1 B$/),
    ]);
    expect(panels[0]?.addresses.map(({ text }) => text)).toEqual(["0xffffffffffffffff", "2^64"]);
  });

  it("cut anywhere has the ranges of the flat view that lie in it, cut to it", () => {
    const place = fc.bigInt({ min: 0n, max: 0x20000n });
    fc.assert(
      fc.property(plans, place, place, (given, one, other) => {
        const [start, end] = one < other ? [one, other] : [other, one + 1n];
        const space = build(given);
        const { flat, window } = layoutMap(space, { window: { start, end } });
        expect(window).toEqual({ start, end });
        const expected = [...space.flatView.ranges()]
          .filter((range) => range.start < end && start < range.end)
          .map((range) => [
            range.start > start ? range.start : start,
            range.end < end ? range.end : end,
          ]);
        const drawn = flat.filter(({ range }) => range).map((box) => [box.start, box.end]);
        expect(drawn).toEqual(expected);
      }),
      { numRuns: 100, seed: 7 },
    );
  });
});
