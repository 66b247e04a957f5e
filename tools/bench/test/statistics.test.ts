import { describe, expect, it } from "vitest";
import { median, quantile, spread } from "../src/statistics.js";

describe("statistics", () => {
  it("take the middle, or the mean of the two that are", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it("interpolate between neighbours", () => {
    const values = [50, 10, 40, 20, 30];
    expect(quantile(values, 0)).toBe(10);
    expect(quantile(values, 0.1)).toBeCloseTo(14);
    expect(quantile(values, 1)).toBe(50);
    expect(values).toEqual([50, 10, 40, 20, 30]);
  });

  it("measure the spread from the 10th to the 90th percentile", () => {
    const values = Array.from({ length: 11 }, (_, i) => 100 + i);
    expect(spread(values)).toBeCloseTo(8 / 105);
    expect(spread([0, 0])).toBe(0);
  });

  it("refuse to speak of nothing", () => {
    expect(() => median([])).toThrow(RangeError);
  });
});
