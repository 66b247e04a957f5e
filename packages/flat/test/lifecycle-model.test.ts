import { systemInternals } from "@mem/core/plumbing";
import {
  type AddressSpace,
  findSection,
  type FlatView,
  Machine,
  MemoryModelError,
  type MemoryRegion,
  SectionCopy,
  TYPE_DEVICE,
} from "@mem/flat";
import type { QomObject } from "@mem/qom";
import { describe, expect, it } from "vitest";
import { Random } from "@mem/common";

/** `MEM_PROPERTY_CASES=100000` makes a long run of it. */
const CASES = Number(process.env["MEM_PROPERTY_CASES"] ?? 80);
const FIRST_SEED = Number(process.env["MEM_PROPERTY_SEED"] ?? 1);

/** What the model knows of an object: who holds it, by the rules, and nothing about counts. */
interface Thing {
  readonly object: QomObject;
  readonly region: MemoryRegion | null;
  readonly owner: Thing | null;
  parent: Thing | "root" | null;
  container: Thing | null;
  scriptRefs: number;
  alive: boolean;
}

/** Something that keeps regions alive until it is let go. */
interface Hold {
  readonly regions: readonly MemoryRegion[];
  release(): void;
}

class History {
  readonly machine = new Machine();
  readonly random: Random;
  readonly things: Thing[] = [];
  readonly top: MemoryRegion;
  holds: Hold[] = [];
  spaces: AddressSpace[] = [];
  open = 0;
  readonly #base: AddressSpace;

  constructor(seed: number) {
    this.random = new Random(seed);
    this.top = this.machine.container({ name: "top", size: 0x10000 });
    this.#base = this.machine.addressSpace(this.top, "base");
    for (let i = 0; i < 4; i++) this.#makeOwner();
    for (let i = 0; i < 8; i++) this.#makeRegion();
    for (let i = 0; i < 8; i++) this.#add();
  }

  step(): void {
    const actions = [
      () => this.#makeOwner(),
      () => this.#makeRegion(),
      () => this.#add(),
      () => this.#add(),
      () => this.#remove(),
      () => this.#toggle(),
      () => this.#hold(),
      () => this.#release(),
      () => this.#refs(),
      () => this.#unparent(),
      () => this.#space(),
      () => this.#transact(),
    ];
    this.random.pick(actions)();
    this.#settle();
  }

  /** Lets everything go; nothing may be left. */
  end(): void {
    while (this.open > 0) this.#commit();
    for (const hold of this.holds.splice(0)) hold.release();
    for (const space of this.spaces.splice(0)) space.destroy();
    for (const { region } of this.things) {
      if (region && !region.finalized) region.container?.removeSubregion(region);
    }
    this.machine.transaction(() => systemInternals(this.machine).transactions.touchTopology());
    for (const thing of this.things) {
      for (; thing.scriptRefs > 0 && !thing.object.finalized; thing.scriptRefs--) {
        thing.object.unref();
      }
    }
    for (const thing of this.things) {
      if (!thing.region && !thing.object.finalized) thing.object.unparent();
    }
    for (const { object, region } of this.things) {
      if (region?.owner && !object.finalized) throw new Error(`${object} is left`);
    }
    this.#base.removeListeners();
    this.#base.destroy();
    this.machine.transaction(() => systemInternals(this.machine).transactions.touchTopology());
  }

  check(where: string): void {
    for (const { object, alive } of this.things) {
      if (object.finalized === alive) {
        const what = alive ? "died too early" : "should have died";
        throw new Error(`${where}: ${object.klass.name} ${object.describe()} ${what}`);
      }
    }
  }

  // ---- the naive model ------------------------------------------------------------------

  /** Every region that is in use, with what its use counts on. */
  #heldThings(): Set<Thing> {
    const held = new Set<Thing>();
    const use = (region: MemoryRegion): void => {
      const thing = this.things.find((other) => other.region === region);
      if (!thing?.owner) return;
      held.add(region.isRam ? thing : thing.owner);
    };
    const views = [this.#base, ...this.spaces].map((space) => space.flatView);
    for (const view of views) {
      for (const range of view.ranges()) use(range.region);
      if (view.root) use(view.root);
    }
    for (const { root } of this.spaces) use(root);
    for (const { regions } of this.holds) regions.forEach(use);
    for (const thing of this.things) {
      const { region, container, owner, alive } = thing;
      if (alive && region && container && container.owner !== owner) use(region);
      if (alive && region && this.#inTop(region) && owner) use(region);
    }
    return held;
  }

  #inTop(region: MemoryRegion): boolean {
    return region.container === this.top;
  }

  /** Ends whatever nobody holds, until nothing changes any more. */
  #settle(): void {
    for (;;) {
      const held = this.#heldThings();
      const dying = this.things.find(
        (thing) =>
          thing.alive && thing.scriptRefs === 0 && thing.parent === null && !held.has(thing),
      );
      if (!dying) return;
      dying.alive = false;
      dying.container = null;
      for (const other of this.things) {
        if (other.parent === dying) other.parent = null;
        if (other.container === dying) other.container = null;
      }
    }
  }

  // ---- what happens ---------------------------------------------------------------------

  #usable(): Thing[] {
    return this.things.filter(
      ({ region, alive, owner, object }) =>
        region && alive && (owner?.alive ?? true) && !object.finalized,
    );
  }

  #makeOwner(): void {
    const { machine, random, things } = this;
    const owners = things.filter(({ region, alive }) => !region && alive);
    const under = owners.length > 0 && random.chance(40) ? random.pick(owners) : null;
    const object = machine.objects.create(TYPE_DEVICE, {
      parent: under?.object ?? machine.objects.container("/machine"),
      name: `dev${things.length}`,
    });
    const parent = under ?? "root";
    const keeps = random.chance(30);
    if (!keeps) object.unref();
    const scriptRefs = keeps ? 1 : 0;
    things.push({
      object,
      region: null,
      owner: null,
      parent,
      container: null,
      scriptRefs,
      alive: true,
    });
  }

  #makeRegion(): void {
    const { machine, random, things } = this;
    const owners = things.filter(({ region, alive }) => !region && alive);
    const owner = owners.length > 0 && random.chance(85) ? random.pick(owners) : null;
    const named = random.chance(85);
    const common = {
      name: named ? `r${things.length}` : null,
      size: 0x1000,
      owner: owner?.object ?? null,
    };
    const targets = this.#usable();
    const kind = random.pick(["container", "ram", "ram", "mmio", "mmio", "romDevice", "alias"]);
    const ops = { read: () => 0, write() {} };
    const region =
      kind === "container"
        ? machine.container(common)
        : kind === "ram"
          ? machine.ram(common)
          : kind === "romDevice"
            ? machine.romDevice({ ...common, ...ops })
            : kind === "alias" && targets[0]?.region
              ? machine.alias({ ...common, target: random.pick(targets).region ?? this.top })
              : machine.mmio({ ...common, ...ops });
    const parent = named ? (owner ?? "root") : null;
    const scriptRefs = named ? 0 : 1;
    things.push({
      object: region,
      region,
      owner,
      parent,
      container: null,
      scriptRefs,
      alive: true,
    });
  }

  #add(): void {
    const { random } = this;
    const usable = this.#usable().filter(({ region }) => region && !region.container);
    if (usable.length === 0) return;
    const child = random.pick(usable);
    const into = random.chance(50) ? null : random.pick(this.#usable());
    const container = into?.region ?? this.top;
    if (!child.region) return;
    try {
      container.addSubregion(random.below(12) * 0x800, child.region, {
        priority: random.below(3),
      });
      child.container = into;
    } catch (error) {
      if (!(error instanceof MemoryModelError)) throw error;
    }
  }

  #remove(): void {
    const inside = this.#usable().filter(({ region }) => region?.container);
    if (inside.length === 0) return;
    const thing = this.random.pick(inside);
    thing.container = null;
    if (thing.region) thing.region.container?.removeSubregion(thing.region);
  }

  #toggle(): void {
    const usable = this.#usable();
    if (usable.length === 0) return;
    const { region } = this.random.pick(usable);
    if (region) region.enabled = !region.enabled;
  }

  #hold(): void {
    const { random } = this;
    const addr = random.below(16) * 0x800;
    const space = random.pick([this.#base, ...this.spaces]);
    const kind = random.below(3);
    if (kind === 0) {
      const mapping = space.map(addr, 16, { isWrite: random.chance(50) });
      if (!mapping) return;
      this.holds.push({ regions: [mapping.region], release: () => mapping.unmap() });
    } else if (kind === 1) {
      const section = findSection(space.root, addr, 1);
      if (!section || section.flatView !== space.flatView) return;
      const copy = new SectionCopy(section);
      this.holds.push({
        regions: everything(space.flatView),
        release: () => copy[Symbol.dispose](),
      });
    } else {
      const view = space.flatView.retain();
      const { reclaimer } = systemInternals(this.machine);
      const release = (): void => {
        view.release();
        reclaimer.drain();
      };
      this.holds.push({ regions: everything(view), release });
    }
  }

  #release(): void {
    if (this.holds.length === 0) return;
    const hold = this.random.pick(this.holds);
    this.holds = this.holds.filter((other) => other !== hold);
    hold.release();
  }

  #refs(): void {
    const live = this.things.filter(({ alive, object }) => alive && !object.finalized);
    const thing = this.random.pick(live);
    if (thing.scriptRefs > 0 && this.random.chance(60)) {
      try {
        thing.object.unref();
        thing.scriptRefs--;
      } catch (error) {
        if (!(error instanceof MemoryModelError)) throw error;
      }
    } else {
      thing.object.ref();
      thing.scriptRefs++;
    }
  }

  #unparent(): void {
    const live = this.things.filter(({ alive, parent }) => alive && parent !== null);
    if (live.length === 0) return;
    const thing = this.random.pick(live);
    try {
      thing.object.unparent();
      thing.parent = null;
    } catch (error) {
      if (!(error instanceof MemoryModelError)) throw error;
    }
  }

  #space(): void {
    const { random, machine } = this;
    if (this.spaces.length > 0 && random.chance(50)) {
      const space = random.pick(this.spaces);
      try {
        space.destroy();
      } catch (error) {
        if (error instanceof MemoryModelError) return;
        throw error;
      }
      this.spaces = this.spaces.filter((other) => other !== space);
      return;
    }
    const usable = this.#usable();
    if (usable.length === 0) return;
    const root = random.pick(usable).region ?? this.top;
    this.spaces.push(machine.addressSpace(root, `s${this.things.length}`));
  }

  #transact(): void {
    if (this.open > 0 && this.random.chance(70)) this.#commit();
    else {
      this.machine.begin();
      this.open++;
    }
  }

  #commit(): void {
    this.open--;
    this.machine.commit();
  }
}

function everything(view: FlatView): MemoryRegion[] {
  const regions = [...view.ranges()].map((range) => range.region);
  return view.root ? [...regions, view.root] : regions;
}

describe("lives of owners and regions", () => {
  it(`end exactly when nobody holds them any more, in ${CASES} random histories`, () => {
    let ended = 0;
    for (let seed = FIRST_SEED; seed < FIRST_SEED + CASES; seed++) {
      const history = new History(seed * 2246822519);
      for (let step = 0; step < 60; step++) {
        history.step();
        history.check(`seed ${seed}, step ${step}`);
      }
      history.end();
      const leaks = history.machine.leaks();
      if (leaks.length > 0) throw new Error(`seed ${seed}: ${leaks.map((l) => l.description)}`);
      ended += history.things.filter(({ object }) => object.finalized).length;
    }
    expect(ended).toBeGreaterThan(CASES * 5);
  });
});
