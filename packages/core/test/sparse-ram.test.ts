import { DirtyClient, MemorySystem, TiB } from "@mem/core";
import { describe, expect, it } from "vitest";

describe("very large RAM", () => {
  it("costs what is touched", () => {
    const ram = new MemorySystem().ram({ name: "huge", size: TiB });
    const before = process.memoryUsage().arrayBuffers;
    ram.ramBytes(TiB - 4096, 4).set([1, 2, 3, 4]);
    expect([...ram.ramBytes(TiB - 4096, 5)]).toEqual([1, 2, 3, 4, 0]);
    expect([...ram.ramBytes(0, 2)]).toEqual([0, 0]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(512 * 1024 * 1024);
  });

  it("has a dirty bitmap that is all set at first", () => {
    const block = new MemorySystem().ram({ name: "huge", size: TiB }).ramBlock;
    if (!block) throw new Error("no block");
    const bitmap = block.dirtyBitmap(DirtyClient.MIGRATION);
    expect(bitmap.pages).toBe(TiB / 4096);
    expect(bitmap.get(12345678)).toBe(true);
    expect(bitmap.clear(12345678, 12345679)).toBe(true);
    expect(bitmap.get(12345678)).toBe(false);
    expect(bitmap.get(12345677) && bitmap.get(12345679)).toBe(true);
    block.markDirty(12345678 * 4096 + 1, 1, 1 << DirtyClient.MIGRATION);
    expect(bitmap.get(12345678)).toBe(true);
  });
});
