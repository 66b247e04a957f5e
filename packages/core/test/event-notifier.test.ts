import {
  type EventCounter,
  type EventNotifier,
  LocalEventCounter,
  MemorySystem,
  NotifierError,
  SharedEventCounter,
} from "@mem/core";
import { describe, expect, it } from "vitest";

const counters: [string, () => EventCounter][] = [
  ["within one thread", () => new LocalEventCounter()],
  ["in shared memory", () => new SharedEventCounter()],
];

/** Collects what an iteration yields, until it ends. */
async function collect(source: AsyncIterable<number>): Promise<number[]> {
  const seen: number[] = [];
  for await (const count of source) seen.push(count);
  return seen;
}

/** Lets the event loop turn, so that what waits for signals has run. */
const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

describe.each(counters)("a notifier that counts %s", (_, makeCounter) => {
  const make = () => new MemorySystem().eventNotifier("bell", { counter: makeCounter() });

  it("counts until somebody takes the count", () => {
    const bell = make();
    expect([bell.testAndClear(), bell.take(), bell.pending]).toEqual([false, 0, 0]);
    for (let i = 0; i < 3; i++) bell.set();
    expect(bell.pending).toBe(3);
    expect(bell.take()).toBe(3);
    bell.set();
    expect([bell.testAndClear(), bell.testAndClear(), bell.pending]).toEqual([true, false, 0]);
  });

  it("calls back at every signal, in order, until that is disposed; callbacks take nothing", () => {
    const bell = make();
    const calls: string[] = [];
    const first = bell.onSignal(() => calls.push("first"));
    bell.onSignal(() => calls.push(`second ${bell.pending}`));
    bell.set();
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    bell.set();
    expect(calls).toEqual(["first", "second 1", "second 2"]);
  });

  it("calls all back though one throws, and counts the signal", () => {
    const bell = make();
    const calls: string[] = [];
    bell.onSignal(() => {
      throw new Error("no");
    });
    bell.onSignal(() => calls.push("second"));
    expect(() => bell.set()).toThrow("no");
    bell.onSignal(() => {
      throw new Error("neither");
    });
    expect(() => bell.set()).toThrow(AggregateError);
    expect([bell.pending, calls]).toEqual([2, ["second", "second"]]);
  });

  it("yields the signals of one turn as one step, and what came before", async () => {
    const bell = make();
    bell.set();
    const seen: number[] = [];
    const loop = (async () => {
      for await (const count of bell) {
        seen.push(count);
        if (count === 4) break;
      }
    })();
    await turn();
    bell.set();
    bell.set();
    await turn();
    expect(seen).toEqual([1, 2]);
    for (let i = 0; i < 4; i++) bell.set();
    await loop;
    bell.set();
    expect([seen, bell.pending]).toEqual([[1, 2, 4], 1]);
  });

  it("gives each signal to one loop, the one that has waited longest", async () => {
    const bell = make();
    const seen: string[] = [];
    const loops = ["a", "b"].map(async (name) => {
      for await (const count of bell) seen.push(`${name}${count}`);
    });
    for (let i = 1; i <= 4; i++) {
      await turn();
      for (let n = 0; n < i; n++) bell.set();
    }
    await turn();
    bell.close();
    await Promise.all(loops);
    expect(seen).toEqual(["a1", "b2", "a3", "b4"]);
  });

  it("ends loops that wait when it is closed, and gives them what is pending before", async () => {
    const bell = make();
    const waiting = collect(bell);
    await turn();
    bell.set();
    bell.close();
    bell.set();
    expect(await waiting).toEqual([1]);
    expect(await collect(bell)).toEqual([]);
    expect([bell.closed, bell.pending]).toEqual([true, 0]);
  });

  it("forgets callbacks when it is disposed", () => {
    let calls = 0;
    let kept: EventNotifier;
    {
      using bell = make();
      kept = bell;
      bell.onSignal(() => calls++);
      bell.set();
    }
    kept.set();
    kept.onSignal(() => calls++);
    kept.set();
    expect([calls, kept.pending]).toEqual([1, 1]);
  });

  it("lets one iteration be ended while it waits, without touching the others", async () => {
    const bell = make();
    const [one, other] = [bell[Symbol.asyncIterator](), bell[Symbol.asyncIterator]()];
    const [first, second] = [one.next(), other.next()];
    await turn();
    expect(await one.return?.()).toEqual({ value: undefined, done: true });
    expect(await first).toEqual({ value: undefined, done: true });
    bell.set();
    expect(await second).toEqual({ value: 1, done: false });
  });
});

it.each(counters)("a counter %s takes nothing more once it is closed", (_, makeCounter) => {
  const counter = makeCounter();
  counter.add();
  counter.close();
  counter.add();
  expect([counter.pending, counter.closed, counter.take(), counter.take()]).toEqual([
    1,
    true,
    1,
    0,
  ]);
});

describe("a counter in shared memory", () => {
  it("is seen by all who are made on its buffer", async () => {
    const here = new SharedEventCounter();
    const there = new SharedEventCounter(here.buffer);
    here.add();
    here.add();
    expect([there.pending, there.take(), here.pending]).toEqual([2, 2, 0]);
    const waiting = collect(there);
    await turn();
    here.add();
    here.close();
    expect([await waiting, there.closed]).toEqual([[1], true]);
  });

  it("stays at the most it can count, also when it closes then", () => {
    const counter = new SharedEventCounter();
    new Int32Array(counter.buffer)[0] = 0x7fff_fffe;
    counter.add();
    counter.add();
    expect(counter.pending).toBe(0x7fff_ffff);
    counter.close();
    counter.add();
    expect([counter.take(), counter.pending, counter.closed]).toEqual([0x7fff_ffff, 0, true]);
  });

  it("waits no longer than it is told, and not at all when there is something", () => {
    const counter = new SharedEventCounter();
    expect(counter.wait(1)).toBe(0);
    counter.add();
    expect(counter.wait()).toBe(1);
    counter.close();
    expect(counter.wait()).toBe(0);
  });

  it("refuses memory that is not shared, or too little", () => {
    const odd = new ArrayBuffer(4) as unknown as SharedArrayBuffer;
    expect(() => new SharedEventCounter(odd)).toThrow(NotifierError);
    expect(() => new SharedEventCounter(new SharedArrayBuffer(3))).toThrow(NotifierError);
  });

  it("says so where the host cannot wait without blocking", async () => {
    const holder = Atomics as { waitAsync?: unknown };
    const { waitAsync } = holder;
    delete holder.waitAsync;
    try {
      const [waiting] = await Promise.allSettled([collect(new SharedEventCounter())]);
      expect(waiting.status === "rejected" && waiting.reason).toMatchObject({
        name: "NotifierError",
        rule: "no-wait-async",
      });
    } finally {
      holder.waitAsync = waitAsync;
    }
  });
});
