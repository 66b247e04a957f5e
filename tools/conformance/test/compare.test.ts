import { describe, expect, it } from "vitest";
import { compareAnswer, jsonEqual } from "../src/compare.js";
import type { Json, LogEntry } from "../src/script.js";

const finalize = (id: string, type = "memory-region"): LogEntry => ({ cb: "finalize", id, type });
const unparent = (id: string): LogEntry => ({ cb: "unparent", id });
const begin = (l: string): LogEntry => ({ cb: "begin", l });

function compare(expected: LogEntry[], actual: LogEntry[], parents: Record<string, string> = {}) {
  return compareAnswer(
    { result: null, log: expected },
    { result: null, log: actual },
    (id) => parents[id] ?? null,
  );
}

describe("jsonEqual", () => {
  it("ignores the order of keys and nothing else", () => {
    expect(jsonEqual({ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 })).toBe(true);
    expect(jsonEqual({ a: 1, b: [1, 2] }, { b: [2, 1], a: 1 })).toBe(false);
    expect(jsonEqual({ a: 1 }, { a: 1, b: null })).toBe(false);
    expect(jsonEqual({ a: 1, b: null }, { a: 1 })).toBe(false);
  });

  it.each<[Json, Json]>([
    [1, "0x1"],
    ["0x1", 1],
    [1, true],
    [0, false],
    [null, 0],
    [{}, null],
    [[], {}],
  ])("tells %j from %j", (expected, actual) => {
    expect(jsonEqual(expected, actual)).toBe(false);
  });
});

describe("compareAnswer", () => {
  it("reports a different result with both sides", () => {
    const difference = compareAnswer(
      { result: { res: 0 }, log: [] },
      { result: { res: 2 }, log: [] },
    );
    expect(difference).toEqual({ what: "result", expected: { res: 0 }, actual: { res: 2 } });
  });

  it("reports the first differing log entry before the result", () => {
    const difference = compareAnswer(
      { result: 1, log: [begin("a"), begin("b")] },
      { result: 2, log: [begin("a"), begin("c")] },
    );
    expect(difference).toEqual({
      what: "log",
      index: 1,
      expected: begin("b"),
      actual: begin("c"),
    });
  });

  it("reports a missing and a surplus entry", () => {
    expect(compare([begin("a")], [])).toMatchObject({ index: 0, actual: undefined });
    expect(compare([], [begin("a")])).toMatchObject({ index: 0, expected: undefined });
  });

  it("keeps the order of everything but deaths", () => {
    expect(compare([begin("a"), begin("b")], [begin("b"), begin("a")])).toMatchObject({ index: 0 });
  });
});

describe("runs of deaths", () => {
  it("agree in any order among siblings", () => {
    const expected = [begin("l"), unparent("a"), finalize("a"), finalize("b"), begin("m")];
    const actual = [begin("l"), finalize("b"), unparent("a"), finalize("a"), begin("m")];
    expect(compare(expected, actual)).toBeNull();
  });

  it("do not reach across other entries", () => {
    const expected = [finalize("a"), begin("l"), finalize("b")];
    expect(compare(expected, [finalize("b"), begin("l"), finalize("a")])).toMatchObject({
      index: 0,
    });
  });

  it("must hold the same entries", () => {
    expect(compare([finalize("a"), finalize("b")], [finalize("a")])).toMatchObject({ index: 1 });
    expect(compare([finalize("a")], [finalize("a"), finalize("a")])).toMatchObject({ index: 1 });
    expect(compare([finalize("a"), finalize("b")], [finalize("a"), finalize("c")])).not.toBeNull();
  });

  it("keep derived before base of one object", () => {
    const expected = [finalize("o", "ms-leaf"), finalize("o", "ms-mid"), finalize("p")];
    expect(compare(expected, [finalize("p"), ...expected.slice(0, 2)])).toBeNull();
    const swapped = [finalize("o", "ms-mid"), finalize("o", "ms-leaf"), finalize("p")];
    expect(compare(expected, swapped)).toMatchObject({ index: 0 });
  });

  it("keep children before their owner where the recording does", () => {
    const parents = { r1: "o", r2: "o" };
    const expected = [finalize("r1"), finalize("r2"), finalize("o", "ms-base")];
    expect(compare(expected, [expected[1]!, expected[0]!, expected[2]!], parents)).toBeNull();
    const early = [expected[0]!, expected[2]!, expected[1]!];
    expect(compare(expected, early, parents)).toMatchObject({ what: "log", index: 1 });
    const outlived = [finalize("o", "ms-base"), finalize("r1")];
    expect(compare(outlived, outlived, parents)).toBeNull();
  });
});
