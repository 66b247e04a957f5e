import { systemInternals } from "@mem/core/plumbing";
import type { Machine, MemoryRegion } from "@mem/flat";
import { COUNTS, CountingListener, SeenMap, STRIDE } from "./map.js";
import { alone, compared } from "./measure.js";
import { Random } from "@mem/common";
import { type Lap, lazy, type Row } from "./row.js";

/** Toggles in a lap. */
const TOGGLES = 2000;
/** Random choices, after which they repeat. */
const CHOICES = 1 << 16;
/** With this many regions a full rendering takes a good part of a second. */
const HUGE = 100_000;

/** What a change of the map costs, its commit included. */
export function topologyRows(): Row[] {
  const maps = new Map(
    COUNTS.map((count) => [count, lazy(() => new SeenMap().buildAtOnce(count))]),
  );
  const map = (count: number): SeenMap => maps.get(count)?.() ?? new SeenMap();
  const toggles = new Map(COUNTS.map((count) => [count, lazy(() => toggling(map(count)))]));
  const toggle = (count: number) => (): Lap => toggles.get(count)?.() ?? toggling(map(count));
  const to100 = { against: "toggle.100", reference: toggle(100) };
  return [
    ...COUNTS.map((count) =>
      count === 100
        ? alone({ name: "toggle.100", subject: toggle(100) })
        : compared({ name: `toggle.${count}`, ...to100, subject: toggle(count) }),
    ),
    ...COUNTS.map((count) =>
      compared({
        name: `rerender.${count}`,
        against: `toggle.${count}`,
        reference: toggle(count),
        subject: () => rerendering(map(count)),
        slow: count >= HUGE,
      }),
    ),
    ...COUNTS.map((count) =>
      compared({
        name: `toggle.listener.${count}`,
        against: `toggle.${count}`,
        reference: toggle(count),
        subject: () => listening(new SeenMap().buildAtOnce(count)),
        slow: count >= HUGE,
      }),
    ),
    compared({ name: "bar.move", ...to100, subject: barMoves }),
  ];
}

/** Random regions, each switched off and on again; other ones in each lap. */
function toggling({ regions }: SeenMap): Lap {
  const chosen = choose(regions, CHOICES);
  let next = 0;
  return {
    operations: TOGGLES,
    run() {
      for (let i = 0; i < TOGGLES / 2; i++) {
        const region = chosen[next++ % CHOICES];
        if (!region) continue;
        region.enabled = false;
        region.enabled = true;
      }
    },
  };
}

/** The same while somebody is told, in a map of its own. */
function listening({ regions, space }: SeenMap): Lap {
  const chosen = choose(regions, CHOICES);
  const listener = new CountingListener();
  let next = 0;
  space.listen(listener);
  return {
    operations: TOGGLES,
    before() {
      listener.added = listener.removed = 0;
    },
    run() {
      for (let i = 0; i < TOGGLES / 2; i++) {
        const region = chosen[next++ % CHOICES];
        if (!region) continue;
        region.enabled = false;
        region.enabled = true;
      }
    },
    after() {
      const { added, removed } = listener;
      if (added !== TOGGLES / 2 || removed !== TOGGLES / 2) {
        throw new Error(`the listener was told of ${added} additions and ${removed} removals`);
      }
    },
  };
}

/** Commits that render everything anew. */
function rerendering({ machine, regions }: SeenMap): Lap {
  const times = Math.max(1, Math.min(100, Math.round(5000 / regions.length)));
  return {
    operations: times,
    run() {
      const { full } = machine.renderStatistics;
      for (let i = 0; i < times; i++) renderEverything(machine);
      const rendered = machine.renderStatistics.full - full;
      if (rendered !== times) throw new Error(`${rendered} full renderings, not ${times}`);
    },
  };
}

function renderEverything(machine: Machine): void {
  machine.transaction(() => {
    systemInternals(machine).views.damageEverything();
    systemInternals(machine).transactions.touchTopology();
  });
}

const BAR_PARTS = 8;
const MOVES = 200;

/** A container of 8 device regions that wanders over a map of 1,000 others, on top of them. */
function barMoves(): Lap {
  const { machine, root, regions } = new SeenMap().buildAtOnce(1000);
  const bar = machine.container({ name: "bar", size: BAR_PARTS * 0x1000 });
  for (let i = 0; i < BAR_PARTS; i++) {
    const part = machine.mmio({ name: `bar.${i}`, size: 0x1000, read: () => i });
    bar.addSubregion(i * 0x1000, part);
  }
  root.addSubregion(0, bar, { priority: 1 });
  const places = differingPlaces(MOVES, regions.length / 4).map((place) => place * 4 * STRIDE);
  return {
    operations: MOVES,
    before() {
      bar.addr = regions.length * STRIDE;
    },
    run() {
      for (const place of places) bar.addr = place;
    },
  };
}

/** Random numbers below `limit`, none the same as the one before it: that would be no move. */
function differingPlaces(count: number, limit: number): number[] {
  const random = new Random();
  let place = 0;
  return Array.from({ length: count }, () => {
    place = (place + 1 + random.below(limit - 1)) % limit;
    return place;
  });
}

function choose(regions: readonly MemoryRegion[], count: number): MemoryRegion[] {
  const random = new Random();
  return Array.from({ length: count }, () => regions[random.below(regions.length)]).filter(
    (region) => region !== undefined,
  );
}
