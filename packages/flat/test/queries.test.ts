import {
  type AccessSize,
  flatViewForEachRange,
  Machine,
  type MemoryRegion,
  MemTxResult,
} from "@mem/flat";
import { beforeEach, describe, expect, it } from "vitest";

let machine: Machine;
let root: MemoryRegion;
beforeEach(() => {
  machine = new Machine();
  root = machine.container({ name: "root", size: 0x10_0000 });
});

describe("the walk over a view", () => {
  it("tells place, size, region and offset, ascending, until it is told to end", () => {
    const ram = machine.ram({ name: "ram", size: 0x3000 });
    root.addSubregion(0x1000, ram);
    root.addSubregion(0x2000, machine.reservation({ name: "hole", size: 0x1000 }), { priority: 1 });
    const view = machine.addressSpace(root, "bus").flatView;
    const seen: string[] = [];
    flatViewForEachRange(view, (start, size, region, offset) => {
      seen.push(`${start}+${size} ${region.name}@${offset}`);
    });
    expect(seen).toEqual(["4096+4096 ram@0", "8192+4096 hole@0", "12288+4096 ram@8192"]);
    let calls = 0;
    flatViewForEachRange(view, () => ++calls === 2);
    expect(calls).toBe(2);
  });
});

// A container of more children than some dozens keeps them in an index.
describe.each([3, 200])("the %i children of a container", (count) => {
  it("come highest precedence first: by priority, then the younger", () => {
    const children = Array.from({ length: count }, (_, i) => {
      const child = machine.reservation({ name: `c${i}`, size: 0x10 });
      root.addSubregion(((i * 7) % count) * 0x20, child, { priority: i % 3 });
      return { child, priority: i % 3, age: i };
    });
    children.sort((a, b) => b.priority - a.priority || b.age - a.age);
    expect([...root.subregions].map(({ name }) => name)).toEqual(
      children.map(({ child }) => child.name),
    );
  });

  it("are shown one by one as they go, disabled ones too, and come back", () => {
    const children = Array.from({ length: count }, (_, i) => {
      const child = machine.reservation({ name: `c${i}`, size: 0x20 });
      root.addSubregion(i * 0x20, child);
      return child;
    });
    const bus = machine.addressSpace(root, "bus");
    const switchTo = (child: MemoryRegion | undefined, enabled: boolean): void => {
      if (child) child.enabled = enabled;
    };
    const shown = (): string[] => [...bus.flatView.ranges()].map(({ region }) => region.name);
    children.slice(2).forEach((child, i) => {
      if (i % 2 === 0) child.enabled = false;
      root.removeSubregion(child);
    });
    expect(shown()).toEqual(["c0", "c1"]);
    switchTo(children[0], false);
    expect(shown()).toEqual(["c1"]);
    switchTo(children[1], false);
    expect(shown()).toEqual([]);
    switchTo(children[0], true);
    expect(shown()).toEqual(["c0"]);
  });
});

describe("a load of a device", () => {
  const sizes = [1, 2, 4] as const;
  const results = (min: AccessSize, max: AccessSize): MemTxResult[] => {
    const valid = { minAccessSize: min, maxAccessSize: max };
    const region = machine.mmio({ name: "regs", size: 0x10, valid, read: () => 0x5a });
    root.addSubregion(0, region);
    const bus = machine.addressSpace(root, "bus");
    return sizes.map((size) => {
      bus.load(0, size);
      return bus.lastResult;
    });
  };
  const [ok, no] = [MemTxResult.OK, MemTxResult.DECODE_ERROR];

  it.each<[AccessSize, AccessSize, MemTxResult[]]>([
    [1, 4, [ok, ok, ok]],
    [2, 2, [no, ok, no]],
    [4, 4, [no, no, ok]],
    [1, 1, [ok, no, no]],
  ])("of sizes from %i to %i is accepted, and of no other", (min, max, expected) => {
    expect(results(min, max)).toEqual(expected);
  });
});
