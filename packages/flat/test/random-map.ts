import { type AddressSpace, Machine } from "@mem/flat";
import { MapRegion } from "./naive-map.js";
import { Random } from "@mem/common";

const KINDS = ["container", "container", "alias", "alias", "ram", "mmio", "mmio"];

/** A small random map with what the naive model knows of it: overlaps, aliases, disabled regions. */
export class RandomMap {
  readonly machine = new Machine();
  readonly regions: MapRegion[] = [];
  readonly spaces: { readonly space: AddressSpace; readonly root: MapRegion }[] = [];
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
    const random = this.#random;
    this.#make("container", 48);
    const count = 6 + random.below(7);
    for (let i = 0; i < count; i++) this.#make(random.pick(KINDS), 1 + random.below(45));
    for (let i = 0; i < 4 * count; i++) this.#add();
    for (const { real } of this.regions) if (random.chance(15)) real.enabled = false;
    const [first] = this.regions;
    if (!first) throw new Error("there is a first region");
    for (const root of [first, random.pick(this.regions)]) {
      this.spaces.push({ space: this.machine.addressSpace(root.real, root.real.name), root });
    }
  }

  #make(kind: string, size: number): void {
    const { machine, regions } = this;
    const random = this.#random;
    const common = { name: `${kind}${regions.length}`, size };
    const target = kind === "alias" ? random.pick(regions) : null;
    const offset = target && random.chance(70) ? random.below(16) : 0;
    const real = target
      ? machine.alias({ ...common, target: target.real, offset })
      : kind === "container"
        ? machine.container(common)
        : kind === "ram"
          ? machine.ram(common)
          : machine.mmio({ ...common, read: () => 0, write() {} });
    regions.push(new MapRegion(real, BigInt(size), target, BigInt(offset)));
  }

  #add(): void {
    const random = this.#random;
    const [container, child] = [random.pick(this.regions), random.pick(this.regions)];
    if (child.container || container.target || child.reaches(container)) return;
    const addr = random.chance(40) ? 0 : random.below(16);
    const priority = random.below(3) - 1;
    container.real.addSubregion(addr, child.real, { priority });
    container.add(child, BigInt(addr), priority);
  }
}
