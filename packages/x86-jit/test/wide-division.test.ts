import { Random } from "@mem/common";
import { describe, expect, it } from "vitest";
import { wideDivision } from "../src/engine/wide-division.js";

const MASK = 2n ** 64n - 1n;

/** Numbers of 64 bits that like the corners. */
function wide(random: Random): bigint {
  const any = random.bits(64) >> BigInt(random.below(64));
  switch (random.below(4)) {
    case 0:
      return any;
    case 1:
      return MASK - (any >> 32n);
    case 2:
      return 1n << BigInt(random.below(64));
    default:
      return (any << 32n) & MASK;
  }
}

describe("a division of 128 bits by 64", () => {
  it("is that of integers", () => {
    const divide = wideDivision();
    const random = new Random(3);
    for (let k = 0; k < 20_000; k++) {
      const divisor = wide(random) || 1n;
      const high = wide(random) % divisor;
      const low = wide(random);
      const quotient = BigInt.asUintN(64, divide(high, low, divisor));
      expect([high, low, divisor, quotient]).toEqual([
        high,
        low,
        divisor,
        ((high << 64n) | low) / divisor,
      ]);
    }
  });
});
