import {
  escapeName,
  type Ink,
  inspectCustom,
  type InspectOptions,
  ObjectSystem,
  outlined,
} from "@mem/qom";
import { aFlag, aFunction, anInstance, checkOptions, type OptionTable } from "@mem/qom/plumbing";
import { checkBytes, checkRegion, refuseArgument } from "../arguments.js";
import { toAddress } from "../address.js";
import { DeviceObject, TYPE_DEVICE } from "../mmio/device.js";
import {
  type DeviceClass,
  type DeviceOptions,
  type DeviceTypes,
  makeDevice,
} from "../mmio/make-device.js";
import type { LogCategory } from "../log.js";
import { errorText, LifecycleError, TopologyError } from "../errors.js";
import { joinErrors } from "./listener-error.js";
import {
  internalsOf,
  MemoryRegion,
  type RegionInternals,
  TYPE_MEMORY_REGION,
} from "../region/memory-region.js";
import { endObjects, heldError } from "./end-objects.js";
import { describeLeaks, type MemoryLeak } from "./leaks.js";
import { resolveMmioOps } from "../mmio/ops.js";
import { checkOffsets } from "../mmio/rules.js";
import { blockInternals } from "../ram/block.js";
import { RamBlocks } from "../ram/blocks.js";
import type {
  AliasOptions,
  MmioOptions,
  RamDeviceOptions,
  RamOptions,
  RegionOptions,
  ResizeableRamOptions,
  RomDeviceOptions,
} from "../region/options.js";
import type { RegionHost, RegionSystem } from "../region/host.js";
import { ramData, ramText, regionOutline } from "../region/inspect.js";
import { checkRegionOptions } from "../region/option-tables.js";
import { checkAliasTarget, type CommonSpec, commonSpec } from "../region/checks.js";
import type { RegionSpec } from "../region/spec.js";
import type { CoalescedQueues } from "../events/coalesced-queues.js";
import type { BottomHalves } from "./bottom-halves.js";
import type { Reclaimer } from "./reclaimer.js";
import type { Transactions } from "./transactions.js";
import { SystemServices } from "./services.js";
import { runSynchronously } from "./synchronous.js";
import { NO_VIEWS, type ViewLayer } from "./view-layer.js";

/**
 * Options of a {@link MemorySystem}.
 * @see {@link MemorySystem}
 */
export interface MemorySystemOptions {
  /** Receives log lines; default: they are dropped. */
  readonly log?: (category: LogCategory, message: string) => void;
  /** Switches the CODE dirty client on for all RAM, for translators that cache code. */
  readonly codeDirtyLog?: boolean;
  /** The object tree to live in; default: one of its own. */
  readonly objects?: ObjectSystem;
}

const SYSTEM: OptionTable = {
  call: "new Machine",
  optional: {
    log: aFunction,
    codeDirtyLog: aFlag,
    objects: anInstance("an ObjectSystem", () => ObjectSystem),
  },
};

/**
 * One machine's memory: its regions, RAM blocks and transactions. Everything that QEMU keeps in
 * global variables lives here, so that any number of machines share a process.
 *
 * @example
 * const memory = new MemorySystem();
 * const ram = memory.ram({ name: "ram", size: 16 * MiB });
 * const system = memory.container({ name: "system", size: 4n * BigInt(GiB) });
 * memory.transaction(() => system.addSubregion(0x10_0000, ram));
 * console.log(hex(ram.addr), ram.container === system); // prints: 0x100000 true
 */
export class MemorySystem extends SystemServices implements RegionSystem, Disposable {
  /** The object tree: owners, devices and the regions themselves. */
  readonly objects: ObjectSystem;
  /** Backs the holes of every view: nothing is there. */
  readonly unassigned: MemoryRegion;
  /** True if the CODE dirty client is on. */
  readonly codeDirtyLog: boolean;

  readonly #ramRegions = new Set<RegionInternals>();
  readonly #ramBlocks = new RamBlocks();
  readonly #deviceTypes: DeviceTypes = new Map();
  readonly #ownsObjects: boolean;
  #views: ViewLayer = NO_VIEWS;
  #sequence = 0;
  #globalDirtyLog = 0;

  constructor(options: MemorySystemOptions = {}) {
    checkOptions(options, SYSTEM, refuseArgument);
    super(options.log);
    this.objects = options.objects ?? new ObjectSystem();
    this.#ownsObjects = options.objects === undefined;
    this.codeDirtyLog = options.codeDirtyLog ?? false;
    const { types } = this.objects;
    if (!types.has(TYPE_MEMORY_REGION)) types.register({ name: TYPE_MEMORY_REGION });
    if (!types.has(TYPE_DEVICE)) {
      types.register({ name: TYPE_DEVICE, construct: (init) => new DeviceObject(init) });
    }
    this.unassigned = this.#region({
      kind: "reservation",
      name: "unassigned",
      owner: null,
      size: 1n << 64n,
    });
  }

  /**
   * The system that a region belongs to.
   * @throws TopologyError when it is none of this class: who implements `RegionHost` anew
   *   does not get further than regions.
   * @throws ArgumentError for what is no region
   */
  static of(region: MemoryRegion): MemorySystem {
    checkRegion(region, "MemorySystem.of");
    const { system } = region;
    if (system instanceof MemorySystem) return system;
    throw new TopologyError(`${region.describe()} belongs to no memory system`, {
      rule: "no-system",
      region: region.describe(),
    });
  }

  // ---- regions --------------------------------------------------------------------------

  /** A region that only holds others (`memory_region_init`). */
  container(options: RegionOptions): MemoryRegion {
    checkRegionOptions(options, "container");
    return this.#region({ kind: "container", ...commonSpec(this, options) });
  }

  /**
   * Read-write memory (`memory_region_init_ram`).
   * @throws RamBlockError for size 0, memory that is too small, or a migratable name in use.
   */
  ram(options: RamOptions): MemoryRegion {
    checkRegionOptions(options, "ram");
    return this.#ramRegion(options, "ram", false);
  }

  /** Memory that the guest cannot write (`memory_region_init_rom`). */
  rom(options: RamOptions): MemoryRegion {
    checkRegionOptions(options, "rom");
    return this.#ramRegion(options, "ram", true);
  }

  /** Memory of a physical device (`memory_region_init_ram_device_ptr`). */
  ramDevice(options: RamDeviceOptions): MemoryRegion {
    checkRegionOptions(options, "ramDevice");
    return this.#ramRegion(options, "ramDevice", false);
  }

  /** RAM whose used length can change (`memory_region_init_resizeable_ram`). */
  resizeableRam(options: ResizeableRamOptions): MemoryRegion {
    checkRegionOptions(options, "resizeableRam");
    return this.#ramRegion(options, "ram", false);
  }

  /**
   * A device's registers (`memory_region_init_io`).
   * @throws RegionOptionsError for options that contradict each other, or offsets above 2^53 without
   *   `wideOffsets`
   */
  mmio(options: MmioOptions): MemoryRegion {
    checkRegionOptions(options, "mmio");
    const spec = commonSpec(this, options);
    return this.#region({ kind: "mmio", ...spec, ops: this.#ops(options, spec) });
  }

  /**
   * Memory for reading whose writes go to a device (`memory_region_init_rom_device`).
   * @throws RegionOptionsError as {@link mmio} does; RamBlockError as {@link ram} does
   */
  romDevice(options: RomDeviceOptions): MemoryRegion {
    checkRegionOptions(options, "romDevice");
    const spec = commonSpec(this, options);
    const ops = this.#ops(options, spec);
    const ramBlock = this.#ramBlocks.create(options, spec);
    return this.#region({ kind: "romDevice", ...spec, ops, ramBlock });
  }

  /** An address range that is taken, with nothing behind it. */
  reservation(options: RegionOptions): MemoryRegion {
    checkRegionOptions(options, "reservation");
    return this.#region({ kind: "reservation", ...commonSpec(this, options) });
  }

  /** A window on a part of another region (`memory_region_init_alias`). */
  alias(options: AliasOptions): MemoryRegion {
    checkRegionOptions(options, "alias");
    const spec = commonSpec(this, options);
    checkAliasTarget(this, internalsOf(options.target), spec.name);
    const aliasOffset = toAddress(options.offset ?? 0, "alias offset", spec.name ?? undefined);
    return this.#region({ kind: "alias", ...spec, target: options.target, aliasOffset });
  }

  /**
   * Registers a region that a subclass of {@link MemoryRegion} built: it joins the object tree.
   * The caller of a factory of its own passes `new Subclass(...)`.
   */
  adopt<T extends MemoryRegion>(region: T): T {
    this.assertOpen("add a region to");
    checkRegion(region, "machine.adopt");
    this.objects.adopt(region);
    const own = internalsOf(region);
    if (own.label !== null) {
      const parent = region.owner ?? this.objects.container("/machine/unattached");
      parent.addChild(`${escapeName(own.label)}[*]`, region);
      region.unref();
    }
    const { ramBlock } = region;
    if (ramBlock || own.isIommu) this.#ramRegions.add(own);
    if (ramBlock) {
      const block = blockInternals(ramBlock);
      block.onRenewed(() => this.#renewViews(own));
      block.onCodeWatched(
        () => own.refreshAccess(),
        (error) => own.logCallbackError(error),
      );
    }
    return region;
  }

  /**
   * Makes a device: an object of `Class`, a child of `options.parent` from the start, with the
   * properties of `options` set, and realized. Its parent owns it: it ends when it is unparented,
   * or its parent ends. When anything throws, nothing is left behind.
   * @param Class a class that extends {@link DeviceObject}; its constructor gets a `DeviceInit`,
   *   then `args`
   * @throws ArgumentError for what is no such class or has no such options; what the constructor,
   *   a property and `onRealize` throw
   */
  device<T extends DeviceObject, A extends readonly unknown[]>(
    Class: DeviceClass<T, A, this>,
    options: DeviceOptions = {},
    ...args: A
  ): T {
    return makeDevice<T, A, this>(this, Class, options, { args, types: this.#deviceTypes });
  }

  // ---- transactions ---------------------------------------------------------------------

  /** Opens a transaction (`memory_region_transaction_begin`). They nest. */
  begin(): void {
    this.assertOpen("change");
    this.transactions.begin();
  }

  /**
   * Ends a transaction; the outermost one makes the changes visible and tells listeners.
   * @throws TransactionError when none is open.
   */
  commit(): void {
    if (this.transactions.depth === 1) this.#ramBlocks.refresh();
    this.transactions.commit();
  }

  /**
   * Runs `change` inside a transaction, which ends even when it throws. All of the change has to be
   * made when `change` returns.
   * @throws TransactionError for an `async` function or a generator, before anything has changed; for
   *   another function that answers a promise, after what it changed until then was committed.
   */
  transaction<T>(change: () => T): T {
    return runSynchronously("a transaction", change, (run) => {
      this.transactions.begin();
      try {
        return run();
      } finally {
        this.commit();
      }
    });
  }

  // ---- the rest of the system -----------------------------------------------------------

  /** Reasons for which global dirty logging is on, an OR of bits; 0 = off. */
  get globalDirtyLog(): number {
    return this.#globalDirtyLog;
  }
  /** Notes for which reasons global dirty logging is on: an OR of bits. */
  protected setGlobalDirtyLog(flags: number): void {
    this.#globalDirtyLog = flags;
    for (const region of this.#ramRegions) region.refreshAccess();
  }

  /** RAM, ROM and ROM device regions that live. */
  get ramRegions(): Iterable<MemoryRegion> {
    return this.#ramRegions;
  }

  /**
   * The region whose memory a view of its bytes shows, and where (`memory_region_from_host`);
   * `null` for other memory.
   */
  regionOfBytes(bytes: Uint8Array): { region: MemoryRegion; offset: number } | null {
    checkBytes(bytes, "machine.regionOfBytes");
    for (const region of this.#ramRegions) {
      const offset = region.ramBlock?.offsetOf(bytes) ?? -1;
      if (offset >= 0) return { region, offset };
    }
    return null;
  }

  /** The layer that renders views takes part. */
  protected setViewLayer(views: ViewLayer): void {
    this.#views = views;
    this.transactions.setHandler(views);
  }

  /** The layer that renders views; one that has none, until it takes part. */
  protected get views(): ViewLayer {
    return this.#views;
  }

  /**
   * Objects that are still held, and their holders: every object that something besides its parent
   * keeps alive, with its holders, and where address spaces show the regions that count on it.
   */
  leaks(): MemoryLeak[] {
    return describeLeaks(this.objects, this.#views.showings());
  }

  /** A number above all those before. */
  protected nextSequence(): number {
    return ++this.#sequence;
  }

  /** A region has come to its end. */
  protected forgetRegion(region: RegionInternals): void {
    this.#ramRegions.delete(region);
    const block = region.ramBlock;
    if (!block) return;
    this.#ramBlocks.forget(block);
    blockInternals(block).endBacking((error) =>
      this.log(
        "callback",
        `${block.regionName}: its file could not be closed: ${errorText(error)}`,
      ),
    );
  }

  // ---- the end --------------------------------------------------------------------------

  /**
   * Ends the machine and all that it gave out: what it {@link own}s, listeners, traces, mappings, map clients and
   * address spaces; callbacks that wait; files behind memory, which are written and closed; at last the
   * objects, unless their tree was brought along. Nothing can be added any more, and accesses find
   * nothing. Again does nothing.
   * @throws LifecycleError (rule `"machine-busy"`) within an access or a transaction, before anything
   *   has changed; (rule `"machine-held"`) when everything is done and objects still live because
   *   somebody holds references, whom the message names, as {@link leaks} does. What ended badly
   *   besides, a file that could not be written say, comes with it in an `AggregateError`.
   */
  [Symbol.dispose](): void {
    if (this.isDisposed) return;
    if (this.isBusy) {
      throw new LifecycleError("cannot dispose a machine within an access or a transaction", {
        rule: "machine-busy",
      });
    }
    const errors: unknown[] = [];
    const onError = (error: unknown): void => void errors.push(error);
    this.endServices(onError, () => this.#views.end(onError));
    for (const { ramBlock } of this.#ramRegions) {
      if (ramBlock) blockInternals(ramBlock).endBacking(onError);
    }
    if (this.#ownsObjects) {
      endObjects(this.objects, onError);
      const held = heldError(this.leaks());
      if (held) onError(held);
    }
    if (errors.length > 0)
      throw joinErrors(errors, "parts of the machine threw while it was disposed");
  }

  // ---- texts ----------------------------------------------------------------------------

  /** Amount of memory, and number of regions, as text. */
  override toString(): string {
    return ramText(this.#ramRegions);
  }

  /** Amount of memory, and operations under way. */
  toJSON(): object {
    const { isDisposed, isBusy, pendingCount } = this;
    return { ...ramData(this.#ramRegions), isDisposed, isBusy, pendingCount };
  }

  /**
   * Text for `console.log`: how much memory there is; then, when shown alone, {@link outlineLines}.
   */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return outlined(depth, options, {
      head: (ink) => {
        const state = this.isDisposed ? ", disposed" : this.isBusy ? ", busy" : "";
        return `${ink(this.constructor.name, "kind")} with ${ramText(this.#ramRegions)}${state}`;
      },
      lines: (ink) => this.outlineLines(ink),
    });
  }

  /** The lines that `console.log` shows of the machine below the first: regions with memory. */
  protected *outlineLines(ink: Ink): Generator<string> {
    for (const region of this.#ramRegions) yield regionOutline(region).head(ink);
  }

  // ---- internals ------------------------------------------------------------------------

  #region(spec: RegionSpec<MemoryRegion>): MemoryRegion {
    const klass = this.objects.types.get(TYPE_MEMORY_REGION);
    return this.adopt(new MemoryRegion({ objects: this.objects, klass }, this, spec));
  }

  #ramRegion(
    options: RamOptions & Partial<ResizeableRamOptions>,
    kind: "ram" | "ramDevice",
    readonly: boolean,
  ): MemoryRegion {
    const spec = commonSpec(this, options);
    const wholePages = kind === "ramDevice";
    const ramBlock = this.#ramBlocks.create(options, { ...spec, wholePages });
    return this.#region({ kind, ...spec, readonly, ramBlock });
  }

  /** Views take up the bytes of a region anew, where they hold some that it has let go of. */
  #renewViews(region: RegionInternals): void {
    if (region.finalized || !this.#views.isShown(region)) return;
    this.transaction(() => {
      region.damageWhole();
      this.transactions.touchTopology();
    });
  }

  #ops(options: MmioOptions, spec: CommonSpec): ReturnType<typeof resolveMmioOps> {
    const name = spec.name ?? "(anonymous region)";
    checkOffsets(options.wideOffsets === true, spec.size, name);
    return resolveMmioOps(options, name);
  }
}

/**
 * A system as the packages beside this one work with it: the same object, with the members that
 * are nobody else's business.
 */
export declare abstract class SystemInternals extends MemorySystem implements RegionHost {
  readonly bottomHalves: BottomHalves;
  readonly coalescedQueues: CoalescedQueues;
  readonly transactions: Transactions;
  readonly reclaimer: Reclaimer;
  extension<T>(key: symbol, create: () => T): T;
  assertOpen(action: string): void;
  setGlobalDirtyLog(flags: number): void;
  setViewLayer(views: ViewLayer): void;
  get views(): ViewLayer;
  nextSequence(): number;
  forgetRegion(region: RegionInternals): void;
}

/** The inside of a system. It is the system itself: the call costs nothing. */
export function systemInternals(system: MemorySystem): SystemInternals {
  return system as SystemInternals;
}
