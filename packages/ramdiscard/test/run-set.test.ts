import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { intersect, normalize, type Run, subtract } from "../src/run-set.js";

const SPAN = 40;
const runs = fc
  .array(fc.tuple(fc.nat(SPAN), fc.nat(SPAN)), { maxLength: 8 })
  .map((pairs) => pairs.map(([from, to]) => ({ from: BigInt(from), to: BigInt(to) })));

/** One flag for each byte. */
function flags(of: readonly Run[]): boolean[] {
  return Array.from({ length: SPAN + 1 }, (_, i) =>
    of.some(({ from, to }) => BigInt(i) >= from && BigInt(i) < to),
  );
}

function isNormal(of: readonly Run[]): boolean {
  return of.every(({ from, to }, i) => from < to && (i === 0 || (of[i - 1]?.to ?? from) < from));
}

describe("runs of bytes", () => {
  it("are joined, cut and left over as their bytes are", () => {
    fc.assert(
      fc.property(runs, runs, (someA, someB) => {
        const [a, b] = [normalize(someA), normalize(someB)];
        expect(flags(a)).toEqual(flags(someA));
        const [inA, inB] = [flags(a), flags(b)];
        expect(flags(intersect(a, b))).toEqual(inA.map((is, i) => is && inB[i]));
        expect(flags(subtract(a, b))).toEqual(inA.map((is, i) => is && !inB[i]));
        for (const result of [a, intersect(a, b), subtract(a, b)])
          expect(isNormal(result)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
