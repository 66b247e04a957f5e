import { expect, it } from "vitest";
import { yieldToMachine } from "../../src/cli/run/compiler-threads.js";

const { pid } = process;

/** Threads with priorities of which `dead` have ended meanwhile. */
function threadsOf(priorities: Map<number, number>, dead: readonly number[] = []) {
  const look = (thread: number): number => {
    if (dead.includes(thread)) throw new Error("no such thread");
    return priorities.get(thread) ?? 0;
  };
  return {
    threads: () => [...priorities.keys()],
    get: look,
    set: (thread: number, priority: number) => {
      look(thread);
      priorities.set(thread, priority);
    },
  };
}

it("makes all threads nicer but the first", () => {
  const priorities = new Map([
    [pid, 0],
    [pid + 1, 0],
    [pid + 2, 10],
  ]);
  yieldToMachine(threadsOf(priorities));
  expect([...priorities.values()]).toEqual([0, 5, 10]);
});

it("stays within the priorities that there are, and passes over threads that have ended", () => {
  const priorities = new Map([
    [pid, 17],
    [pid + 1, 17],
    [pid + 2, 17],
  ]);
  yieldToMachine(threadsOf(priorities, [pid + 1]));
  expect([...priorities.values()]).toEqual([17, 17, 19]);
});
