import { describe, expect, it } from "vitest";
import { Random, seeds } from "../src/index.js";

const draws = (seed: number, count: number) => {
  const random = new Random(seed);
  return Array.from({ length: count }, () => random.next());
};

describe("random numbers", () => {
  it("follow from the seed alone, and differ between seeds", () => {
    expect(draws(7, 20)).toEqual(draws(7, 20));
    expect(new Set(seeds(50).map((seed) => draws(seed, 1)[0])).size).toBe(50);
    expect(draws(0, 3)).toEqual([1144304738, 1416247, 958946056]);
  });

  it("keep to their limits, and come to each value", () => {
    const random = new Random(3);
    const seen = new Set(Array.from({ length: 1000 }, () => random.below(7)));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const share = (draw: () => boolean) =>
      Array.from({ length: 4000 }, draw).filter(Boolean).length;
    expect(Math.abs(share(() => random.chance(25)) - 1000)).toBeLessThan(150);
    expect(Math.abs(share(() => random.oneIn(4)) - 1000)).toBeLessThan(150);
    for (let bits = 1; bits <= 64; bits++) expect(random.bits(bits) >> BigInt(bits)).toBe(0n);
  });

  it("pick of a list, by weight where that is asked for", () => {
    const random = new Random(5);
    const counts = { a: 0, b: 0, c: 0 };
    for (let i = 0; i < 4000; i++) counts[random.weighted({ a: 3, b: 1, c: 0 })]++;
    expect(counts.c).toBe(0);
    expect(Math.abs(counts.a - 3000)).toBeLessThan(150);
    expect(["x", "y"]).toContain(random.pick(["x", "y"]));
    expect(() => random.pick([])).toThrow("nothing to pick");
    expect(() => random.weighted({})).toThrow("no weights");
  });
});
