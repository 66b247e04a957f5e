import { type Operation, PAGE, type Program } from "../operation.js";
import { nth, pattern, summary, wideValue, wordSize, type World } from "../world.js";
import { ModelAccess } from "./model-access.js";
import { ModelCaches } from "./model-caches.js";
import { ModelDispatch } from "./model-dispatch.js";
import { ModelMappings } from "./model-mappings.js";
import type { ModelRegion } from "./model-region.js";
import { type ModelSpace, ModelTopology } from "./model-topology.js";

type Access = Extract<Operation, { op: "access" }>;

/** The members of a structure. */
const MEMBERS = [
  { size: 2, big: true },
  { size: 4, big: false },
  { size: 8, big: true },
  { size: 1, big: false },
] as const;

/** A machine by the letter of the rules. */
export class ModelWorld implements World {
  readonly trace: string[] = [];
  readonly topology: ModelTopology;
  readonly engaged = new Set<number>();
  readonly #mappings: ModelMappings;
  readonly #caches: ModelCaches;
  readonly #program: Program;
  readonly #access: ModelAccess;
  readonly #dispatch = new ModelDispatch(this);
  #reactions: Operation[] = [];

  constructor(program: Program) {
    this.#program = program;
    this.topology = new ModelTopology(program);
    this.#access = new ModelAccess({
      dispatch: this.#dispatch,
      viewOf: (space) => this.#space(space).view,
      traitsOf: (region) => this.topology.traitsOf(region),
      loggers: (region) => this.#loggers(region),
    });
    const loggers = (region: ModelRegion): number => this.#loggers(region);
    this.#mappings = new ModelMappings(this.#access, loggers);
    this.#caches = new ModelCaches(this.#access, this.#dispatch, loggers);
  }

  callback(region: ModelRegion, what: string): void {
    this.trace.push(`${region.id} ${what}`);
    const reaction = this.#reactions.shift();
    if (reaction) this.trace.push(`> ${this.apply(reaction)}`);
  }

  apply(step: Operation): string {
    const { topology } = this;
    const { grain } = this.#program;
    switch (step.op) {
      case "create":
        topology.create(step);
        return "ok";
      case "add":
        return topology.add(step);
      case "remove":
        return topology.remove(step.child);
      case "switch":
        topology.switch(step.region, step.what, step.on);
        return "ok";
      case "move":
        topology.move(step.region, step.at);
        return "ok";
      case "resize":
        return topology.resize(step.region, step.cells * grain);
      case "aliasOffset":
        return topology.setAliasOffset(step.region, step.at);
      case "ramResize":
        return topology.ramResize(step.region, step.bytes);
      case "discard":
        return this.#discard(step);
      case "begin":
        topology.begin();
        return "ok";
      case "commit":
        if (topology.depth === 0) return "skipped";
        topology.commit();
        return "ok";
      case "log":
        return topology.log(step.region, step.on);
      case "globalLog":
        topology.setGlobalLog(step.on);
        return "ok";
      case "snapshot":
        return this.#snapshot(step);
      case "space":
        return this.#addSpace(step.root);
      case "destroySpace":
        return this.#destroySpace(step.space);
      case "translation": {
        const iommus = topology.regions.filter(({ kind }) => kind === "iommu");
        const region = nth(iommus, step.region);
        if (!region) return "skipped";
        const { space, to, perm } = step;
        region.translations.set(step.page, { space, to, perm });
        return "ok";
      }
      case "eventfd":
        return this.#trigger(step);
      case "access":
        return this.#within(step.reactions, () => this.#perform(step));
      case "map": {
        const space = this.#space(step.space);
        return space.isDestroyed ? "skipped" : this.#mappings.map(space, step);
      }
      case "unmap":
        return this.#mappings.unmap(step.mapping, step.value);
      case "cache":
        return this.#caches.open(this.#space(step.space).view, step);
      case "cacheAccess":
        return this.#within(step.reactions, () => this.#caches.use(step));
      case "uncache":
        this.#caches.close(step.cache);
        return "ok";
      default:
        return "skipped";
    }
  }

  #space(index: number): ModelSpace {
    const space = nth(this.topology.spaces, index);
    if (!space) throw new Error("no space");
    return space;
  }

  #loggers(region: ModelRegion): number {
    const migrates = this.topology.globalLog && region.block?.traits.migratable === true;
    return (region.logs > 0 ? 1 : 0) | (migrates ? 4 : 0);
  }

  #addSpace(index: number): string {
    const { topology } = this;
    if (topology.spaces.length >= 6) return "skipped";
    const roots = [topology.system, ...topology.regions.slice(1)];
    topology.addSpace(nth(roots, index) ?? topology.system);
    return "ok";
  }

  #destroySpace(index: number): string {
    const space = this.#space(index);
    if (index % this.topology.spaces.length === 0 || space.isDestroyed) return "skipped";
    if (this.#mappings.has(space)) return "address-space-busy";
    this.topology.destroySpace(space);
    return "ok";
  }

  #discard(step: Extract<Operation, { op: "discard" }>): string {
    const region = this.topology.memory(step.region);
    const { block } = region;
    if (!block) return "skipped";
    const from = step.page * PAGE;
    const to = from + step.pages * PAGE;
    if (to > block.bytes.length) return "ram-range";
    block.bytes.fill(0, from, to);
    // A chunk that goes back to the host as a whole has views let go of it.
    const isWhole = from === 0 && to === block.bytes.length;
    if (block.traits.source === "sparse" && isWhole && this.topology.isShown(region)) {
      this.topology.change(true, () => undefined);
    }
    return "ok";
  }

  #snapshot(step: Extract<Operation, { op: "snapshot" }>): string {
    const { block } = this.topology.memory(step.region);
    if (!block) return "skipped";
    const pages = block.dirty[step.client % 3];
    if (!pages) return "skipped";
    const found = [...pages].filter((page) => page * PAGE < block.used).sort((a, b) => a - b);
    // What is captured ends with the memory in use, or the group of 64 pages around it.
    const end = Math.ceil(block.used / PAGE / 64) * 64;
    for (const page of pages)
      if (page < (step.reset ? Math.ceil(block.used / PAGE) : end)) pages.delete(page);
    return step.reset ? "ok" : found.join(" ");
  }

  #trigger(step: Extract<Operation, { op: "eventfd" }>): string {
    const region = this.topology.region(step.region);
    const { device } = region;
    if (!device || region.triggers.some(({ at }) => at === step.at)) return "skipped";
    const raw = BigInt(step.data);
    let data: bigint | null = step.size === 0 || step.data === 0 ? null : raw;
    if (data !== null && device.traits.bigEndian && step.size > 1) {
      let swapped = 0n;
      for (let i = 0; i < step.size; i++)
        swapped = (swapped << 8n) | ((raw >> BigInt(8 * i)) & 0xffn);
      data = swapped;
    }
    region.triggers.push({ at: step.at, size: step.size, data });
    return "ok";
  }

  // ---- accesses -------------------------------------------------------------------------

  /** Devices do these things, one a callback, while `work` is under way. */
  #within(reactions: readonly Operation[], work: () => string): string {
    const before = this.#reactions;
    if (reactions.length > 0) this.#reactions = [...reactions];
    try {
      return work();
    } finally {
      this.#reactions = before;
    }
  }

  #perform(step: Access): string {
    const access = this.#access;
    const { at, attrs, big, form, isWrite, size } = step;
    const space = this.#space(step.space);
    const { view } = space;
    const word = wordSize(size);
    const value = wideValue(step.value);
    switch (form) {
      case "load":
      case "loadData":
      case "busLoad": {
        const width = form === "load" ? Math.min(word, 4) : word;
        const isBig = form !== "load" && big;
        const { result, value: read } = access.load(view, at, width, isBig);
        return `${result} ${read.toString(16)}`;
      }
      case "store":
      case "storeData":
      case "busStore": {
        const width = form === "store" ? Math.min(word, 4) : word;
        return `${access.store(view, at, width, form !== "store" && big, value, attrs)}`;
      }
      case "read": {
        const into = new Array<number>(size).fill(0xee);
        const result = access.read(view, at, into, attrs);
        return `${result} ${summary(into)}`;
      }
      case "write":
        return `${access.write(view, at, pattern(step.value, size), attrs)}`;
      case "writeRom":
        access.writeRom(view, at, pattern(step.value, size));
        return "0";
      case "set": {
        let result = 0;
        for (let done = 0; done < size; done += 512) {
          const part = new Array<number>(Math.min(512, size - done)).fill(step.value & 0xff);
          result |= access.write(space.view, at + done, part, attrs);
        }
        return `${result}`;
      }
      case "valid":
        return `${access.isValid(view, at, size, isWrite, attrs)}`;
      case "translate": {
        const hit = access.translate(view, at, size, isWrite);
        return `${hit.region?.id ?? "none"} ${hit.region ? hit.offset : "-"} ${hit.length}`;
      }
      case "iotlb": {
        const entry = access.iotlb(step.space % this.topology.spaces.length, at, isWrite);
        if (!entry) return "none";
        return `${entry.space % this.topology.spaces.length} ${entry.to} ${entry.size}`;
      }
      case "isIo": {
        const { region } = access.translate(view, at, 1, false);
        return `${!(region?.isRam || (region?.kind === "romDevice" && region.romd))}`;
      }
      case "structRead": {
        const found: string[] = [];
        let offset = at;
        for (const { size: width, big: isBig } of MEMBERS) {
          found.push(access.load(space.view, offset, width, isBig).value.toString(16));
          offset += width;
        }
        return found.join(" ");
      }
      case "structWrite": {
        let offset = at;
        for (const { size: width, big: isBig } of MEMBERS) {
          access.store(space.view, offset, width, isBig, value, attrs);
          offset += width;
        }
        return "ok";
      }
    }
  }
}
