import {
  attributeRows,
  INHERITED_ATTRIBUTES,
  internalsOf,
  type RegionAttribute,
  type RegionAttributeName,
  SHOWN_ATTRIBUTES,
} from "@mem/core/plumbing";
import { inspected } from "@mem/common";
import { describe, expect, it } from "vitest";
import {
  explain,
  findSection,
  Machine,
  type MemoryRegion,
  MemoryRegionSection,
  mtree,
} from "../src/index.js";

const ROWS = attributeRows();
const SHOWN = ROWS.filter(([, { shows }]) => shows !== "nowhere");
const INHERITED = ROWS.filter(([, { shows }]) => shows === "below");
/** Attributes that are told by sentences of their own where someone asks why. */
const TOLD_OTHERWISE: readonly RegionAttributeName[] = ["readonly", "romd"];

function setUp() {
  const machine = new Machine();
  const root = machine.container({ name: "root", size: 0x10000 });
  const box = machine.container({ name: "box", size: 0x8000 });
  const device = machine.romDevice({ name: "flash", size: 0x4000, write: () => undefined });
  root.addSubregion(0x1000, box);
  root.addSubregion(0xc000, machine.ram({ name: "ram", size: 0x1000 }));
  box.addSubregion(0, device);
  const space = machine.addressSpace(root, "bus");
  const range = () => {
    const found = space.flatView.rangesWithin(0x1000n, 0x1001n).next().value;
    if (found === undefined) throw new Error("nothing shows");
    return found;
  };
  return { machine, root, box, device, space, range };
}

/** Switches an attribute to what it is not by default. */
function switchOn(region: MemoryRegion, name: RegionAttributeName, { on }: RegionAttribute): void {
  if (name === "lockless") region.enableLocklessIo();
  else region[name] = on !== null;
}

const wordOf = ([name, { on, off }]: [RegionAttributeName, RegionAttribute]): string =>
  on ?? off ?? name;

describe("the table of attributes", () => {
  it("gives each a bit of its own, below the kind, and one word", () => {
    const bits = ROWS.map(([, { bit }]) => bit);
    expect(new Set(bits).size).toBe(ROWS.length);
    for (const [, { bit, on, off }] of ROWS) {
      expect(bit & (bit - 1)).toBe(0);
      expect(bit).toBeLessThan(1 << 16);
      expect([on, off].filter((word) => word !== null)).toHaveLength(1);
    }
    expect(ROWS.map(([name]) => name)).toEqual(expect.arrayContaining(["enabled", "nonvolatile"]));
  });
});

describe.each(ROWS)("the attribute %s", (name, row) => {
  const word = wordOf([name, row]);

  it("is a member of a region, and in its words, data and text", () => {
    const { device } = setUp();
    const own = internalsOf(device);
    const before = own[name];
    expect(internalsOf(device).attributes).toEqual([]);
    switchOn(device, name, row);
    expect(own[name]).toBe(!before);
    expect(internalsOf(device).attributes).toContain(word);
    expect(device.toJSON()).toMatchObject({ states: expect.arrayContaining([word]) });
    expect(inspected(device)).toContain(word);
  });

  it("refuses what is no flag", () => {
    const { device } = setUp();
    if (name === "lockless") return;
    expect(() => Reflect.set(device, name, 1)).toThrow(row.action);
  });
});

describe.each(SHOWN)("the attribute %s, which ranges show", (name, row) => {
  const word = wordOf([name, row]);

  it("is in the words, data and text of ranges and windows, and listeners hear of it", () => {
    const { device, range, space } = setUp();
    const heard: string[] = [];
    using _listening = space.listen({
      regionAdd: ({ region }) => void heard.push(`+${region.name}`),
      regionDel: ({ region }) => void heard.push(`-${region.name}`),
    });
    heard.length = 0;
    const before = range();
    switchOn(device, name, row);
    expect(heard).toEqual(["-flash", "+flash"]);
    const after = range();
    expect(after.equals(before)).toBe(false);
    expect(after.attributes).toEqual([word]);
    expect(after.toJSON().attributes).toEqual([word]);
    expect(space.lookup(0x1000).toJSON().attributes).toEqual([word]);
    const mark = new RegExp(row.mark === null ? "^" : ` ${row.mark}\\b`);
    expect(String(after)).toMatch(mark);
    expect(String(space.lookup(0x1000))).toMatch(mark);
  });

  it("is what explain tells", () => {
    const { device, space } = setUp();
    switchOn(device, name, row);
    const told = TOLD_OTHERWISE.includes(name) ? /read-only|loads are MMIO/ : (row.effect ?? word);
    expect(String(explain(space, 0x1000))).toMatch(told);
  });
});

describe.each(INHERITED)("the attribute %s of a container", (name, row) => {
  const word = wordOf([name, row]);

  it("is one of all that shows in it, of sections too", () => {
    const { box, device, range, root, space } = setUp();
    switchOn(box, name, row);
    expect(internalsOf(device).attributes).toEqual([]);
    expect(range().attributes).toEqual([word]);
    const section = MemoryRegionSection.ofRange(range(), space.flatView);
    expect(section.attributes).toEqual([word]);
    expect(section.toJSON().attributes).toEqual([word]);
    expect(section.withinRegion(0n, 16n)?.attributes).toEqual([word]);
    expect(String(section)).toContain(row.mark === null ? "flash" : ` ${row.mark}`);
    const { region, flatView, offsetWithinRegion, offsetWithinAddressSpace, size } = section;
    const fields = { region, flatView, offsetWithinRegion, offsetWithinAddressSpace, size };
    expect(section.equals(new MemoryRegionSection(fields))).toBe(false);
    expect(section.equals(new MemoryRegionSection({ ...fields, [name]: true }))).toBe(true);
    // QEMU's look-up of a section leaves this one out.
    const found = name === "unmergeable" ? [] : [word];
    expect(findSection(root, 0x1000, 16)?.attributes).toEqual(found);
  });

  it("is one of what an alias shows", () => {
    const { machine, device, root, space } = setUp();
    const alias = machine.alias({ name: "alias", size: 0x1000, target: device });
    root.addSubregion(0xa000, alias);
    switchOn(alias, name, row);
    const [range] = space.flatView.rangesWithin(0xa000n, 0xa001n);
    expect(range?.attributes).toEqual([word]);
  });

  it("stands before the kind in info mtree, where it has a prefix", () => {
    const { machine, device } = setUp();
    switchOn(device, name, row);
    const line = (flatview: boolean): string =>
      mtree(machine, { flatview })
        .join("\n")
        .split("\n")
        .find((text) => text.includes(": flash")) ?? "";
    expect(line(false)).toContain(`, ${row.kindPrefix}rom`);
    expect(line(true)).toContain(`, ${row.kindPrefix}rom`);
  });
});

it("attributes that no range shows change no range", () => {
  for (const [name, row] of ROWS) {
    if (row.shows !== "nowhere" || name === "enabled") continue;
    const { device, range } = setUp();
    const before = range();
    switchOn(device, name, row);
    expect(range()).toBe(before);
  }
  expect(SHOWN_ATTRIBUTES & INHERITED_ATTRIBUTES).toBe(INHERITED_ATTRIBUTES);
});
