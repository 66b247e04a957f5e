import { describe, expect, it } from "vitest";
import { Heat } from "../src/engine/heat.js";

const THRESHOLD = 100;

/** Entries until the address is hot, when from each of them on so many instructions are interpreted. */
function entriesUntilHot(instructions: number, after: (heat: Heat) => void = () => {}): number {
  const heat = new Heat(THRESHOLD);
  let left = 1e6;
  for (let entries = 0; ; entries++) {
    if (heat.isHot(0x1000, left)) return entries;
    after(heat);
    left -= instructions;
  }
}

describe("heat", () => {
  it("takes as many entries as the threshold says where little follows", () => {
    expect(entriesUntilHot(3)).toBe(THRESHOLD);
    expect(entriesUntilHot(15)).toBe(THRESHOLD);
  });

  it("takes fewer the more is interpreted from the address on", () => {
    expect(entriesUntilHot(16)).toBe(THRESHOLD / 2);
    expect(entriesUntilHot(16 * 9)).toBe(THRESHOLD / 10);
    expect(entriesUntilHot(16 * THRESHOLD)).toBe(1);
  });

  it("does not count what was translated", () => {
    expect(entriesUntilHot(16 * THRESHOLD, (heat) => heat.pass())).toBe(THRESHOLD);
  });

  it("counts what is interpreted for the address that it began at", () => {
    const heat = new Heat(THRESHOLD);
    heat.isHot(0x1000, 100_000);
    heat.isHot(0x2000, 90_000);
    expect(heat.isHot(0x1000, 89_999)).toBe(true);
    expect(heat.isHot(0x2000, 89_998)).toBe(false);
  });

  it("begins anew where a run has more left than the one before", () => {
    const heat = new Heat(THRESHOLD);
    heat.isHot(0x1000, 10);
    expect(heat.isHot(0x1000, 1_000_000)).toBe(false);
    expect(heat.isWarm(0x1000)).toBe(false);
  });
});
