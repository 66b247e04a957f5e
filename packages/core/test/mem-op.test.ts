import { memOp, MemOp, memOpSize, RegionOptionsError } from "@mem/core";
import { describe, expect, it } from "vitest";

describe("the size and order of an access", () => {
  it.each([
    [1, MemOp.SIZE_8],
    [2, MemOp.SIZE_16],
    [4, MemOp.SIZE_32],
    [8, MemOp.SIZE_64],
  ])("of %i bytes is log2 and a bit", (size, bits) => {
    expect(memOp(size)).toBe(bits);
    expect(memOp(size, "little")).toBe(bits);
    expect(memOp(size, "big")).toBe(bits | MemOp.BIG);
    expect(memOpSize(memOp(size, "big"))).toBe(size);
  });

  it.each([0, 3, 5, 16, -1, 1.5, Number.NaN])("is refused: %d bytes", (size) => {
    expect(() => memOp(size)).toThrow(RegionOptionsError);
    expect(() => memOp(size)).toThrow(expect.objectContaining({ rule: "access-size" }));
  });
});
