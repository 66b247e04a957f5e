import { describe, expect, it } from "vitest";
import { allocatedBy, collectGarbage } from "../src/heap.js";

describe("the heap", () => {
  it("grows by what is allocated, inside it and outside", () => {
    collectGarbage("minor");
    const kept: unknown[] = [];
    const grown = allocatedBy(() => {
      kept.push(
        Array.from({ length: 1000 }, () => ({ value: 1 })),
        new ArrayBuffer(50_000),
      );
    });
    expect(kept).toHaveLength(2);
    expect(grown).toBeGreaterThan(1000 * 16 + 50_000);
  });

  it("is not measured across a garbage collection", () => {
    expect(allocatedBy(() => collectGarbage("minor"))).toBeNull();
  });
});
