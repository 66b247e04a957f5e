import { MemoryRegion, type EventNotifier } from "@mem/core";
import {
  type AccessEvent,
  AccessTrace,
  Machine,
  type AddressSpace,
  type DirtySnapshot,
  type Mapping,
} from "@mem/flat";
import { Bus, type MemoryRegionCache } from "@mem/ldst";
import type { QomObject } from "@mem/qom";
import type { BitmapRamDiscardManager } from "@mem/ramdiscard";
import { farRegions } from "./devices/far-regions.js";
import type { ScriptedDiscardListener } from "./devices/scripted-discard.js";
import type { ScriptedIommu } from "./devices/scripted-iommu.js";
import type { ScriptedListener } from "./devices/scripted-listener.js";
import type { ScriptedNotifier } from "./devices/scripted-notifier.js";
import { ScriptedTypes } from "./devices/scripted-types.js";
import { TWO_64 } from "./format-number.js";
import type { Journal } from "./journal.js";
import type { OpFields } from "./op-fields.js";
import { Registry } from "./registry.js";
import { isSkipped, type Answer, type Json, type LogEntry, type Script } from "./script.js";

/** Executes one operation of the language, and returns its result. */
export type OpRunner = (harness: Harness, op: OpFields) => Json;

/** Everything one script can name, and the log of the operation that is running. */
export class Harness implements Journal {
  readonly machine: Machine;
  readonly types: ScriptedTypes;
  /** Ids of the regions whose callbacks need `bigint` offsets. */
  readonly farRegions: ReadonlySet<string>;

  readonly objects = new Registry<QomObject>("object");
  readonly regions = new Registry<MemoryRegion>("region");
  readonly iommus = new Registry<ScriptedIommu>("IOMMU");
  readonly spaces = new Registry<AddressSpace>("address space");
  readonly listeners = new Registry<ScriptedListener>("listener");
  readonly eventfds = new Registry<EventNotifier>("event notifier");
  readonly snapshots = new Registry<DirtySnapshot>("snapshot");
  readonly maps = new Registry<Mapping>("map");
  readonly mapClients = new Registry<Disposable>("map client");
  readonly caches = new Registry<MemoryRegionCache>("cache");
  /** Regions whose use a `find` took. */
  readonly finds = new Registry<MemoryRegion>("held section");
  readonly notifiers = new Registry<ScriptedNotifier>("IOMMU notifier");
  readonly discardManagers = new Registry<BitmapRamDiscardManager>("discard manager");
  readonly discardListeners = new Registry<ScriptedDiscardListener>("discard listener");

  readonly #ids = new Map<object, string>();
  readonly #parents = new Map<string, string>();
  readonly #buses = new WeakMap<AddressSpace, Bus>();
  readonly #firedMapClients: string[] = [];
  #log: LogEntry[] = [];
  #expectedLog: readonly LogEntry[] = [];
  #hookDepth = 0;
  #fault: { readonly error: unknown } | null = null;

  readonly #runOp: OpRunner;
  readonly #onAccess: ((event: AccessEvent) => void) | null;

  /**
   * @param script its accelerator matters, and how far its operations will reach.
   * @param runOp executes one operation.
   * @param onAccess has every access traced, and is told of each.
   */
  constructor(
    script: Pick<Script, "accel" | "ops">,
    runOp: OpRunner,
    onAccess: ((event: AccessEvent) => void) | null = null,
  ) {
    this.#runOp = runOp;
    this.#onAccess = onAccess;
    this.farRegions = farRegions(script.ops);
    this.machine = new Machine({
      codeDirtyLog: script.accel === "tcg",
      log: (category, message) => {
        if (category === "callback") this.fail(new Error(message));
      },
    });
    this.machine.objects.onFinalize = (object) => {
      if (!(object instanceof MemoryRegion)) return;
      this.record({ cb: "finalize", id: this.regionId(object), type: "memory-region" });
    };
    this.types = new ScriptedTypes(this);
    const system = this.machine.container({ name: "system", size: TWO_64 });
    const io = this.machine.reservation({ name: "io", size: 0x10000 });
    this.addRegion("system", system);
    this.addRegion("io", io);
    this.addSpace("memory", this.machine.addressSpace(system, "memory"));
    this.addSpace("I/O", this.machine.addressSpace(io, "I/O"));
  }

  /** Makes a region known under an id; its callbacks and its death are logged with it. */
  addRegion(id: string, region: MemoryRegion): void {
    this.regions.add(id, region);
    this.#ids.set(region, id);
    this.noteParent(id, region.owner);
  }

  /** Makes an address space known under an id. */
  addSpace(id: string, space: AddressSpace): void {
    this.spaces.add(id, space);
    this.#ids.set(space, id);
    if (this.#onAccess) new AccessTrace(space).on(this.#onAccess);
  }

  /** Makes an object known under an id. */
  addObject(id: string, object: QomObject): void {
    this.objects.add(id, object);
    this.#ids.set(object, id);
    this.noteParent(id, object.parent);
  }

  /** Makes an event notifier known under an id. */
  addEventfd(id: string, notifier: EventNotifier): void {
    this.eventfds.add(id, notifier);
    this.#ids.set(notifier, id);
  }

  /** Notes whose child `id` is, for as long as the script runs: it dies before its parent. */
  noteParent(id: string, parent: QomObject | null): void {
    const parentId = this.idOf(parent);
    if (parentId !== null) this.#parents.set(id, parentId);
  }

  /** The id of the object whose child `id` is or was, null when the script does not know it. */
  parentOf(id: string): string | null {
    return this.#parents.get(id) ?? null;
  }

  /** Loads and stores through an address space. */
  busOf(space: AddressSpace): Bus {
    const bus = this.#buses.get(space) ?? new Bus(space);
    this.#buses.set(space, bus);
    return bus;
  }

  /** An object or a region of the script. */
  objectOrRegion(id: string): QomObject {
    return this.objects.find(id) ?? this.regions.get(id);
  }

  /** The id of a region, object or address space; null for what the script does not know. */
  idOf(thing: object | null): string | null {
    return thing === null ? null : (this.#ids.get(thing) ?? null);
  }

  /** The id of a region as results name it; `unassigned` backs the holes. */
  regionId(region: MemoryRegion): string {
    return this.idOf(region) ?? (region === this.machine.unassigned ? "unassigned" : "unknown");
  }

  /** Appends to the log of the running operation. */
  record(entry: LogEntry): void {
    this.#log.push(entry);
  }

  /** Notes that a map client was told of room; its entry follows at the end of the operation. */
  mapClientFired(id: string): void {
    this.#firedMapClients.push(id);
  }

  /** Notes an error inside a callback, where the library would swallow it. */
  fail(error: unknown): void {
    this.#fault ??= { error };
  }

  /**
   * Runs one operation to its end: deferred work, event notifiers, map clients.
   *
   * @throws what the library, or a callback of the script, threw.
   */
  execute(op: OpFields, expected: Answer): Answer {
    this.#log = [];
    this.#expectedLog = expected.log;
    this.#fault = null;
    const result = this.#runOp(this, op);
    this.machine.runPending();
    this.#pollEventfds();
    this.#reportMapClients();
    this.#rethrowFault();
    return { result, log: this.#log };
  }

  /** Runs an operation inside an MMIO callback of region `mr`, unless too many are open. */
  runHook(mr: string, op: OpFields, maxDepth: number): void {
    if (this.#hookDepth >= maxDepth) return;
    this.#hookDepth++;
    try {
      const skipped = this.#skippedHookResult();
      this.record({ cb: "hook", mr, op: op.op });
      this.record({ cb: "hook_end", mr, result: skipped ?? this.#runOp(this, op) });
    } catch (error) {
      this.fail(error);
    } finally {
      this.#hookDepth--;
    }
  }

  /** The result of the hook about to run where the recording says that it was not executed. */
  #skippedHookResult(): Json {
    const end = this.#expectedLog[this.#log.length + 1];
    const result = end?.cb === "hook_end" ? (end["result"] ?? null) : null;
    return isSkipped(result) ? result : null;
  }

  #pollEventfds(): void {
    for (const [id, notifier] of this.eventfds.entries()) {
      if (notifier.testAndClear()) this.record({ cb: "eventfd_signal", e: id });
    }
  }

  #reportMapClients(): void {
    for (const id of this.#firedMapClients.splice(0)) {
      this.mapClients.take(id);
      this.record({ cb: "map_client", id });
    }
  }

  #rethrowFault(): void {
    if (this.#fault !== null) throw this.#fault.error;
  }
}
