import { systemInternals } from "@mem/core/plumbing";
import {
  type AddressSpace,
  LifecycleError,
  Machine,
  type MemoryListener,
  type MemoryRegion,
  mtree,
} from "@mem/flat";
import { describe, expect, it } from "vitest";
import { naiveRanges, naiveRoot, Random } from "@mem/common";
import { MapRegion } from "./naive-map.js";

/** `MEM_PROPERTY_CASES=100000` makes a long run of it. */
const CASES = Number(process.env["MEM_PROPERTY_CASES"] ?? 300);
const FIRST_SEED = Number(process.env["MEM_PROPERTY_SEED"] ?? 1);
/** Addresses that are compared; regions reach somewhat beyond. */
const EXTENT = 48;

const KINDS = ["container", "container", "alias", "alias", "ram", "rom", "mmio", "romDevice"];

/** Follows a view by what it is told, and refuses news that contradict what it knows. */
class Mirror implements MemoryListener {
  readonly known = new Map<string, string>();
  regionAdd(...[section]: Parameters<NonNullable<MemoryListener["regionAdd"]>>): void {
    const key = `${section.offsetWithinAddressSpace}`;
    if (this.known.has(key)) throw new Error(`${section} added twice`);
    this.known.set(key, `${section}`);
  }

  regionDel(...[section]: Parameters<NonNullable<MemoryListener["regionDel"]>>): void {
    const key = `${section.offsetWithinAddressSpace}`;
    if (this.known.get(key) !== `${section}`) throw new Error(`${section} was not there`);
    this.known.delete(key);
  }
}

/** One that also insists on being told of what stays. */
class NopMirror extends Mirror {
  regionNop(...[section]: Parameters<NonNullable<MemoryListener["regionNop"]>>): void {
    if (this.known.get(`${section.offsetWithinAddressSpace}`) !== `${section}`) {
      throw new Error(`nop of ${section}`);
    }
  }
}

interface Watched {
  readonly space: AddressSpace;
  readonly root: MapRegion;
  readonly mirror: Mirror;
}

class Scenario {
  readonly machine = new Machine();
  readonly random: Random;
  readonly regions: MapRegion[] = [];
  spaces: Watched[] = [];
  #made = 0;
  #depth = 0;

  constructor(seed: number) {
    this.random = new Random(seed);
    this.#make("container", 64);
    for (let i = 0; i < 5 + this.random.below(6); i++) this.#makeAny();
    for (let i = 0; i < this.regions.length; i++) this.#add();
    for (let i = 0; i < 3; i++) this.#openSpace();
  }

  step(): void {
    const { random, machine } = this;
    if (this.#depth === 0 && random.chance(45)) {
      this.#depth++;
      machine.transaction(() => {
        for (let i = 0; i < 1 + random.below(5); i++) this.#change();
      });
      this.#depth--;
    } else {
      this.#change();
    }
  }

  #makeAny(): void {
    this.#make(this.random.pick(KINDS), 1 + this.random.below(40));
  }

  #make(kind: string, size: number): void {
    const { machine, random } = this;
    const common = { name: `${kind}${this.#made++}`, size };
    const ops = { read: () => 0, write() {} };
    const target = kind === "alias" ? random.pick(this.regions) : null;
    const offset = target && random.chance(60) ? random.below(24) : 0;
    const real = target
      ? machine.alias({ ...common, target: target.real, offset })
      : kind === "container"
        ? machine.container(common)
        : kind === "ram"
          ? machine.ram({ ...common, migratable: random.chance(30) })
          : kind === "rom"
            ? machine.rom(common)
            : kind === "romDevice"
              ? machine.romDevice({ ...common, ...ops })
              : machine.mmio({ ...common, ...ops });
    this.regions.push(new MapRegion(real, BigInt(size), target, BigInt(offset)));
  }

  #add(): void {
    const { random } = this;
    const [container, child] = [random.pick(this.regions), random.pick(this.regions)];
    if (child.container || container.target || child.reaches(container)) return;
    const addr = random.chance(30) ? 0 : random.below(40);
    const priority = random.below(3) - 1;
    container.real.addSubregion(addr, child.real, { priority });
    container.add(child, BigInt(addr), priority);
  }

  #openSpace(): void {
    const { machine, random } = this;
    const root = random.chance(40) ? this.regions[0] : random.pick(this.regions);
    if (!root) return;
    const space = machine.addressSpace(root.real, `space${this.#made++}`);
    const mirror = random.chance(30) ? new NopMirror() : new Mirror();
    space.listen(mirror);
    this.spaces.push({ space, root, mirror });
  }

  #closeSpace(): void {
    const gone = this.random.pick(this.spaces);
    gone.space.removeListeners();
    if (gone.mirror.known.size > 0) throw new Error("a listener left with ranges in mind");
    gone.space.destroy();
    this.spaces = this.spaces.filter((other) => other !== gone);
  }

  #destroy(region: MapRegion): void {
    if (region === this.regions[0]) return;
    try {
      region.real.unparent();
    } catch (error) {
      if (error instanceof LifecycleError) return;
      throw error;
    }
    region.die();
    this.regions.splice(this.regions.indexOf(region), 1);
  }

  #change(): void {
    const { random } = this;
    const region = random.pick(this.regions);
    const { real } = region;
    const action = random.below(15);
    if (action === 0 && region.container) {
      const { container } = region;
      container.real.removeSubregion(real);
      container.remove(region);
    } else if (action === 1) {
      real.enabled = !real.enabled;
    } else if (action === 2) {
      const addr = random.below(40);
      real.addr = addr;
      region.move(BigInt(addr));
    } else if (action === 3) {
      region.size = BigInt(random.chance(10) && !real.ramBlock ? 0 : 1 + random.below(50));
      real.size = region.size;
    } else if (action === 4 && region.target) {
      region.aliasOffset = BigInt(random.chance(40) ? 0 : random.below(30));
      real.aliasOffset = region.aliasOffset;
    } else if (action === 5) {
      real.readonly = !real.readonly;
    } else if (action === 6) {
      real.nonvolatile = !real.nonvolatile;
    } else if (action === 7) {
      real.unmergeable = !real.unmergeable;
    } else if (action === 8) {
      real.romd = !real.romd;
    } else if (action === 9) {
      real.setLog(region.logs === 0);
      region.logs ^= 1;
    } else if (action === 10 && this.regions.length < 16) {
      this.#makeAny();
    } else if (action === 11) {
      this.#destroy(region);
    } else if (action === 12 && this.spaces.length < 5) {
      this.#openSpace();
    } else if (action === 13 && this.spaces.length > 1) {
      this.#closeSpace();
    } else if (action === 14 && random.chance(30)) {
      const { dirtyLog } = this.machine;
      if (dirtyLog.tracking === 0) dirtyLog.start(1);
      else dirtyLog.stop(1);
    } else {
      this.#add();
    }
  }

  /** Compares every view, and what was told of it, with the naive reading. */
  check(where: string): void {
    const { machine } = this;
    // What changes nothing effective becomes visible with the next change anywhere.
    machine.transaction(() => systemInternals(machine).transactions.touchTopology());
    for (const { space, root, mirror } of this.spaces) {
      const top = naiveRoot<bigint, MapRegion>(root);
      same(space.flatView.root, top?.real ?? null, `${where}, ${space.name}: root`);
      const expected = naiveRanges<bigint, MapRegion>(top, BigInt(EXTENT), 1n).map((range) => {
        const { start, end, region, offset, attributes } = range;
        const marks = ["readonly", "nonvolatile", "unmergeable"];
        const flags = [...marks.map((name) => attributes.includes(name)), region.real.romd];
        const mask = region.real.dirtyLogMask;
        return `${start}-${end} ${region.real.name}@${offset} ${flags.map(Number).join("")} ${mask}`;
      });
      const actual = [...space.flatView.rangesWithin(0n, BigInt(EXTENT))].map((range) => {
        const flags = [range.readonly, range.nonvolatile, range.unmergeable, range.romd];
        const end = range.end < EXTENT ? range.end : EXTENT;
        return `${range.start}-${end} ${range.region.name}@${range.offset} ${flags.map(Number).join("")} ${range.dirtyMask}`;
      });
      same(actual.join("\n"), expected.join("\n"), `${where}, ${space.name}`);
      const told = [...mirror.known.keys()].sort((a, b) => Number(a) - Number(b));
      const shown = [...space.flatView.ranges()].map((range) => `${range.start}`);
      same(told.join(), shown.join(), `${where}, ${space.name}: what its listener knows`);
    }
    checkFlatText(machine, where);
  }
}

/** `info mtree -f` again, from the views. */
function checkFlatText(machine: Machine, where: string): void {
  const hex = (value: bigint): string => value.toString(16).padStart(16, "0");
  const type = (region: MemoryRegion): string =>
    region.kind === "romDevice" && region.romd
      ? "romd"
      : region.kind === "ram"
        ? region.readonly
          ? "rom"
          : "ram"
        : "i/o";
  const blocks = new Map<unknown, string[]>();
  for (const { name, root, flatView } of machine.addressSpaces) {
    const block = blocks.get(flatView) ?? ["FlatView"];
    const alias = root.alias ? `, alias ${root.alias.name}` : "";
    block.push(` AS "${name}", root: ${root.name}${alias}`);
    blocks.set(flatView, block);
  }
  for (const { flatView } of machine.addressSpaces) {
    const block = blocks.get(flatView);
    if (!block || block.some((line) => line.startsWith(" Root"))) continue;
    block.push(` Root memory region: ${flatView.root?.name ?? "(none)"}`);
    if (flatView.length === 0) block.push("  No rendered FlatView");
    for (const range of flatView.ranges()) {
      const { start, end, region, offset, nonvolatile, readonly } = range;
      const kind = `${nonvolatile ? "nv-" : ""}${readonly ? "rom" : type(region)}`;
      const at = offset === 0n ? "" : ` @${hex(offset)}`;
      block.push(
        `  ${hex(start)}-${hex(end - 1n)} (prio ${region.priority}, ${kind}): ${region.name}${at}`,
      );
    }
  }
  const text = [...blocks.values()].map((block) => block.join("\n")).join("\n\n");
  same(mtree(machine, { flatview: true }).join("\n\n"), text, `${where}: mtree`);
}

/** `expect` costs more than the comparison, of which there are millions. */
function same<T>(actual: T, expected: T, where: string): void {
  if (actual !== expected)
    throw new Error(`${where}:\n${String(actual)}\nnot\n${String(expected)}`);
}

describe("views of small maps with every attribute", () => {
  it(`are what the naive model makes of them, piece by piece, in ${CASES} random histories`, () => {
    let checks = 0;
    for (let seed = FIRST_SEED; seed < FIRST_SEED + CASES; seed++) {
      const scenario = new Scenario(seed * 2654435761);
      for (let step = 0; step < 8; step++) {
        scenario.check(`seed ${seed}, step ${step}`);
        checks++;
        scenario.step();
      }
      for (const { space } of scenario.spaces) {
        space.removeListeners();
        space.destroy();
      }
      scenario.machine.transaction(() =>
        systemInternals(scenario.machine).transactions.touchTopology(),
      );
      same(scenario.machine.leaks().length, 0, `seed ${seed}: leaks`);
    }
    expect(checks).toBe(CASES * 8);
  });
});
