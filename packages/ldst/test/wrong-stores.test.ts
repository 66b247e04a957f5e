import { thrownBy, wrongValues } from "@mem/common";
import { ArgumentError, Machine } from "@mem/flat";
import { MemoryRegionCache } from "@mem/ldst";
import { expect, it } from "vitest";

/** A cache of registers, whose stores take no fast path. */
function registers() {
  const machine = new Machine();
  const stored: number[] = [];
  const device = machine.mmio({
    name: "device",
    size: 0x1000,
    read: () => 0,
    write: (_offset, value) => void stored.push(value),
  });
  const cache = new MemoryRegionCache(machine.addressSpace(device, "cpu"), 0, 0x1000, true);
  return { cache, stored };
}

it.each(["st8", "st16le", "st16be", "st32le", "st32be"] as const)(
  "what is no number is not stored, and refused by name: %s",
  (store) => {
    for (const [kind, value] of wrongValues("number", "NaN", "-1")) {
      const { cache, stored } = registers();
      const thrown = thrownBy(() => cache[store](0, value as never));
      expect(thrown, kind).toBeInstanceOf(ArgumentError);
      expect(stored, kind).toEqual([]);
    }
    const { cache, stored } = registers();
    cache[store](0, 1);
    expect(stored).toHaveLength(1);
  },
);

it("attributes that are none are refused where a cache leaves the fast paths", () => {
  for (const [kind, attrs] of wrongValues("undefined", "array", "object", "date")) {
    const { cache, stored } = registers();
    expect(
      thrownBy(() => cache.st32le(0, 1, attrs as never)),
      kind,
    ).toBeInstanceOf(ArgumentError);
    expect(
      thrownBy(() => cache.ld32le(0, attrs as never)),
      kind,
    ).toBeInstanceOf(ArgumentError);
    expect(stored, kind).toEqual([]);
  }
});
