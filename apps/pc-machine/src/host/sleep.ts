/** Waiting without keeping the host busy. */

/** A wait that can be cut short. */
export interface Sleep {
  /** Settles when the time is over or the wait was cut. */
  readonly done: Promise<void>;
  /** End the wait now. */
  cut(): void;
}

/** Below this, a host timer would oversleep: let other work happen, and go on. */
const LEAST_TIMER_MS = 0.5;
/** Host timers overflow above 2^31 ms. */
const LONGEST_MS = 0x7fff_ffff;

/** Wait `ms` milliseconds; 0 only lets the host's other work happen, `Infinity` waits for a cut. */
export function sleep(ms: number): Sleep {
  let settle = (): void => undefined;
  const done = new Promise<void>((resolve) => {
    settle = resolve;
  });
  if (ms < LEAST_TIMER_MS) {
    const cancel = letWorkHappen(settle);
    return {
      done,
      cut: () => {
        cancel();
        settle();
      },
    };
  }
  const handle = setTimeout(settle, Math.min(LONGEST_MS, Math.max(0, Math.floor(ms))));
  return {
    done,
    cut: () => {
      clearTimeout(handle);
      settle();
    },
  };
}

/** Calls `then` once the host's other work has had its turn; answers what calls it off. */
function letWorkHappen(then: () => void): () => void {
  if (typeof setImmediate === "function") {
    const handle = setImmediate(then);
    return () => clearImmediate(handle);
  }
  // A browser's timers wait 4 ms once they follow each other; its messages do not.
  const { port1, port2 } = new MessageChannel();
  port2.onmessage = () => {
    port2.close();
    then();
  };
  port1.postMessage(null);
  return () => port2.close();
}
