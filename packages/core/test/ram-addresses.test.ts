import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RamAddresses } from "../src/ram/addresses.js";

/** Bytes of the unit that blocks begin at. */
const GRAIN = 64 * 4096;

/** The rules spelt out: one number a unit, that of the block that lies there, or 0. */
class NaiveAddresses {
  readonly units: number[] = [];

  allocate(block: number, count: number): bigint {
    let at = 0;
    while (this.units.slice(at, at + count).some((other) => other !== 0)) at++;
    for (let unit = at; unit < at + count; unit++) this.units[unit] = block;
    return BigInt(at * GRAIN);
  }

  release(block: number): void {
    this.units.forEach((other, unit) => {
      if (other === block) this.units[unit] = 0;
    });
    while (this.units.at(-1) === 0) this.units.pop();
  }

  get end(): bigint {
    return BigInt(this.units.length * GRAIN);
  }
}

describe("the numbering of all RAM", () => {
  const step = fc.oneof(
    // Not only whole units: the last one of a block is its own in any case.
    fc.record({ take: fc.integer({ min: 1, max: 5 }), less: fc.constantFrom(0, 1, GRAIN - 1) }),
    fc.record({ free: fc.nat() }),
  );

  it("gives each block the lowest place that is free, and takes back what it gave", () => {
    let most = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 80 }), (steps) => {
        const real = new RamAddresses();
        const naive = new NaiveAddresses();
        const blocks: { id: number; start: bigint; length: number }[] = [];
        steps.forEach((what, index) => {
          let expected: bigint | undefined;
          let start: bigint | undefined;
          if ("take" in what) {
            const length = what.take * GRAIN - what.less;
            expected = naive.allocate(index + 1, what.take);
            start = real.allocate(length);
            blocks.push({ id: index + 1, start, length });
            most = Math.max(most, blocks.length);
          } else {
            for (const block of blocks.splice(what.free % Math.max(1, blocks.length), 1)) {
              real.release(block.start, block.length);
              naive.release(block.id);
            }
          }
          expect([start, real.end]).toEqual([expected, naive.end]);
        });
      }),
      { numRuns: 200 },
    );
    expect(most).toBeGreaterThan(4);
  });

  it("counts a byte more than a unit as two units", () => {
    const addresses = new RamAddresses();
    expect(addresses.end).toBe(0n);
    addresses.allocate(GRAIN + 1);
    expect(addresses.end).toBe(BigInt(2 * GRAIN));
  });
});
