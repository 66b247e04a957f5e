import { systemInternals } from "@mem/core/plumbing";
import { MAX_BOTTOM_HALVES, Data64, memOp, MemorySystem } from "@mem/core";
import { describe, expect, it } from "vitest";

/** Lets the event loop turn. */
const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

function makeSystem() {
  const log: string[] = [];
  const memory = new MemorySystem({ log: (category, text) => log.push(`${category}: ${text}`) });
  return { memory, log, seen: [] as string[] };
}

describe("a callback that is scheduled", () => {
  it("is called once, in order, when the owner says so", () => {
    const { memory, seen } = makeSystem();
    for (const name of ["a", "b", "c"]) memory.schedule(() => seen.push(name));
    expect([seen.length, memory.pendingCount]).toEqual([0, 3]);
    expect([memory.runPending(), memory.runPending(), memory.pendingCount]).toEqual([3, 0, 0]);
    expect(seen).toEqual(["a", "b", "c"]);
  });

  it("is called in the next turn of the event loop when nothing is under way", async () => {
    const { memory, seen } = makeSystem();
    memory.schedule(() => seen.push("a"));
    await turn();
    expect(seen).toEqual(["a"]);
  });

  it("is called at the end of the outermost access", () => {
    const { memory, seen } = makeSystem();
    const inner = memory.mmio({
      name: "inner",
      size: 4,
      write: () => void memory.schedule(() => seen.push("later")),
    });
    const outer = memory.mmio({
      name: "outer",
      size: 4,
      write() {
        inner.dispatchWrite(0, memOp(4), new Data64());
        memory.runPending();
        seen.push("still inside");
      },
    });
    outer.dispatchWrite(0, memOp(4), new Data64());
    expect(seen).toEqual(["still inside", "later"]);
  });

  it("is called at the end of the outermost transaction, after the change", () => {
    const { memory, seen } = makeSystem();
    memory.transaction(() => {
      memory.transaction(() => void memory.schedule(() => seen.push("later")));
      expect(memory.runPending()).toBe(0);
      seen.push("inside");
    });
    expect(seen).toEqual(["inside", "later"]);
  });

  it("waits for a transaction that stays open over turns", async () => {
    const { memory, seen } = makeSystem();
    memory.begin();
    memory.schedule(() => seen.push("a"));
    await turn();
    expect(seen).toEqual([]);
    memory.commit();
    expect(seen).toEqual(["a"]);
  });

  it("never runs inside another one; what is asked for meanwhile is called in the next run", async () => {
    const { memory, seen } = makeSystem();
    let left = 3;
    const again = (): void => {
      seen.push(`begin ${left}`);
      if (left-- > 0) memory.schedule(again);
      memory.transaction(() => undefined);
      expect(memory.runPending()).toBe(0);
      seen.push("end");
    };
    memory.schedule(again);
    expect([memory.runPending(), memory.pendingCount]).toEqual([1, 1]);
    expect(seen).toEqual(["begin 3", "end"]);
    await turn();
    await turn();
    await turn();
    expect(seen.length).toBe(8);
  });

  it("is not called once it was taken back, by another one of the same run either", () => {
    const { memory, seen } = makeSystem();
    memory.schedule(() => second[Symbol.dispose]());
    const second = memory.schedule(() => seen.push("second"));
    const third = memory.schedule(() => third[Symbol.dispose]());
    const fourth = memory.schedule(() => seen.push("fourth"));
    fourth[Symbol.dispose]();
    fourth[Symbol.dispose]();
    expect([memory.pendingCount, memory.runPending(), seen]).toEqual([3, 2, []]);
  });

  it("costs the others nothing when it throws, and a promise of its is heard", async () => {
    const { memory, log, seen } = makeSystem();
    for (let i = 0; i < 2; i++) {
      memory.schedule(
        () => {
          throw new Error("no");
        },
        { name: "a disk" },
      );
    }
    memory.schedule(
      async () => {
        await Promise.resolve();
        throw new Error("neither");
      },
      { name: "a card" },
    );
    memory.schedule(() => seen.push("b"));
    memory.runPending();
    await turn();
    expect(seen).toEqual(["b"]);
    expect(log).toEqual([
      "callback: a disk threw: Error: no",
      "callback: a card threw: Error: neither",
    ]);
  });

  it("waits for the next run where there are more than one run may call", () => {
    const { memory, log } = makeSystem();
    let calls = 0;
    for (let i = 0; i < MAX_BOTTOM_HALVES + 5; i++) memory.schedule(() => calls++);
    expect([memory.runPending(), memory.pendingCount]).toEqual([MAX_BOTTOM_HALVES, 5]);
    expect([memory.runPending(), calls]).toEqual([5, MAX_BOTTOM_HALVES + 5]);
    expect(log).toHaveLength(1);
  });
});

describe("a transaction", () => {
  const rule = expect.objectContaining({ name: "TransactionError", rule: "not-synchronous" });

  it("refuses an async function before anything has changed, and a generator", () => {
    const { memory } = makeSystem();
    let calls = 0;
    const change = async (): Promise<void> => {
      calls++;
      await Promise.resolve();
    };
    // eslint-disable-next-line require-yield
    const steps = function* (): Generator<void> {
      calls++;
    };
    for (const work of [change, steps, async function* () {}]) {
      expect(() => memory.transaction<unknown>(work)).toThrow(rule);
    }
    expect([calls, systemInternals(memory).transactions.depth]).toEqual([0, 0]);
  });

  it("says so when another function answers a promise: what it did by then is committed", async () => {
    const { memory } = makeSystem();
    const system = memory.container({ name: "system", size: 0x10000 });
    const change = (): Promise<void> => {
      system.size = 0x20000;
      return Promise.reject(new Error("later"));
    };
    expect(() => memory.transaction(change)).toThrow(rule);
    expect([systemInternals(memory).transactions.depth, system.size]).toEqual([0, 0x20000n]);
    await turn();
  });

  it("of a function that throws ends all the same, and answers pass through", () => {
    const { memory } = makeSystem();
    const fail = (): never => {
      throw new Error("no");
    };
    expect(() => memory.transaction(fail)).toThrow("no");
    expect([systemInternals(memory).transactions.depth, memory.transaction(() => 7)]).toEqual([
      0, 7,
    ]);
  });
});
