import { beforeEach, describe, expect, it } from "vitest";
import { AccessTrace } from "../src/index.js";
import { traceBoard, type TraceBoard } from "./trace-board.js";

let board: TraceBoard;
let space: TraceBoard["space"];
let logged: readonly string[];

beforeEach(() => {
  board = traceBoard();
  ({ space, log: logged } = board);
});

describe("a callback after so many accesses", () => {
  it("is told once, of that access, and not of those that its filter leaves out", () => {
    using trace = new AccessTrace(space);
    const hits: string[] = [];
    trace.after(3, (event) => void hits.push(`${event.type} ${event.address}`), {
      types: ["write"],
    });
    for (let at = 0; at < 9; at++) {
      space.load(at, 1);
      space.store(at, 1, at);
    }
    expect(hits).toEqual(["write 2"]);
    expect(trace.counters.get(board.ram)?.accesses).toBe(18);
  });

  it("can end the trace, which has counted so many then", () => {
    const trace = new AccessTrace(space);
    trace.after(5, () => trace[Symbol.dispose]());
    for (let at = 0; at < 9; at++) space.load(at, 1);
    expect([trace.active, trace.counters.get(board.ram)?.reads]).toEqual([false, 5]);
    expect(space.lookup(0).traced).toBe(false);
  });

  it("can be taken back, and is logged when it fails, later too", async () => {
    using trace = new AccessTrace(space);
    let calls = 0;
    trace.after(1, () => calls++)[Symbol.dispose]();
    trace.after(1, async () => {
      await Promise.resolve();
      throw new Error("later");
    });
    space.load(0, 1);
    await new Promise((resolve) => setTimeout(resolve));
    expect(calls).toBe(0);
    expect(logged).toEqual([
      "callback: listener of a trace of cpu threw and was removed: Error: later",
    ]);
  });

  it.each([0, -1, 1.5, NaN])("is not told after %d accesses", (count) => {
    using trace = new AccessTrace(space);
    expect(() => trace.after(count, () => 0)).toThrow(
      expect.objectContaining({ name: "AddressError", rule: "count" }),
    );
  });
});
