import { systemInternals } from "@mem/core/plumbing";
import {
  addCoalescing,
  clearCoalescing,
  CoalescedMmioQueue,
  type MemoryRegion,
  MemoryRegionSection,
} from "@mem/flat";
import {
  BitmapRamDiscardSource,
  DiscardStatus,
  type RamDiscardListener,
  RamDiscardManager,
  setRamDiscardManager,
} from "@mem/ramdiscard";
import type { Operation } from "../operation.js";
import { PAGE } from "../operation.js";
import { Random } from "@mem/common";
import { Mischief } from "../traits.js";
import { nth } from "../world.js";
import { expectedError, Violation } from "./expected-errors.js";
import { RealWorld } from "./real-world.js";

/** How many things callbacks may do within one step. */
const MISCHIEF = 10;
/** Callbacks of devices and listeners, nested, that do more than answer. */
const MAX_NESTING = 4;

/** Who decides about the blocks of a region. */
interface Discards {
  readonly manager: RamDiscardManager;
  readonly source: BitmapRamDiscardSource;
}

/** Somebody who keeps track of the blocks of a region that exist. */
interface DiscardFollower extends Discards {
  readonly listener: RamDiscardListener;
  readonly blocks: Set<number>;
}

/** A machine in which callbacks of all kinds do, and throw, what comes to their mind. */
export class WildWorld extends RealWorld {
  #random = new Random(0);
  #left = 0;
  #nesting = 0;
  #queues: CoalescedMmioQueue[] = [];
  #discards: DiscardFollower[] = [];
  readonly #managers = new Map<MemoryRegion, Discards>();

  /** Does a step, in the course of which others happen. */
  run(step: Operation, index: number): void {
    this.#random = new Random(this.program.seed ^ Math.imul(index + 1, 0x85ebca6b));
    this.#left = MISCHIEF;
    this.apply(step);
    this.#left = 0;
    this.trace.length = 0;
  }

  /** Commits, so that what was let go of is gone from views; nobody makes mischief meanwhile. */
  settle(): void {
    try {
      this.machine.transaction(() => systemInternals(this.machine).transactions.touchTopology());
    } catch (error) {
      if (expectedError(error) === null) throw error;
    }
  }

  override callback(id: number, what: string): void {
    super.callback(id, what);
    this.#misbehave(what);
  }

  protected override told(what: string): void {
    this.#misbehave(what);
  }

  protected override perform(step: Operation): string {
    switch (step.op) {
      case "populate":
        return this.#populate(step);
      case "discardListener":
        return this.#follow(this.memory(step.region), step.traits);
      case "coalesce": {
        const region = this.region(step.region);
        if (step.size === 0) clearCoalescing(region);
        else addCoalescing(region, step.at, step.size);
        return "ok";
      }
      case "queue": {
        const space = this.space(step.space);
        if (this.#queues.length >= 2) this.#queues.shift()?.[Symbol.dispose]();
        else this.#queues.push(new CoalescedMmioQueue(space, { capacity: 3 }));
        return "ok";
      }
      case "post": {
        const queue = nth(this.#queues, step.queue);
        return `${queue?.post(step.at, 4, step.value)}`;
      }
      case "endOwner": {
        const owner = nth(this.owners, step.owner);
        if (owner && !owner.finalized) owner.unparent();
        return "ok";
      }
      case "endRegion": {
        const region = this.region(step.region);
        if (region !== this.top && !region.finalized) region.unparent();
        return "ok";
      }
      default:
        return super.perform(step);
    }
  }

  /** What listeners of discards were told comes to what is populated. */
  checkDiscards(): void {
    for (const { blocks, manager, source } of this.#discards) {
      for (let block = 0; block < source.blocks; block++) {
        const isThere = manager.isPopulated(sectionOf(manager.region, block, 1));
        if (isThere === blocks.has(block)) continue;
        throw new Violation(`block ${block} of ${manager.region.name} is told wrongly`);
      }
    }
  }

  /** Lets go of queues, and of listeners of discards. */
  end(): void {
    for (const { listener, manager } of this.#discards.splice(0)) {
      manager.unregisterListener(listener);
    }
    for (const queue of this.#queues.splice(0)) {
      try {
        queue[Symbol.dispose]();
      } catch (error) {
        if (expectedError(error) === null) throw error;
      }
    }
  }

  #misbehave(what: string): void {
    if (this.#left <= 0 || this.#nesting >= MAX_NESTING) return;
    const random = this.#random;
    this.#left--;
    if (random.chance(45)) {
      const step = nth(this.program.steps, random.next());
      this.#nesting++;
      try {
        if (step) this.apply(step);
      } finally {
        this.#nesting--;
      }
    }
    if (random.chance(12)) throw new Mischief(what);
  }

  #discardsOf(region: MemoryRegion): Discards {
    const known = this.#managers.get(region);
    if (known) return known;
    const source = new BitmapRamDiscardSource(region, PAGE);
    const manager = new RamDiscardManager(region);
    manager.addSource(source);
    setRamDiscardManager(region, manager);
    const made = { manager, source };
    this.#managers.set(region, made);
    return made;
  }

  #populate(step: Extract<Operation, { op: "populate" }>): string {
    const { source } = this.#discardsOf(this.memory(step.region));
    const [offset, size] = [step.block * PAGE, step.blocks * PAGE];
    if (step.on) return `${source.populate(offset, size)}`;
    source.discard(offset, size);
    return "ok";
  }

  #follow(region: MemoryRegion, traits: number): string {
    const { manager, source } = this.#discardsOf(region);
    if (source.blocks === 0 || this.#discards.length >= 4) return "skipped";
    const blocks = new Set<number>();
    const run = ({ offsetWithinRegion, size }: MemoryRegionSection): number[] => {
      const first = Number(offsetWithinRegion) / PAGE;
      return Array.from({ length: Number(size) / PAGE }, (_, i) => first + i);
    };
    let asked = 0;
    const listener: RamDiscardListener = {
      notifyPopulate: (section) => {
        this.#misbehave("notifyPopulate");
        if (traits % 3 === 0 && asked++ % 3 === 2) return DiscardStatus.BUSY;
        for (const block of run(section)) blocks.add(block);
        return DiscardStatus.OK;
      },
      notifyDiscard: (section) => {
        for (const block of run(section)) blocks.delete(block);
        this.#misbehave("notifyDiscard");
      },
    };
    const status = manager.registerListener(listener, sectionOf(region, 0, source.blocks));
    if (status === DiscardStatus.OK) this.#discards.push({ manager, source, listener, blocks });
    return `${status}`;
  }
}

function sectionOf(region: MemoryRegion, block: number, blocks: number): MemoryRegionSection {
  return new MemoryRegionSection({
    region,
    offsetWithinRegion: BigInt(block * PAGE),
    offsetWithinAddressSpace: BigInt(block * PAGE),
    size: BigInt(blocks * PAGE),
  });
}
