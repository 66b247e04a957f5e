import { attributeRows } from "@mem/core/plumbing";
import {
  type Attrs,
  EXTENT,
  type Form,
  type Kind,
  type Operation,
  type Program,
  type Switch,
} from "./operation.js";
import { Random } from "@mem/common";

const KINDS: Readonly<Record<Kind, number>> = {
  container: 16,
  ram: 18,
  rom: 6,
  ramDevice: 5,
  romDevice: 8,
  mmio: 20,
  reservation: 4,
  alias: 18,
  iommu: 6,
};

const CHANGES = {
  create: 6,
  add: 14,
  remove: 4,
  switch: 10,
  move: 8,
  resize: 5,
  aliasOffset: 4,
  ramResize: 2,
  discard: 2,
  begin: 3,
  commit: 5,
  log: 3,
  globalLog: 1,
  snapshot: 3,
  space: 2,
  destroySpace: 1,
  translation: 5,
  eventfd: 3,
  listen: 2,
  unlisten: 1,
};

const ACCESSES = { access: 60, map: 5, unmap: 5, cache: 4, cacheAccess: 12, uncache: 2 };

const WILD = {
  populate: 3,
  discardListener: 2,
  coalesce: 2,
  queue: 1,
  post: 4,
  endOwner: 1,
  endRegion: 2,
};

const FORMS: Readonly<Record<Form, number>> = {
  load: 12,
  store: 12,
  loadData: 8,
  storeData: 8,
  busLoad: 10,
  busStore: 10,
  read: 10,
  write: 10,
  writeRom: 3,
  set: 2,
  valid: 3,
  translate: 5,
  iotlb: 4,
  isIo: 2,
  structRead: 3,
  structWrite: 3,
};

type Weights = Readonly<Record<string, number>>;

/** A program drawn from a seed. */
export function generate(seed: number): Program {
  const random = new Random(seed);
  const mode = random.chance(60) ? "exact" : "wild";
  const grain = random.pick([1, 8, 0x100, 0x400, 0x800, 0x1000, 0x1000]);
  const origin = originFor(random, grain);
  const draw = new Drawing(random, grain);
  const steps: Operation[] = [];
  const count = 10 + random.below(90);
  for (let i = 0; i < 4 + random.below(10); i++) {
    steps.push(draw.step({ create: 1 }), draw.step({ add: 1 }));
  }
  for (let i = 0; i < 10; i++) steps.push(draw.step({ translation: 7, listen: 3 }));
  const weights: Weights =
    mode === "exact" ? { ...CHANGES, ...ACCESSES } : { ...CHANGES, ...ACCESSES, ...WILD };
  for (let i = 0; i < count; i++) steps.push(draw.step(weights));
  return { seed, mode, grain, origin, steps };
}

/** Where numbers are exact, where they end, and where the address space does. */
function originFor(random: Random, grain: number): bigint {
  const half = BigInt(Math.max((EXTENT / 2) * grain, 0x8000));
  return random.pick([0n, 0n, 0n, 0x8000_0000n - half, (1n << 53n) - half, (1n << 64n) - half]);
}

class Drawing {
  readonly #random: Random;
  readonly #grain: number;

  constructor(random: Random, grain: number) {
    this.#random = random;
    this.#grain = grain;
  }

  step(weights: Weights, depth = 0): Operation {
    const random = this.#random;
    const index = random.below(60);
    const op = random.weighted(weights) as Operation["op"];
    switch (op) {
      case "create": {
        const kind = random.weighted(KINDS);
        const hasMemory = ["ram", "rom", "ramDevice", "romDevice"].includes(kind);
        const most = hasMemory ? 24 : EXTENT;
        const cells = random.chance(4) && !hasMemory ? 0 : 1 + random.below(most);
        const offset = random.chance(30) ? 0 : random.below(EXTENT / 2);
        const traits = random.next();
        return { op, kind, cells, target: index, offset, owner: random.below(4), traits };
      }
      case "add":
        return {
          op,
          into: random.chance(55) ? 0 : random.below(20),
          child: index,
          at: this.#cell(),
          priority: random.below(4) - 1,
        };
      case "remove":
        return { op, child: index };
      case "switch": {
        const what = random.weighted<Switch>(SWITCHES);
        return { op, region: index, what, on: random.chance(50) };
      }
      case "move":
        return { op, region: index, at: this.#cell() };
      case "resize":
        return { op, region: index, cells: random.below(EXTENT + 1) };
      case "aliasOffset":
        return { op, region: index, at: this.#cell() };
      case "ramResize":
        return {
          op,
          region: index,
          bytes: random.below(EXTENT + 1) * this.#grain,
        };
      case "discard":
        return { op, region: index, page: random.below(4), pages: random.below(4) };
      case "begin":
      case "commit":
        return { op };
      case "log":
        return { op, region: index, on: random.chance(60) };
      case "globalLog":
        return { op, on: random.chance(60) };
      case "snapshot":
        return { op, region: index, client: random.below(3), reset: random.chance(30) };
      case "space":
        return { op, root: index };
      case "destroySpace":
        return { op, space: index };
      case "translation":
        return {
          op,
          region: index,
          page: random.below(random.chance(50) ? 6 : 20),
          space: random.below(6),
          to: random.below(20),
          perm: random.pick([0, 1, 2, 3, 3, 3]),
        };
      case "eventfd":
        return {
          op,
          region: index,
          at: random.below(8) * random.pick([1, 2, 4]),
          size: random.pick([0, 0, 1, 2, 4, 8]),
          data: random.pick([0, 0, 0x31, 1]),
        };
      case "access":
        return this.#access(depth);
      case "map":
      case "cache":
        return {
          op,
          space: index,
          at: this.#byte(),
          length: 1 + random.below(random.chance(30) ? 9000 : 60),
          isWrite: random.chance(50),
        };
      case "unmap":
        return { op, mapping: index, value: random.below(1000) };
      case "cacheAccess":
        return {
          op,
          cache: index,
          form: random.pick(["load", "load", "store", "read", "write", "invalidate"] as const),
          at: random.below(random.chance(70) ? 12 : 5000),
          size: random.pick([0, 1, 2, 4, 8, 3, 17]),
          big: random.chance(50),
          value: random.below(1000),
          reactions: this.#reactions(depth),
        };
      case "uncache":
        return { op, cache: index };
      case "listen":
        return { op, space: index, traits: random.next() };
      case "unlisten":
        return { op, listener: index };
      case "populate":
        return {
          op,
          region: index,
          block: random.below(16),
          blocks: 1 + random.below(4),
          on: random.chance(60),
        };
      case "discardListener":
        return { op, region: index, traits: random.next() };
      case "coalesce":
        return { op, region: index, at: random.below(16), size: random.below(32) };
      case "queue":
        return { op, space: index };
      case "post":
        return { op, queue: index, at: this.#byte(), value: random.next() };
      case "endOwner":
        return { op, owner: index };
      case "endRegion":
        return { op, region: index };
    }
  }

  #access(depth: number): Operation {
    const random = this.#random;
    const form = random.weighted(FORMS);
    const isBulk = ["read", "write", "writeRom", "set", "valid", "translate"].includes(form);
    const size = isBulk
      ? random.below(random.chance(12) ? 9000 : 40) + (form === "translate" ? 1 : 0)
      : random.pick([1, 2, 4, 8]);
    return {
      op: "access",
      form,
      space: random.chance(60) ? 0 : random.below(6),
      at: this.#byte(),
      size,
      big: random.chance(50),
      isWrite: random.chance(50),
      value: random.chance(10) ? 0x31 : random.below(100000),
      attrs: random.pick<Attrs>(["none", "none", "none", "plain", "memory", "debug"]),
      reactions: this.#reactions(depth),
    };
  }

  /** What devices do as they are accessed, callback by callback. */
  #reactions(depth: number): Operation[] {
    const random = this.#random;
    if (depth > 0 || !random.chance(35)) return [];
    // Whether the memory that is discarded had ever been touched is known between steps only.
    const weights: Weights = { ...CHANGES, ...ACCESSES, listen: 0, unlisten: 0, discard: 0 };
    return Array.from({ length: 1 + random.below(4) }, () => this.step(weights, depth + 1));
  }

  #cell(): number {
    return this.#random.chance(15) ? 0 : this.#random.below(EXTENT);
  }

  /** Often at the edge of a cell. */
  #byte(): number {
    const random = this.#random;
    const cell = random.below(EXTENT + 4) * this.#grain;
    const within = random.chance(50)
      ? random.pick([0, 0, 1, 4, -1, -3])
      : random.below(Math.max(this.#grain, 16));
    return Math.max(cell + within, 0);
  }
}

/** How often each attribute is switched; one that is not named here, twice. */
const SWITCHES = Object.fromEntries(
  attributeRows()
    .filter(([name]) => name !== "lockless")
    .map(([name]) => [
      name,
      { enabled: 10, readonly: 4, romd: 4, reentrancyGuardDisabled: 3 }[name as string] ?? 2,
    ]),
) as Record<Switch, number>;
