import { systemInternals } from "@mem/core/plumbing";
import { Machine, MemTxResult } from "@mem/flat";
import { describe, expect, it } from "vitest";
import { MapRegion } from "./naive-map.js";
import { Random } from "@mem/common";

/** `MEM_PROPERTY_CASES=200000` makes a long run of it. */
const CASES = Number(process.env["MEM_PROPERTY_CASES"] ?? 800);
const FIRST_SEED = Number(process.env["MEM_PROPERTY_SEED"] ?? 1);
const END = 1n << 64n;

/** One random machine, and the same tree in the naive model. */
class Scenario {
  readonly machine = new Machine();
  readonly random: Random;
  readonly regions: MapRegion[] = [];
  readonly roots: MapRegion[] = [];
  /** log2 of the extent that sizes and offsets are drawn from. */
  readonly bits: number;

  constructor(seed: number) {
    this.random = new Random(seed);
    this.bits = this.random.pick([4, 5, 6, 13, 14, 32, 53, 54, 63, 64]);
    this.addRegion("container", this.random.chance(50) ? END : 1n << BigInt(this.bits));
    for (let i = 0; i < 4 + this.random.below(8); i++) this.addRandomRegion();
    for (let i = 0; i < this.regions.length; i++) this.tryAdd();
  }

  size(): bigint {
    if (this.random.chance(4)) return 0n;
    if (this.random.chance(6)) return END;
    return this.random.bits(1 + this.random.below(this.bits)) + 1n;
  }

  offset(): bigint {
    if (this.random.chance(25)) return 0n;
    return this.random.bits(this.random.chance(10) ? 64 : this.bits);
  }

  addRegion(kind: string, size: bigint): MapRegion {
    const { machine, random } = this;
    const name = `${kind}${this.regions.length}`;
    const common = { name, size };
    let region: MapRegion;
    if (kind === "alias") {
      const target = random.pick(this.regions);
      const aliasOffset = this.offset();
      const real = machine.alias({ ...common, target: target.real, offset: aliasOffset });
      region = new MapRegion(real, size, target, aliasOffset);
    } else if (kind === "container") {
      region = new MapRegion(machine.container(common), size);
    } else if (kind === "ram") {
      const bytes = size > 0n && size < 65536n ? size : 4096n;
      region = new MapRegion(machine.ram({ name, size: bytes }), bytes);
    } else if (kind === "reservation") {
      region = new MapRegion(machine.reservation(common), size);
    } else {
      const read = (offset: bigint): number => Number((offset * 7n + BigInt(name.length)) & 0xffn);
      const real = machine.mmio({
        ...common,
        wideOffsets: true,
        read: (offset) => read(offset),
        impl: { maxAccessSize: 1 },
      });
      region = new MapRegion(real, size);
    }
    this.regions.push(region);
    return region;
  }

  addRandomRegion(): void {
    const kind = this.random.pick([
      "container",
      "container",
      "alias",
      "alias",
      "ram",
      "mmio",
      "mmio",
      "reservation",
    ]);
    this.addRegion(kind, this.size());
  }

  tryAdd(): void {
    const container = this.random.pick(this.regions);
    const child = this.random.pick(this.regions);
    const usable = !child.container && !container.target && !child.reaches(container);
    if (!usable) return;
    const addr = this.offset();
    const priority = this.random.below(4) - 1;
    container.real.addSubregion(addr, child.real, { priority });
    container.add(child, addr, priority);
  }

  change(): void {
    const { random } = this;
    const region = random.pick(this.regions);
    const action = random.below(7);
    if (action === 0 && region.container) {
      const { container } = region;
      container.real.removeSubregion(region.real);
      container.remove(region);
    } else if (action === 1) {
      region.real.enabled = !region.real.enabled;
    } else if (action === 2) {
      const addr = this.offset();
      region.real.addr = addr;
      region.move(addr);
    } else if (action === 3 && !region.real.ramBlock) {
      region.size = this.size();
      region.real.size = region.size;
    } else if (action === 4 && region.target) {
      region.aliasOffset = this.offset();
      region.real.aliasOffset = region.aliasOffset;
    } else if (action === 5 && this.regions.length < 20) {
      this.addRandomRegion();
    } else {
      this.tryAdd();
    }
  }

  changeSome(): void {
    const count = 1 + this.random.below(3);
    if (this.random.chance(40)) {
      this.machine.transaction(() => {
        for (let i = 0; i < count; i++) this.change();
      });
    } else {
      for (let i = 0; i < count; i++) this.change();
    }
  }
}

describe("visibility", () => {
  it(`agrees with a naive reading of the rules over ${CASES} random trees`, () => {
    let compared = 0;
    for (let seed = FIRST_SEED; seed < FIRST_SEED + CASES; seed++) compared += runCase(seed);
    expect(compared).toBeGreaterThan(CASES * 20);
  });
});

/** `expect` costs more than the comparison, of which there are millions. */
function same<T>(actual: T, expected: T, where: string): void {
  if (actual !== expected) throw new Error(`${where}: ${String(actual)}, not ${String(expected)}`);
}

function runCase(seed: number): number {
  const scenario = new Scenario(seed);
  const { machine, random, regions } = scenario;
  const root = regions[0];
  if (!root) throw new Error("no root");
  const views = [{ root, space: machine.addressSpace(root.real, "first") }];
  const other = random.pick(regions);
  views.push({ root: other, space: machine.addressSpace(other.real, "second") });
  let compared = 0;
  for (let step = 0; step < 4; step++) {
    for (const { root: top, space } of views) {
      for (const at of addressesOfInterest(scenario, space.flatView)) {
        compared++;
        const where = `seed ${seed}, step ${step}, ${space.name}, address 0x${at.toString(16)}`;
        const expected = top.shownAt(at);
        const range = space.flatView.rangeAt(at);
        same(range?.region.name ?? null, expected?.region.real.name ?? null, where);
        const { region, xlat } = space.translate(at, 1, false);
        same(region, expected?.region.real ?? machine.unassigned, where);
        same(xlat, expected ? expected.offset : at, where);
        if (expected && range) same(range.offset + at - range.start, expected.offset, where);
      }
      checkSorted(space.flatView, seed);
    }
    scenario.changeSome();
    machine.transaction(() => systemInternals(machine).transactions.touchTopology());
  }
  return compared;
}

/** Every byte of a small extent; every edge and some others of a large one. */
function addressesOfInterest(
  scenario: Scenario,
  view: { ranges(): Iterable<{ start: bigint; end: bigint }> },
): Set<bigint> {
  const found = new Set<bigint>();
  const add = (at: bigint): void => {
    if (at >= 0n && at < END) found.add(at);
  };
  if (scenario.bits <= 6) for (let at = 0n; at < 1n << BigInt(scenario.bits + 1); at++) add(at);
  for (const { start, end } of view.ranges()) {
    for (const edge of [start, end]) for (const d of [-1n, 0n, 1n]) add(edge + d);
  }
  for (const region of scenario.regions) {
    add(region.addr);
    add(region.addr + region.size);
    add(region.addr - region.aliasOffset);
    add(region.addr + region.size - 1n);
  }
  for (let i = 0; i < 8; i++) add(scenario.random.bits(64));
  return found;
}

function checkSorted(
  view: { ranges(): Iterable<{ start: bigint; end: bigint }> },
  seed: number,
): void {
  let last = 0n;
  for (const { start, end } of view.ranges()) {
    same(start >= last && end > start && end <= END, true, `seed ${seed}: sorted`);
    last = end;
  }
}

describe("containers with hundreds of children", () => {
  it("change piece by piece as the naive model says, and listeners can follow", () => {
    for (let seed = 1; seed <= 12; seed++) {
      const machine = new Machine();
      const random = new Random(seed * 31);
      const top = machine.container({ name: "top", size: END });
      const root = new MapRegion(top, END);
      const place = (): bigint => random.bits(seed % 2 ? 12 : 40);
      const children = Array.from({ length: 300 }, (_, i) => {
        const size = random.bits(1 + random.below(seed % 2 ? 6 : 36)) + 1n;
        const real = machine.reservation({ name: `r${i}`, size });
        return new MapRegion(real, size);
      });
      const bus = machine.addressSpace(top, "bus");
      const followed = new Map<bigint, string>();
      bus.listen({
        regionAdd: (section) => followed.set(section.offsetWithinAddressSpace, `${section}`),
        regionDel(section) {
          same(followed.get(section.offsetWithinAddressSpace), `${section}`, `seed ${seed}: del`);
          followed.delete(section.offsetWithinAddressSpace);
        },
      });
      for (let step = 0; step < 900; step++) {
        const child = random.pick(children);
        if (!child.container) {
          const [addr, priority] = [place(), random.below(3)];
          root.add(child, addr, priority);
          top.addSubregion(addr, child.real, { priority });
        } else if (random.chance(20)) {
          root.remove(child);
          top.removeSubregion(child.real);
        } else if (random.chance(40)) {
          child.real.enabled = !child.real.enabled;
        } else if (random.chance(30)) {
          child.size = random.bits(8) + 1n;
          child.real.size = child.size;
        } else {
          const addr = place();
          child.real.addr = addr;
          child.move(addr);
        }
        for (let i = 0; i < 12; i++) {
          const near = random.pick(children);
          const at = i < 6 ? place() : (near.addr + near.size - BigInt(i & 1)) & (END - 1n);
          const expected = root.shownAt(at);
          const where = `seed ${seed}, step ${step}, address 0x${at.toString(16)}`;
          same(bus.flatView.rangeAt(at)?.region, expected?.region.real, where);
        }
      }
      const shown = [...bus.flatView.ranges()].map((range) => range.start);
      expect([...followed.keys()].sort((a, b) => (a < b ? -1 : 1))).toEqual(shown);
    }
  });
});

describe("dispatch", () => {
  it("reads what the naive model says, byte by byte, with bulk reads and loads", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const scenario = new Scenario(seed * 7919);
      const root = scenario.regions[0];
      if (!root) throw new Error("no root");
      const space = scenario.machine.addressSpace(root.real, "bus");
      for (let at = 0; at < 64; at++) {
        const found = root.shownAt(BigInt(at));
        const byte = new Uint8Array(1).fill(0xee);
        const result = space.read(at, byte);
        const isMmio = found?.region.real.kind === "mmio";
        const value = isMmio
          ? Number((found.offset * 7n + BigInt(found.region.real.name.length)) & 0xffn)
          : 0;
        const readable = isMmio || found?.region.real.isRam === true;
        expect(byte[0], `seed ${seed} at ${at}`).toBe(value);
        expect(result).toBe(readable ? MemTxResult.OK : MemTxResult.DECODE_ERROR);
        expect(space.load(at, 1)).toBe(value);
      }
    }
  });
});
