import { addEventfd, delEventfd, type EventfdOptions, Machine, type MemoryRegion } from "@mem/flat";
import { compareIoeventfds, internalsOf } from "@mem/core/plumbing";
import { describe, expect, it } from "vitest";
import { Random } from "@mem/common";

const SIZE = 0x40;

/** A map in which regions show whole, in part, in two places, and next to each other. */
function makeMap() {
  const machine = new Machine();
  const system = machine.container({ name: "system", size: 0x1000 });
  const regions: MemoryRegion[] = [];
  for (let i = 0; i < 4; i++) {
    const regs = machine.mmio({ name: `regs${i}`, size: SIZE, write: () => undefined });
    system.addSubregion(i * SIZE, regs);
    regions.push(regs);
  }
  const [first, second] = regions;
  if (first) {
    const twice = { name: "twice", target: first, size: SIZE, offset: 8 };
    system.addSubregion(0x200, machine.alias(twice));
  }
  const cover = machine.mmio({ name: "cover", size: 4, write: () => undefined });
  second?.addSubregion(0x1e, cover);
  regions.push(cover);
  return { machine, system, regions, space: machine.addressSpace(system, "memory") };
}

describe("write triggers that come and go one by one", () => {
  it.each([1, 2, 3, 4, 5, 6])("leave listeners with what shows, in order (seed %i)", (seed) => {
    const random = new Random(seed);
    const { machine, regions, space } = makeMap();
    const notifiers = Array.from({ length: 3 }, (_, i) => machine.eventNotifier(`n${i}`));
    const key = (addr: bigint, size: bigint, match: boolean, data: bigint, id: number) =>
      [addr, size, match, match ? data : 0, id].join();
    const heard: string[] = [];
    space.listen({
      eventfdAdd: (at, match, data, { id }) =>
        heard.push(key(at.offsetWithinAddressSpace, at.size, match, data, id)),
      eventfdDel(at, match, data, { id }) {
        const gone = heard.indexOf(key(at.offsetWithinAddressSpace, at.size, match, data, id));
        expect(gone).toBeGreaterThanOrEqual(0);
        heard.splice(gone, 1);
      },
    });
    let added = 0;
    const present: { region: MemoryRegion; options: EventfdOptions }[] = [];
    const change = (): void => {
      const region = regions[random.below(regions.length)];
      if (!region) return;
      const known = present[random.below(present.length * 2 + 1)];
      if (known) {
        // Size 0 stands for any: what goes may be another one.
        delEventfd(known.region, known.options);
        const left = internalsOf(known.region).watchers.ioeventfds;
        const at = present.findIndex(
          ({ region: of, options }) =>
            of === known.region && !left.some((fd) => sameTrigger(fd, options)),
        );
        present.splice(at < 0 ? present.indexOf(known) : at, 1);
        return;
      }
      const size = [1, 2, 4, 8][random.below(4)] ?? 1;
      const matchData = random.below(2) === 0;
      const notifier = notifiers[random.below(3)] ?? machine.eventNotifier();
      const addr = random.below(SIZE);
      const which = { addr, size, matchData, data: random.below(4), notifier };
      const options = { ...which, allowUnreachable: true };
      const twin = internalsOf(region).watchers.ioeventfds.some((fd) => sameTrigger(fd, options));
      if (twin) return;
      addEventfd(region, options);
      present.push({ region, options });
      added++;
    };
    for (let step = 0; step < 300; step++) {
      if (random.below(5) === 0) machine.transaction(() => [change(), change(), change()]);
      else change();
      const region = regions[random.below(regions.length)];
      if (random.below(20) === 0 && region) region.enabled = !region.enabled;
      for (const { watchers } of regions.map(internalsOf)) {
        const { ioeventfds } = watchers;
        const sorted = ioeventfds.toSorted(compareIoeventfds);
        expect(ioeventfds).toEqual(sorted);
      }
      const shown: string[] = [];
      for (const { region: of, start, end, offset } of space.flatView.ranges()) {
        for (const { addr, size, matchData, data, notifier } of internalsOf(of).watchers
          .ioeventfds) {
          const at = addr + start - offset;
          if (at >= end || (at < start && at + BigInt(size) <= start)) continue;
          shown.push(key(at, BigInt(size), matchData, data, notifier.id));
        }
      }
      expect(heard.toSorted()).toEqual(shown.toSorted());
    }
    expect(added).toBeGreaterThan(50);
  });

  it("look at no other trigger", () => {
    const machine = new Machine();
    const regs = machine.mmio({ name: "regs", size: 0x10000, write: () => undefined });
    const space = machine.addressSpace(regs, "memory");
    let told = 0;
    space.listen({ eventfdAdd: () => told++, eventfdDel: () => told-- });
    const notifier = machine.eventNotifier();
    let looks = 0;
    const add = (addr: number) => addEventfd(regs, { addr, size: 4, notifier });
    for (let i = 0; i < 1000; i++) add(i * 4);
    for (const fd of internalsOf(regs).watchers.ioeventfds) {
      const { addr } = fd;
      Object.defineProperty(fd, "addr", { get: () => (looks++, addr) });
    }
    add(5002);
    expect([told, looks < 50]).toEqual([1001, true]);
    delEventfd(regs, { addr: 5002, size: 4, notifier });
    expect([told, looks < 100]).toEqual([1000, true]);
    space.store(8, 4, 1);
    expect([notifier.pending, looks < 150]).toEqual([1, true]);
  });
});

function sameTrigger(
  fd: { addr: bigint; size: number; matchData: boolean; data: bigint; notifier: object },
  options: EventfdOptions,
): boolean {
  return (
    fd.addr === BigInt(options.addr) &&
    fd.size === options.size &&
    fd.matchData === options.matchData &&
    (!fd.matchData || fd.data === BigInt(options.data ?? 0)) &&
    fd.notifier === options.notifier
  );
}
