import { internalsOf } from "@mem/core/plumbing";
import {
  addEventfd,
  type AddressSpace,
  DeviceObject,
  Machine,
  type Mapping,
  type MemoryRegion,
  resetDirty,
  snapshotAndClearDirty,
  TYPE_DEVICE,
} from "@mem/flat";
import { MemoryRegionCache } from "@mem/ldst";
import { EXTENT, type Operation, OWNERS, PAGE, type Program } from "../operation.js";
import { nth, pattern, summary, wideValue, wordSize, type World } from "../world.js";
import { access, loadWord, type Names, storeWord } from "./real-accesses.js";
import { type DeviceHost, makeRegion, TableIommu } from "./real-devices.js";
import { expectedError, isInternal, Violation } from "./expected-errors.js";
import { Follower } from "./followers.js";

/** A machine of the library. */
export class RealWorld implements World, DeviceHost {
  readonly trace: string[] = [];
  readonly program: Program;
  readonly machine: Machine;
  readonly owners: DeviceObject[] = [];
  readonly regions: MemoryRegion[] = [];
  readonly system: MemoryRegion;
  readonly top: MemoryRegion;
  readonly spaces: AddressSpace[] = [];
  readonly names: Names;
  mappings: { readonly mapping: Mapping; readonly space: AddressSpace }[] = [];
  caches: MemoryRegionCache[] = [];
  followers: Follower[] = [];
  /** Transactions that the program has open. */
  depth = 0;
  /** The first violated promise that somebody else caught, such as the log. */
  problem: unknown = null;
  readonly #ids = new Map<object, number>();
  #reactions: Operation[] = [];

  constructor(program: Program) {
    this.program = program;
    this.machine = new Machine({
      log: (_category, line) => {
        if (isInternal(line)) this.problem ??= new Violation(`logged: ${line}`);
      },
    });
    const { machine } = this;
    for (let i = 0; i < OWNERS; i++) {
      const parent = machine.objects.container("/machine");
      const owner = machine.objects.create(TYPE_DEVICE, { parent, name: `owner${i}` });
      if (!(owner instanceof DeviceObject)) throw new Error("no device");
      owner.unref();
      this.owners.push(owner);
    }
    this.system = machine.container({ name: "system", size: 1n << 64n });
    this.top = machine.container({ name: "top", size: EXTENT * program.grain });
    this.#ids.set(this.system, 0);
    this.#enter(this.top);
    this.system.addSubregion(program.origin, this.top);
    this.spaces.push(machine.addressSpace(this.system, "main"));
    this.names = {
      region: (region) => `${this.#ids.get(region) ?? "none"}`,
      space: (space) => this.spaces.indexOf(space as AddressSpace),
      origin: (space) => this.originOf(space as AddressSpace),
    };
  }

  /** Where addresses of a space begin, as programs count them. */
  originOf(space: AddressSpace): bigint {
    return space.root === this.system ? this.program.origin : 0n;
  }

  target(index: number): { space: AddressSpace; origin: bigint } {
    const space = this.space(index);
    return { space, origin: this.originOf(space) };
  }

  callback(id: number, what: string): void {
    this.trace.push(`${id} ${what}`);
    const reaction = this.#reactions.shift();
    if (reaction) this.trace.push(`> ${this.apply(reaction)}`);
  }

  apply(step: Operation): string {
    try {
      return this.perform(step);
    } catch (error) {
      const word = expectedError(error);
      if (word !== null) return word;
      this.problem ??= error;
      throw error;
    }
  }

  protected perform(step: Operation): string {
    const { machine } = this;
    const { grain } = this.program;
    switch (step.op) {
      case "create":
        return this.#create(step);
      case "add": {
        const { at, child, into, priority } = step;
        this.region(into).addSubregion(at * grain, this.region(child), { priority });
        return "ok";
      }
      case "remove": {
        const child = this.region(step.child);
        if (!child.container || child === this.top) return "skipped";
        child.container.removeSubregion(child);
        return "ok";
      }
      case "switch": {
        const region = this.region(step.region);
        region[step.what] = step.on;
        return "ok";
      }
      case "move":
        if (this.region(step.region) !== this.top) this.region(step.region).addr = step.at * grain;
        return "ok";
      case "resize":
        this.region(step.region).size = step.cells * grain;
        return "ok";
      case "aliasOffset":
        this.region(step.region).aliasOffset = step.at * grain;
        return "ok";
      case "ramResize":
        this.memory(step.region).ramResize(step.bytes);
        return "ok";
      case "discard": {
        const { ramBlock } = this.memory(step.region);
        ramBlock?.discard(step.page * PAGE, step.pages * PAGE);
        return ramBlock ? "ok" : "skipped";
      }
      case "begin":
        machine.begin();
        this.depth++;
        return "ok";
      case "commit":
        if (this.depth === 0) return "skipped";
        this.depth--;
        machine.commit();
        return "ok";
      case "log":
        this.memory(step.region).setLog(step.on);
        return "ok";
      case "globalLog":
        if (step.on) machine.dirtyLog.start(1);
        else machine.dirtyLog.stop(1);
        return "ok";
      case "snapshot":
        return this.#snapshot(step);
      case "space":
        return this.#addSpace(step.root);
      case "destroySpace": {
        const space = this.space(step.space);
        if (space === this.spaces[0] || space.isDestroyed) return "skipped";
        const mapped = this.mappings.some((mapping) => mapping.space === space);
        if (!mapped && this.program.mode === "exact") space.removeListeners();
        space.destroy();
        return "ok";
      }
      case "translation": {
        const iommus = this.regions.filter((region) => region instanceof TableIommu);
        const region = nth(iommus, step.region);
        if (!region) return "skipped";
        const { space, to, perm } = step;
        region.pages.set(step.page, { space, to, perm });
        return "ok";
      }
      case "eventfd":
        return this.#trigger(step);
      case "access": {
        const space = this.space(step.space);
        const where = BigInt.asUintN(64, this.originOf(space) + BigInt(step.at));
        return this.#within(step.reactions, () => access(space, where, step, this.names));
      }
      case "map":
        return this.#map(step);
      case "unmap": {
        const entry = nth(this.mappings, step.mapping);
        if (!entry) return "skipped";
        this.mappings = this.mappings.filter((other) => other !== entry);
        const { mapping } = entry;
        if (mapping.isWrite) mapping.bytes.set(pattern(step.value, Math.min(mapping.length, 64)));
        mapping.unmap();
        return "ok";
      }
      case "cache": {
        if (this.caches.length >= 4) return "skipped";
        const space = this.space(step.space);
        const where = BigInt.asUintN(64, this.originOf(space) + BigInt(step.at));
        const cache = new MemoryRegionCache(space, where, step.length, step.isWrite);
        this.caches.push(cache);
        return `${cache.isDirect} ${cache.length}`;
      }
      case "cacheAccess":
        return this.#within(step.reactions, () => this.#useCache(step));
      case "uncache": {
        const cache = nth(this.caches, step.cache);
        this.caches = this.caches.filter((other) => other !== cache);
        cache?.destroy();
        return "ok";
      }
      case "listen": {
        if (this.followers.length >= 4 || this.space(step.space).isDestroyed) return "skipped";
        this.listen(this.space(step.space), step.traits);
        return "skipped";
      }
      case "unlisten": {
        const follower = nth(this.followers, step.listener);
        this.followers = this.followers.filter((other) => other !== follower);
        follower?.registration?.[Symbol.dispose]();
        return "skipped";
      }
      default:
        return "skipped";
    }
  }

  /** What followers do within callbacks; here, nothing. */
  protected told(_what: string): void {}

  region(index: number): MemoryRegion {
    return nth(this.regions, index) ?? this.top;
  }

  /** A region with memory, by number; any other where there is none. */
  memory(index: number): MemoryRegion {
    return (
      nth(
        this.regions.filter(({ ramBlock }) => ramBlock),
        index,
      ) ?? this.top
    );
  }

  space(index: number): AddressSpace {
    const space = nth(this.spaces, index);
    if (!space) throw new Error("no space");
    return space;
  }

  protected listen(space: AddressSpace, traits: number): void {
    const follower = new Follower(space, traits, (what) => this.told(what));
    follower.registration = space.listen(follower);
    this.followers.push(follower);
  }

  #enter(region: MemoryRegion): void {
    this.#ids.set(region, this.#ids.size);
    this.regions.push(region);
  }

  #create(step: Extract<Operation, { op: "create" }>): string {
    const { cells, kind, offset, owner, target, traits } = step;
    const { grain } = this.program;
    const region = makeRegion(this, {
      kind,
      id: this.#ids.size,
      size: cells * grain,
      owner: this.owners[owner % (OWNERS + 1)] ?? null,
      traits,
      target: nth(this.regions.slice(1), target) ?? null,
      aliasOffset: offset * grain,
    });
    this.#enter(region);
    return "ok";
  }

  #addSpace(index: number): string {
    if (this.spaces.length >= 6) return "skipped";
    const root = nth([this.system, ...this.regions.slice(1)], index) ?? this.system;
    const options = index % 2 ? {} : { maxBounceBufferSize: 4096 };
    this.spaces.push(this.machine.addressSpace(root, `space${this.spaces.length}`, options));
    return "ok";
  }

  #snapshot(step: Extract<Operation, { op: "snapshot" }>): string {
    const region = this.memory(step.region);
    const { ramBlock } = region;
    if (!ramBlock) return "skipped";
    const client = step.client % 3;
    if (step.reset) {
      resetDirty(region, 0, ramBlock.usedLength, client);
      return "ok";
    }
    const pages: number[] = [];
    for (const { offset, length } of snapshotAndClearDirty(
      region,
      0,
      ramBlock.usedLength,
      client,
    ).runs()) {
      for (let at = offset; at < offset + length; at += PAGE) pages.push(at / PAGE);
    }
    return pages.join(" ");
  }

  #trigger(step: Extract<Operation, { op: "eventfd" }>): string {
    const region = this.region(step.region);
    const taken = internalsOf(region).watchers.ioeventfds.some(
      ({ addr }) => addr === BigInt(step.at),
    );
    if (!internalsOf(region).ops || taken) return "skipped";
    const notifier = this.machine.eventNotifier();
    notifier.onSignal(() => this.callback(this.#ids.get(region) ?? -1, `signal ${step.at}`));
    const data = step.size === 0 || step.data === 0 ? {} : { data: step.data };
    const { at: addr, size } = step;
    addEventfd(region, { addr, size, notifier, allowUnreachable: true, ...data });
    return "ok";
  }

  #map(step: Extract<Operation, { op: "map" }>): string {
    const space = this.space(step.space);
    if (space.isDestroyed || this.mappings.length >= 4) return "skipped";
    const where = BigInt.asUintN(64, this.originOf(space) + BigInt(step.at));
    const mapping = space.map(where, step.length, { isWrite: step.isWrite });
    if (!mapping) return "null";
    this.mappings.push({ mapping, space });
    const { bytes, isBounce, length } = mapping;
    return isBounce ? `bounce ${length} ${summary(bytes)}` : `direct ${length}`;
  }

  #useCache(step: Extract<Operation, { op: "cacheAccess" }>): string {
    const cache = nth(this.caches, step.cache);
    if (!cache) return "skipped";
    const { at, big, form, size } = step;
    switch (form) {
      case "load":
        return loadWord(cache, at, wordSize(size), big);
      case "store":
        return storeWord(cache, at, wordSize(size), big, wideValue(step.value));
      case "read": {
        const into = new Uint8Array(size).fill(0xee);
        return `${cache.read(at, into)} ${summary(into)}`;
      }
      case "write":
        return `${cache.write(at, Uint8Array.from(pattern(step.value, size)))}`;
      case "invalidate":
        cache.invalidate(at, size);
        return "ok";
    }
  }

  #within(reactions: readonly Operation[], work: () => string): string {
    const before = this.#reactions;
    if (reactions.length > 0) this.#reactions = [...reactions];
    try {
      return work();
    } finally {
      this.#reactions = before;
    }
  }
}
