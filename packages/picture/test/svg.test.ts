import { Machine } from "@mem/flat";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AddressError } from "@mem/core";
import { layoutMap, type MapOptions, PictureError, renderMap, writeSvg } from "../src/index.js";
import { build, plans } from "./random-map.js";
import { elements, readXml } from "./xml-checker.js";

function small(name = "ram") {
  const machine = new Machine();
  const root = machine.container({ name: "root", size: 0x10000 });
  root.addSubregion(0x2000, machine.ram({ name, size: 0x2000 }));
  return machine.addressSpace(root, "small");
}

describe("the checker of XML", () => {
  it.each(["<a>", "<a></b>", "<a b='1'/>", "<a>&x</a>", "<a b='<'/>", "<a/><b/>", "<a>\u0001</a>"])(
    "refuses %j",
    (text) => expect(() => readXml(text)).toThrow(/XML|ends|one whole|reference/),
  );
});

describe("a picture", () => {
  it("is well-formed XML, whatever regions are called", () => {
    fc.assert(
      fc.property(plans, (given) => {
        const svg = readXml(renderMap(build(given), { showDisabled: true }));
        expect(svg.name).toBe("svg");
      }),
      { numRuns: 150, seed: 4 },
    );
  });

  it("is the same text for the same map", () => {
    fc.assert(
      fc.property(plans, (given) => {
        expect(renderMap(build(given))).toBe(renderMap(build(given)));
      }),
      { numRuns: 40, seed: 5 },
    );
  });

  it("keeps names as text, escaped", () => {
    const svg = renderMap(small(`<b>&"'`));
    expect(svg).not.toContain("<b>");
    const names = [...elements(readXml(svg))].filter(({ name }) => name === "text");
    expect(names.map(({ text }) => text)).toContain(`<b>&"'`);
  });

  it("says in words what it shows, and where that is found", () => {
    const svg = readXml(renderMap(small(), { title: "A & B" }));
    const [title, desc] = svg.children;
    expect([title?.name, title?.text]).toEqual(["title", "A & B"]);
    expect(desc?.text.split("\n")).toEqual([
      "0x0-0x1fff: hole, 8 KiB",
      "0x2000-0x3fff: ram, RAM, 8 KiB",
      "0x4000-0xffff: hole, 48 KiB",
    ]);
    expect(svg.attributes.get("aria-labelledby")).toBe(title?.attributes.get("id"));
    expect(svg.attributes.get("aria-describedby")).toBe(desc?.attributes.get("id"));
  });

  it("refers to nothing outside, and only to what is there", () => {
    const svg = renderMap(small());
    const ids = [...elements(readXml(svg))].flatMap(({ attributes }) => attributes.get("id") ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of svg.matchAll(/url\(#([^)]*)\)/g)) expect(ids).toContain(id);
    expect(svg).not.toMatch(/href|@import|url\((?!#)/);
  });

  it("follows whoever looks, unless it is told which theme to take", () => {
    const media = "@media (prefers-color-scheme: dark)";
    expect(renderMap(small())).toContain(media);
    const light = renderMap(small(), { theme: "light" });
    const dark = renderMap(small(), { theme: "dark" });
    expect([light.includes(media), dark.includes(media), light === dark]).toEqual([
      false,
      false,
      false,
    ]);
    const own = renderMap(small(), { theme: "light", colours: { light: { ram: "#123456" } } });
    expect(own).toContain("#123456");
  });

  it("has a legend of what occurs, or none", () => {
    const svg = renderMap(small());
    expect(svg).toContain("hole: nothing answers");
    expect(svg).not.toContain("torn");
    expect(renderMap(small(), { legend: false })).not.toContain("hole: nothing answers");
  });

  it("is what writeSvg makes of a layout", () => {
    const options = { title: "t", width: 900 };
    expect(writeSvg(layoutMap(small(), options), options)).toBe(renderMap(small(), options));
  });

  it.each<[string, MapOptions, string]>([
    ["an empty window", { window: { start: 8, end: 8 } }, "picture-window"],
    ["a depth that is none", { depth: -1 }, "picture-depth"],
    ["a width that is none", { width: Number.NaN }, "picture-width"],
    ["a colour that is none", { colours: { light: { ram: "red;}" } } }, "picture-colour"],
  ])("is refused with %s", (_name, options, rule) => {
    expect(() => renderMap(small(), options)).toThrow(PictureError);
    expect(() => renderMap(small(), options)).toThrow(expect.objectContaining({ rule }));
  });

  it("is refused with a window beyond the address space", () => {
    const window = { start: 0, end: 2n ** 64n + 1n };
    expect(() => renderMap(small(), { window })).toThrow(AddressError);
  });
});
