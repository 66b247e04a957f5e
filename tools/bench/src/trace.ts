import { KiB } from "@mem/core";
import { AccessTrace, type AddressSpace, type TraceFilter } from "@mem/flat";
import { compared } from "./measure.js";
import type { Lap, Row } from "./row.js";
import { PLACE, SEED, STEPS, type Walk, WALK_BYTES } from "./walk.js";

/** Loads of a lap that are traced: these take longer. */
const FEWER = STEPS >> 5;

/** Walks over RAM of which accesses were traced, or are. */
export function traceRows(walk: () => Walk): Row[] {
  const never = {
    against: "ram.one",
    reference: () => loads(anotherSpace(walk(), "never traced"), STEPS),
  };
  return [
    compared({ name: "trace.off", ...never, subject: () => onceTraced(walk()) }),
    compared({ name: "trace.elsewhere", ...never, subject: () => tracedElsewhere(walk()) }),
    compared({ name: "trace.counters", ...never, subject: () => counted(walk()) }),
    compared({ name: "trace.events", ...never, subject: () => told(walk()) }),
  ];
}

/** The RAM of the walk in an address space of its own. */
function anotherSpace({ machine, root }: Walk, name: string): AddressSpace {
  return machine.addressSpace(root, name);
}

function onceTraced(walk: Walk): Lap {
  const space = anotherSpace(walk, "once traced");
  const trace = new AccessTrace(space);
  loads(space, FEWER).run();
  trace[Symbol.dispose]();
  if (trace.counters.get(walk.ram)?.reads !== FEWER) throw new Error("nothing was traced");
  return loads(space, STEPS);
}

/** A trace of the page behind the RAM. */
function tracedElsewhere(walk: Walk): Lap {
  const ranges = [{ addr: WALK_BYTES + 4 * KiB, size: 4 * KiB }];
  const { space, ...trace } = traced(walk, "traced elsewhere", { ranges });
  return { ...loads(space, STEPS), ...trace };
}

function counted(walk: Walk): Lap {
  const { space, ...trace } = traced(walk, "counted", {});
  return { ...loads(space, FEWER), ...trace };
}

function told(walk: Walk): Lap {
  let sum = 0;
  const { space, ...trace } = traced(walk, "told", {}, (value) => (sum ^= value));
  return { ...loads(space, FEWER), ...trace };
}

/** A trace that is on while a lap runs. */
function traced(
  walk: Walk,
  name: string,
  filter: TraceFilter,
  onValue?: (value: number) => void,
): Required<Pick<Lap, "before" | "after">> & { readonly space: AddressSpace } {
  const space = anotherSpace(walk, name);
  let trace: AccessTrace | null = null;
  return {
    space,
    before() {
      trace = new AccessTrace(space, filter);
      if (onValue) trace.on(({ value }) => onValue(Number(value)));
    },
    after() {
      trace?.[Symbol.dispose]();
    },
  };
}

function loads(space: AddressSpace, steps: number): Lap {
  return {
    operations: steps,
    run() {
      let sum = 0;
      let x = SEED;
      for (let i = 0; i < steps; i++) {
        x ^= x << 13;
        x ^= x >>> 17;
        x ^= x << 5;
        sum ^= space.load(x & PLACE, 4);
      }
      return sum;
    },
  };
}
