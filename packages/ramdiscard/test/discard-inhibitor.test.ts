import { LifecycleError } from "@mem/core";
import { DiscardInhibitor, DiscardStatus } from "@mem/ramdiscard";
import { describe, expect, it } from "vitest";
import { makeMachine } from "./machine.js";

const COUNTERS = ["disable", "uncoordinatedDisable", "require", "coordinatedRequire"] as const;
/** For each counter that is on (rows), whether each of the four may be added. */
const MATRIX = {
  disable: [true, true, false, false],
  uncoordinatedDisable: [true, true, false, true],
  require: [false, false, true, true],
  coordinatedRequire: [false, true, true, true],
};

describe("those who disable and those who require discards", () => {
  it.each(COUNTERS)("with %s on", (first) => {
    for (const [i, second] of COUNTERS.entries()) {
      const inhibitor = new DiscardInhibitor();
      inhibitor[first](true);
      const may = MATRIX[first][i];
      expect(inhibitor[second](true)).toBe(may ? DiscardStatus.OK : DiscardStatus.BUSY);
      const both = [first, ...(may ? [second] : [])];
      expect(inhibitor.isDisabled).toBe(both.some((name) => COUNTERS.indexOf(name) < 2));
      expect(inhibitor.isRequired).toBe(both.some((name) => COUNTERS.indexOf(name) >= 2));
    }
  });

  it("are counted", () => {
    const inhibitor = new DiscardInhibitor();
    for (const on of [true, true, false]) expect(inhibitor.disable(on)).toBe(0);
    expect([inhibitor.isDisabled, inhibitor.require(true)]).toEqual([true, DiscardStatus.BUSY]);
    const counts = JSON.parse(JSON.stringify(inhibitor)) as Record<string, number>;
    expect(Object.values(counts).toSorted((a, b) => a - b)).toEqual([0, 0, 0, 1]);
    inhibitor.disable(false);
    expect([inhibitor.isDisabled, inhibitor.require(true)]).toEqual([false, DiscardStatus.OK]);
    expect(() => inhibitor.disable(false)).toThrow(LifecycleError);
    expect(inhibitor.isRequired).toBe(true);
  });

  it("are those of one system", () => {
    const first = DiscardInhibitor.of(makeMachine().machine);
    const { machine } = makeMachine();
    first.disable(true);
    expect(DiscardInhibitor.of(machine)).toBe(DiscardInhibitor.of(machine));
    expect(DiscardInhibitor.of(machine).isDisabled).toBe(false);
  });
});
