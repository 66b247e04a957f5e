/** Lets V8's compilers have only the time that the machine leaves them. */
import { readdirSync } from "node:fs";
import { getPriority, setPriority } from "node:os";

/** Added to the priority of the thread of the machine, it is that of the others. */
const NICER = 5;
/** The nicest that there is. */
const NICEST = 19;

/** Priorities of threads, as Linux has them. */
export interface ThreadPriorities {
  /** Numbers of this process' threads; none where they cannot be known. */
  threads(): number[];
  /** The priority of a thread: -20 to 19, and less goes first. */
  get(thread: number): number;
  set(thread: number, priority: number): void;
}

/**
 * V8 optimizes in threads of its own what the machine's thread runs already. Where there are fewer processors than
 * threads they take turns with it, so that a boot of Linux on two processors waits a fifth of its time. From here on
 * all threads of the process but its first are nicer. Where a thread cannot be told so, it stays what it was.
 */
export function yieldToMachine(priorities: ThreadPriorities = linuxThreads): void {
  for (const thread of priorities.threads()) {
    if (thread === process.pid) continue;
    try {
      const priority = Math.min(priorities.get(process.pid) + NICER, NICEST);
      if (priorities.get(thread) < priority) priorities.set(thread, priority);
    } catch {
      // It has ended, or the system does not let us.
    }
  }
}

const linuxThreads: ThreadPriorities = {
  threads: () => {
    if (process.platform !== "linux") return [];
    try {
      return readdirSync("/proc/self/task").map(Number);
    } catch {
      return [];
    }
  },
  get: getPriority,
  set: setPriority,
};
