import { naiveRanges, naiveRoot } from "@mem/common";
import { EXTENT, type Operation, OWNERS, type Program, type Switch } from "../operation.js";
import { PlainView } from "../visibility.js";
import { nth } from "../world.js";
import type { ModelView } from "./model-access.js";
import { ModelRegion } from "./model-region.js";

/** An address space; where there is none any more, its view is empty. */
export interface ModelSpace {
  readonly root: ModelRegion;
  view: ModelView;
  isDestroyed: boolean;
}

type Create = Extract<Operation, { op: "create" }>;

/** The regions, the transactions over them, and what spaces show since the last commit. */
export class ModelTopology {
  readonly system: ModelRegion;
  readonly top: ModelRegion;
  /** All regions but the system; the first holds everything that shows at first. */
  readonly regions: ModelRegion[] = [];
  readonly spaces: ModelSpace[] = [];
  depth = 0;
  /** How many commits changed something. */
  commits = 0;
  globalLog = false;
  readonly #program: Program;
  readonly #traits = new Map<ModelRegion, number>();
  #views = new Map<ModelRegion | null, ModelView>();
  #pending = false;
  #ids = 0;

  constructor(program: Program) {
    this.#program = program;
    const { grain } = program;
    this.system = new ModelRegion({ id: this.#ids++, kind: "container", size: 2 ** 64 });
    this.top = this.#region("container", EXTENT * grain);
    this.system.add(this.top, 0, 0);
    this.addSpace(this.system);
  }

  traitsOf(region: ModelRegion): number {
    return this.#traits.get(region) ?? 0;
  }

  region(index: number): ModelRegion {
    return nth(this.regions, index) ?? this.top;
  }

  /** A region with memory, by number; any other where there is none. */
  memory(index: number): ModelRegion {
    return (
      nth(
        this.regions.filter(({ block }) => block),
        index,
      ) ?? this.top
    );
  }

  create(step: Create): void {
    const { grain } = this.#program;
    const targets = this.regions.slice(1);
    const isAlias = step.kind === "alias" && targets.length > 0;
    const kind = step.kind === "alias" && !isAlias ? "container" : step.kind;
    const owner = step.owner % (OWNERS + 1);
    const region = new ModelRegion({
      id: this.#ids++,
      kind,
      size: step.cells * grain,
      target: isAlias ? (nth(targets, step.target) ?? null) : null,
      aliasOffset: isAlias ? step.offset * grain : 0,
      owner: owner === OWNERS ? null : owner,
      traits: step.traits,
    });
    this.#traits.set(region, step.traits);
    this.regions.push(region);
  }

  // ---- transactions ---------------------------------------------------------------------

  begin(): void {
    this.depth++;
  }

  commit(): void {
    if (--this.depth === 0 && this.#pending) this.#render();
  }

  /** A change, in a transaction of its own; `isEffective` has the views rendered at the end. */
  change(isEffective: boolean, apply: () => void): void {
    this.begin();
    apply();
    if (isEffective) this.#pending = true;
    this.commit();
  }

  // ---- changes --------------------------------------------------------------------------

  add(step: Extract<Operation, { op: "add" }>): string {
    const container = this.region(step.into);
    const child = this.region(step.child);
    if (child.container) return "region-added-twice";
    if (container.target) return "subregion-of-alias";
    if (child.reaches(container)) return "cycle";
    this.change(container.enabled && child.enabled, () =>
      container.add(child, step.at * this.#program.grain, step.priority),
    );
    return "ok";
  }

  remove(index: number): string {
    const child = this.region(index);
    const { container } = child;
    if (!container || child === this.top) return "skipped";
    this.change(container.enabled && child.enabled, () => container.remove(child));
    return "ok";
  }

  switch(index: number, what: Switch, on: boolean): void {
    const region = this.region(index);
    const { attributes } = region;
    if (what === "reentrancyGuardDisabled") attributes[what] = on;
    else if ((attributes[what] ?? false) === on) return;
    else this.change(what === "enabled" || region.enabled, () => (attributes[what] = on));
  }

  move(index: number, at: number): void {
    const region = this.region(index);
    const addr = at * this.#program.grain;
    if (region === this.top || region.addr === addr) return;
    const { container } = region;
    if (!container) {
      this.change(false, () => (region.addr = addr));
      return;
    }
    this.change(container.enabled && region.enabled, () => {
      container.remove(region);
      container.add(region, addr, region.priority);
    });
  }

  resize(index: number, size: number): string {
    const region = this.region(index);
    if (region.block && size > region.block.bytes.length) return "ram-size";
    if (size !== region.size) this.change(true, () => (region.size = size));
    return "ok";
  }

  setAliasOffset(index: number, at: number): string {
    const region = this.region(index);
    if (!region.target) return "not-an-alias";
    const offset = at * this.#program.grain;
    if (offset !== region.aliasOffset) {
      this.change(region.enabled, () => (region.aliasOffset = offset));
    }
    return "ok";
  }

  ramResize(index: number, bytes: number): string {
    const region = this.memory(index);
    const { block } = region;
    if (!block) return "no-ram";
    if (bytes === 0) return "ram-size";
    // Memory of the caller's may end within a page.
    const most = block.bytes.length;
    const whole = Math.ceil(bytes / 4096) * 4096;
    const pages = bytes > most ? whole : Math.min(whole, most);
    if (pages !== block.used && !block.traits.resizeable) return "ram-not-resizeable";
    if (pages > block.bytes.length) return "ram-max-size";
    if (pages !== block.used) {
      block.used = pages;
      block.mark(0, pages, 7);
    }
    if (bytes !== region.size) this.change(true, () => (region.size = bytes));
    return "ok";
  }

  log(index: number, on: boolean): string {
    const region = this.memory(index);
    if (!on && region.logs === 0) return "log-not-on";
    const next = region.logs + (on ? 1 : -1);
    const isEdge = on ? next === 1 : next === 0;
    if (isEdge) this.change(region.enabled, () => (region.logs = next));
    else region.logs = next;
    return "ok";
  }

  setGlobalLog(on: boolean): void {
    if (on === this.globalLog) return;
    this.globalLog = on;
    this.change(true, () => undefined);
  }

  /** Whether any address space shows a region. */
  isShown(region: ModelRegion): boolean {
    return this.spaces.some(({ view }) => view.ranges.some((range) => range.region === region));
  }

  // ---- address spaces -------------------------------------------------------------------

  addSpace(root: ModelRegion): void {
    const shown = this.#viewRoot(root);
    const view = this.#views.get(shown) ?? this.#viewOf(shown);
    this.#views.set(shown, view);
    this.spaces.push({ root, view, isDestroyed: false });
  }

  destroySpace(space: ModelSpace): void {
    space.isDestroyed = true;
    space.view = new PlainView<ModelRegion>([]);
  }

  #render(): void {
    this.#pending = false;
    this.commits++;
    const views = new Map<ModelRegion | null, ModelView>();
    for (const space of this.spaces) {
      if (space.isDestroyed) continue;
      const shown = this.#viewRoot(space.root);
      space.view = views.get(shown) ?? this.#viewOf(shown);
      views.set(shown, space.view);
    }
    this.#views = views;
  }

  /** The system holds the top at the origin, so that it is only looked through where that is 0. */
  #viewRoot(root: ModelRegion): ModelRegion | null {
    if (root !== this.system || this.#program.origin === 0n)
      return naiveRoot<number, ModelRegion>(root);
    return this.top.enabled ? this.system : null;
  }

  /** Positions of a view of the system count from the origin. */
  #viewOf(shown: ModelRegion | null): ModelView {
    const { grain, origin } = this.#program;
    const end = shown === this.system ? (1n << 64n) - origin : 1n << 53n;
    const limit = Math.min(2 * EXTENT * grain, Number(end));
    return new PlainView(naiveRanges<number, ModelRegion>(shown, limit, grain));
  }

  #region(kind: "container", size: number): ModelRegion {
    const region = new ModelRegion({ id: this.#ids++, kind, size });
    this.regions.push(region);
    return region;
  }
}
