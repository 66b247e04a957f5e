/** The map of a machine, told to whoever looks at it. */
import {
  AccessTrace,
  type AccessEvent,
  type AccessType,
  type AddressSpace,
  type Machine,
  type MemoryRegion,
} from "@mem/flat";
import { PageError } from "../page-error.js";
import { watchChanges } from "./change-watch.js";
import { explanationOf } from "./explanation.js";
import { frameOf, hex } from "./frame.js";
import { type HeatCount, HeatCounter, type Progress } from "./heat-counter.js";
import type { BreakOn, BreakView, MapChange, MapCommand, MapReport } from "./protocol.js";

/** Between two pictures, in milliseconds: what changes faster is drawn once. */
const FRAME_MS = 100;
/** For each time that a picture takes, the machine runs so many times as long before the next. */
const REST = 10;
/** Changes that are told at once at most; the oldest are left out. */
const MOST_CHANGES = 40;

type Shown = Extract<MapCommand, { type: "map/show" }>;

/** Services that the map uses. */
export interface MapSurroundings {
  post(report: MapReport): void;
  /** A break was hit, within the access. */
  onBreak(): void;
  /** A commit changed what is shown, or what was shown last, if that is awaited. */
  onChange?(): void;
  /** Instructions so far, of a machine that executes some: it is not held up by being counted. */
  readonly progress?: Progress;
  /** The address space that is shown unless another is asked for. */
  readonly firstSpace?: string;
}

/**
 * Watches the address space that is shown: its changes by a listener, its accesses by a trace. While
 * nothing is shown there is neither.
 */
export class MapSource implements Disposable {
  readonly #machine: Machine;
  readonly #around: MapSurroundings;
  readonly #ids = new WeakMap<MemoryRegion, number>();
  readonly #breaks = new Map<number, { readonly view: BreakView; readonly trace: AccessTrace }>();
  #nextRegion = 1;
  #nextBreak = 1;
  #shown: Shown | null = null;
  #lastSpace: string | null = null;
  #listening: Disposable | null = null;
  /** Waits for a change of a map that nobody looks at. */
  #waiting: Disposable | null = null;
  #heat: HeatCounter | null = null;
  #frameTimer: ReturnType<typeof setTimeout> | undefined;
  #nextFrameMs = -Infinity;
  #changes: MapChange[] = [];
  #changeCount = 0;
  /** True if there is a picture that changes are changes of. */
  #isDrawn = false;
  /** The address spaces that were told last. */
  #told = "";

  constructor(machine: Machine, around: MapSurroundings) {
    this.#machine = machine;
    this.#around = around;
  }

  /** Do what the page asks for; what cannot be done is told. */
  handle(command: MapCommand): void {
    try {
      switch (command.type) {
        case "map/show":
          this.#show(command);
          break;
        case "map/hide":
          this.#hide();
          break;
        case "map/explain": {
          const { space, address } = command;
          const explanation = explanationOf(this.#spaceOf(space), space, BigInt(address));
          this.#around.post({ type: "map/explanation", explanation });
          break;
        }
        case "map/break":
          this.#break(command.space, command.start, command.last, command.on);
          break;
        case "map/unbreak":
          this.#breaks.get(command.id)?.trace[Symbol.dispose]();
          this.#breaks.delete(command.id);
          this.#tellBreaks();
          break;
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#around.post({ type: "map/trouble", message });
    }
  }

  /** True if accesses are traced, which slows the machine. */
  get isTracing(): boolean {
    return this.#heat !== null || this.#breaks.size > 0;
  }

  /** Accesses counted so far, by the names of regions. */
  get counted(): ReadonlyMap<MemoryRegion, HeatCount> {
    return this.#heat?.counts ?? new Map();
  }

  /** Breaks that are set, for another machine to take over. */
  get breaks(): readonly BreakView[] {
    return [...this.#breaks.values()].map(({ view }) => view);
  }

  /** Has `onChange` called at the next change also while nothing is shown. */
  awaitChange(): void {
    if (this.#listening !== null || this.#waiting !== null) return;
    this.#waiting = watchChanges(this.#spaceOf(this.#lastSpace), () => {
      this.#waiting?.[Symbol.dispose]();
      this.#waiting = null;
      this.#around.onChange?.();
    });
  }

  [Symbol.dispose](): void {
    this.#hide();
    this.#waiting?.[Symbol.dispose]();
    this.#waiting = null;
    for (const { trace } of this.#breaks.values()) trace[Symbol.dispose]();
    this.#breaks.clear();
  }

  /** The address spaces by name; of equal names the later ones are numbered. */
  #spaces(): Map<string, AddressSpace> {
    const spaces = new Map<string, AddressSpace>();
    for (const space of this.#machine.addressSpaces) {
      const base = space.name === "" ? "(anonymous)" : space.name;
      let name = base;
      for (let n = 2; spaces.has(name); n++) name = `${base} (${n})`;
      spaces.set(name, space);
    }
    return spaces;
  }

  #spaceOf(name: string | null): AddressSpace {
    const spaces = this.#spaces();
    const wanted = name ?? this.#around.firstSpace;
    const space =
      (wanted === undefined ? undefined : spaces.get(wanted)) ?? [...spaces.values()][0];
    if (space === undefined)
      throw new PageError("the machine has no address space yet", { rule: "address-space" });
    return space;
  }

  #nameOf(space: AddressSpace): string {
    for (const [name, other] of this.#spaces()) if (other === space) return name;
    return space.name;
  }

  #show(wanted: Shown): void {
    const space = this.#spaceOf(wanted.space);
    const name = this.#nameOf(space);
    const isSame = this.#shown?.space === name && this.#listening !== null;
    if (!isSame) this.#hide();
    this.#shown = { ...wanted, space: name };
    this.#lastSpace = name;
    this.#told = "";
    if (!isSame) this.#listen(space);
    if (wanted.heat !== (this.#heat !== null)) this.#setHeat(wanted.heat ? space : null);
    // Not before what is under way is done: a map that is just being built is no picture.
    this.#nextFrameMs = -Infinity;
    this.#soon();
  }

  #hide(): void {
    clearTimeout(this.#frameTimer);
    this.#frameTimer = undefined;
    this.#setHeat(null);
    this.#listening?.[Symbol.dispose]();
    this.#listening = null;
    this.#shown = null;
    this.#changes = [];
  }

  #listen(space: AddressSpace): void {
    this.#isDrawn = false;
    this.#listening = watchChanges(space, (gone, come) => {
      this.#changes.push({ number: ++this.#changeCount, gone, come });
      this.#changes = this.#changes.slice(-MOST_CHANGES);
      this.#around.onChange?.();
      this.#soon();
    });
  }

  /** A picture, but not too many. */
  #soon(): void {
    if (this.#frameTimer !== undefined) return;
    const wait = Math.max(0, this.#nextFrameMs - performance.now());
    this.#frameTimer = setTimeout(() => this.#draw(), wait);
  }

  #draw(): void {
    clearTimeout(this.#frameTimer);
    this.#frameTimer = undefined;
    const shown = this.#shown;
    if (shown === null || shown.space === null) return;
    if (this.#changes.length > 0 && this.#isDrawn) {
      this.#around.post({ type: "map/changes", changes: this.#changes });
    }
    this.#changes = [];
    this.#isDrawn = true;
    const began = performance.now();
    const { space: name, window, maxWidth, hidden } = shown;
    this.#tellSpaces(name);
    try {
      const frame = frameOf(this.#spaceOf(name), {
        name,
        window,
        maxWidth,
        hidden,
        idOf: (region) => this.#idOf(region),
      });
      this.#around.post({ type: "map/frame", frame });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#around.post({ type: "map/trouble", message });
    }
    const now = performance.now();
    this.#nextFrameMs = now + Math.max(FRAME_MS, REST * (now - began));
  }

  /** The address spaces, where they are others than were told. */
  #tellSpaces(shown: string): void {
    const names = [...this.#spaces().keys()];
    const text = JSON.stringify([names, shown]);
    if (text === this.#told) return;
    this.#told = text;
    this.#around.post({ type: "map/spaces", names, shown });
  }

  #idOf(region: MemoryRegion): number {
    const known = this.#ids.get(region);
    if (known !== undefined) return known;
    this.#ids.set(region, this.#nextRegion);
    return this.#nextRegion++;
  }

  #setHeat(space: AddressSpace | null): void {
    this.#heat?.[Symbol.dispose]();
    this.#heat = null;
    if (space === null) return;
    const around = this.#around;
    const tell = (all: ReadonlyMap<MemoryRegion, HeatCount>): void => {
      const counts = [...all].map(([region, count]) => {
        return { region: this.#idOf(region), name: region.name, ...count };
      });
      around.post({ type: "map/heat", counts });
    };
    this.#heat = new HeatCounter(space, tell, around.progress ?? null);
  }

  #break(spaceName: string, start: string, last: string, on: BreakOn): void {
    const space = this.#spaceOf(spaceName);
    const [from, to] = [BigInt(start), BigInt(last)];
    const size = to - from + 1n;
    const types: AccessType[] = on === "any" ? ["read", "write", "fetch"] : [on];
    const trace = new AccessTrace(space, { ranges: [{ addr: from, size }], types });
    const id = this.#nextBreak++;
    trace.on((event) => {
      this.#around.onBreak();
      this.#around.post({ type: "map/broke", id, text: eventText(event) });
    });
    const view = { id, space: spaceName, start: hex(from), last: hex(to), on };
    this.#breaks.set(id, { view, trace });
    this.#tellBreaks();
  }

  #tellBreaks(): void {
    this.#around.post({ type: "map/breaks", breaks: this.breaks });
  }
}

function eventText({ type, address, size, value, region, offset }: AccessEvent): string {
  const what = value === null ? "" : ` of 0x${BigInt(value).toString(16)}`;
  return `${type}${what}, ${size} byte${size === 1 ? "" : "s"} at ${hex(BigInt(address))}: ${region.name} + ${hex(BigInt(offset))}`;
}
