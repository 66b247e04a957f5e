import { DirtyBitmap, TiB } from "@mem/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** What a bitmap is, spelt out: one boolean a page. */
class NaiveBitmap {
  readonly bits: boolean[];

  constructor(pages: number, dirty: boolean) {
    this.bits = new Array<boolean>(pages).fill(dirty);
  }

  runs(from: number, to: number): string[] {
    const found: string[] = [];
    for (let page = from; page < Math.min(to, this.bits.length); page++) {
      if (!this.bits[page]) continue;
      const start = page;
      while (page < Math.min(to, this.bits.length) && this.bits[page]) page++;
      found.push(`${start}-${page}`);
    }
    return found;
  }
}

const CHUNK = 2 ** 15;

function runsOf(bitmap: DirtyBitmap, from = 0, to = bitmap.pages): string[] {
  const found: string[] = [];
  const end = Math.min(to, bitmap.pages);
  for (let start = bitmap.nextDirty(from, end); start < end;) {
    const stop = bitmap.nextClean(start, end);
    found.push(`${start}-${stop}`);
    start = bitmap.nextDirty(stop, end);
  }
  return found;
}

type What = "set" | "clear" | "take" | "any" | "count" | "runs";

/** Does the same with both; what each answers. */
function both(
  what: What,
  bitmap: DirtyBitmap,
  naive: NaiveBitmap,
  from: number,
  to: number,
): [unknown, unknown] {
  const { length } = naive.bits;
  const bits = naive.bits.slice(from, to);
  switch (what) {
    case "set":
      return [bitmap.set(from, to), void naive.bits.fill(true, from, to)];
    case "clear":
      naive.bits.fill(false, from, to);
      return [bitmap.clear(from, to), bits.includes(true)];
    case "take": {
      const expected = new NaiveBitmap(length, false);
      bits.forEach((was, i) => (expected.bits[from + i] = was));
      naive.bits.fill(false, from, to);
      const taken = bitmap.takeAndClear(from, to);
      const answer = runsOf(taken);
      taken.set(0, length); // shares nothing with where it came from
      return [answer, expected.runs(0, length)];
    }
    case "any":
      return [bitmap.any(from, to), bits.includes(true)];
    case "count":
      return [bitmap.count(from, to), bits.filter(Boolean).length];
    case "runs":
      return [runsOf(bitmap, from, to), naive.runs(from, to)];
  }
}

/** Pages about which mistakes are made: ends of words and chunks, and any other. */
const page = fc.oneof(
  fc.integer({ min: 0, max: 3 * CHUNK + 100 }),
  fc.integer({ min: 0, max: 100 }),
  fc
    .tuple(fc.constantFrom(0, 32, 64, CHUNK, 2 * CHUNK, 3 * CHUNK), fc.integer({ min: -2, max: 2 }))
    .map(([at, by]) => Math.max(at + by, 0)),
);
const step = fc.record({
  what: fc.constantFrom<What[]>("set", "clear", "take", "any", "count", "runs"),
  a: page,
  b: page,
});

describe("a dirty bitmap", () => {
  it("is an array of booleans, whatever is done to it", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 31, 32, 33, 64, 100, CHUNK, CHUNK + 1, 3 * CHUNK + 50),
        fc.boolean(),
        fc.array(step, { maxLength: 30 }),
        (pages, dirty, steps) => {
          const bitmap = new DirtyBitmap(pages, dirty);
          const naive = new NaiveBitmap(pages, dirty);
          for (const { what, a, b } of steps) {
            const [from, to] = a < b ? [a, b] : [b, a];
            const [answer, expected] = both(what, bitmap, naive, from, to);
            expect(answer).toEqual(expected);
            const near = [from, to, from - 1, to - 1].map((at) => Math.max(at, 0));
            expect(near.map((at) => bitmap.get(at))).toEqual(
              near.map((at) => naive.bits[at] ?? false),
            );
          }
          expect(runsOf(bitmap)).toEqual(naive.runs(0, pages));
          expect(bitmap.count()).toBe(naive.bits.filter(Boolean).length);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("of a terabyte is marked, cleared, searched and captured without memory for its bits", () => {
    const before = process.memoryUsage().arrayBuffers;
    const pages = TiB / 4096;
    const bitmap = new DirtyBitmap(pages);
    expect(bitmap.count()).toBe(pages);
    expect(bitmap.nextClean(0, pages)).toBe(pages);
    expect(bitmap.clear(0, pages)).toBe(true);
    expect(bitmap.clear(0, pages)).toBe(false);
    expect(bitmap.any(0, pages)).toBe(false);
    bitmap.set(123_456_789, 123_456_792);
    expect(runsOf(bitmap)).toEqual(["123456789-123456792"]);
    bitmap.set(0, pages);
    const taken = bitmap.takeAndClear(0, pages);
    expect([taken.count(), bitmap.count()]).toEqual([pages, 0]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
  });

  it("takes no memory either where its last chunk is a short one", () => {
    const before = process.memoryUsage().arrayBuffers;
    const bitmaps = Array.from({ length: 2000 }, () => new DirtyBitmap(CHUNK - 768));
    for (const bitmap of bitmaps) {
      bitmap.clear(0, bitmap.pages);
      bitmap.set(0, CHUNK);
      bitmap.takeAndClear(0, CHUNK);
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
    expect(bitmaps.every((bitmap) => bitmap.count() === 0)).toBe(true);
  });

  it("counts pages beyond 2^32", () => {
    const pages = 2 ** 41 - 1;
    const bitmap = new DirtyBitmap(pages, false);
    bitmap.set(2 ** 40 + 5, 2 ** 40 + 7);
    expect(runsOf(bitmap)).toEqual([`${2 ** 40 + 5}-${2 ** 40 + 7}`]);
    expect([bitmap.get(2 ** 40 + 4), bitmap.get(2 ** 40 + 5), bitmap.get(5)]).toEqual([
      false,
      true,
      false,
    ]);
    expect(bitmap.count()).toBe(2);
    expect(bitmap.clear(0, pages)).toBe(true);
    expect(bitmap.count()).toBe(0);
  });
});
