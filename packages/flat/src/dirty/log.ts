import { LifecycleError, type MemorySystem } from "@mem/core";
import { systemInternals } from "@mem/core/plumbing";
import { checkMachine } from "../arguments.js";
import { Inspectable, type Summary } from "../inspect/summary.js";
import { SpaceRegistry } from "../space/registry.js";
import { syncDirtyLog } from "./sync.js";

/** Reasons for global dirty logging; an OR of them. */
export const GlobalDirty = {
  /** Live migration. */
  MIGRATION: 1,
  /** Measuring how fast memory gets dirty. */
  DIRTY_RATE: 2,
  /** Limiting it. */
  DIRTY_LIMIT: 4,
} as const;

const ALL_FLAGS = 7;
const KEY = Symbol("mem.flat.dirty-log");

/**
 * Answer of {@link DirtyLog.start}.
 * @see {@link DirtyLog}
 */
export interface DirtyLogStart {
  /** True if it was started. */
  readonly ok: boolean;
  /** Reasons that are on now. */
  readonly tracking: number;
  /** Reason why a listener refused; `null` when none did. */
  readonly error: string | null;
}

/**
 * Dirty logging of all migratable RAM (`memory_global_dirty_log_*`). Starting and stopping tell
 * the listeners; a stop while the machine stands still takes effect when it runs again.
 *
 * @example
 * const dimm = machine.ram({ name: "dimm", size: 0x4000, migratable: true });
 * console.log(machine.dirtyLog.start(GlobalDirty.MIGRATION).ok); // prints: true
 * snapshotAndClearDirty(dimm, 0, 0x4000, DirtyClient.MIGRATION);
 * system.addSubregion(0x1000_0000, dimm);
 * space.store(0x1000_2000, 1, 1);
 * console.log(countDirtyPages(dimm, DirtyClient.MIGRATION)); // prints: 1
 */
export class DirtyLog extends Inspectable {
  readonly #system: MemorySystem;
  readonly #spaces: SpaceRegistry;
  #running = true;
  #postponed = 0;

  private constructor(system: MemorySystem) {
    super();
    this.#system = system;
    this.#spaces = SpaceRegistry.of(system);
  }

  /** The dirty log of a system. */
  static of(system: MemorySystem): DirtyLog {
    checkMachine(system, "DirtyLog.of");
    return systemInternals(system).extension(KEY, () => new DirtyLog(system));
  }

  /** Reasons that are on. */
  get tracking(): number {
    return this.#system.globalDirtyLog;
  }

  protected override summarize(): Summary {
    const on = Object.entries(GlobalDirty).filter(([, bit]) => (this.tracking & bit) !== 0);
    return { kind: "DirtyLog", facts: [on.map(([name]) => name).join(" | ") || "off"] };
  }

  /** The reasons that are on. */
  toJSON(): object {
    return { tracking: this.tracking };
  }

  /**
   * Switches reasons on ({@link GlobalDirty} bits). When a listener refuses, those that agreed
   * before it are told to stop again and nothing changes.
   * @throws LifecycleError for no or unknown flags; ListenerError when listeners throw, after
   *   everything else is done: to throw is not to refuse.
   */
  start(flags: number): DirtyLogStart {
    checkFlags(flags);
    let outcome: DirtyLogStart = { ok: false, tracking: this.tracking, error: null };
    this.#spaces.listenerErrors.collect(() => (outcome = this.#startNow(flags)));
    return outcome;
  }

  #startNow(flags: number): DirtyLogStart {
    if (this.#postponed !== 0) {
      const rest = this.#postponed & ~flags;
      this.#postponed = 0;
      if (rest !== 0) this.#stopNow(rest);
    }
    const wanted = flags & ~this.tracking;
    if (wanted === 0) return { ok: true, tracking: this.tracking, error: null };
    const before = this.tracking;
    systemInternals(this.#system).setGlobalDirtyLog(before | wanted);
    if (before === 0) {
      const error = this.#tellStart();
      if (error !== null) {
        systemInternals(this.#system).setGlobalDirtyLog(before);
        // A listener may have had views rendered meanwhile.
        systemInternals(this.#system).views.damageEverything();
        return { ok: false, tracking: before, error };
      }
      this.#commitEverything();
    }
    return { ok: true, tracking: this.tracking, error: null };
  }

  /**
   * Switches reasons off, now or, while the machine stands still, when it runs again.
   * @throws LifecycleError for no or unknown flags.
   */
  stop(flags: number): void {
    checkFlags(flags);
    if (this.#running) this.#stopNow(flags);
    else this.#postponed |= flags;
  }

  /** True if the machine runs; starting it carries out postponed stops. */
  get vmRunning(): boolean {
    return this.#running;
  }
  set vmRunning(running: boolean) {
    if (running === this.#running) return;
    this.#running = running;
    if (!running || this.#postponed === 0) return;
    const flags = this.#postponed;
    this.#postponed = 0;
    this.#stopNow(flags);
  }

  /** Brings all dirty bitmaps up to date (`memory_global_dirty_log_sync`). */
  sync(lastStage = false): void {
    syncDirtyLog(this.#spaces, null, lastStage);
  }

  /** Dirty bitmaps were read, memory is about to be (`memory_global_after_dirty_log_sync`). */
  afterSync(): void {
    this.#spaces.tellListeners((listener) => listener.logGlobalAfterSync?.());
  }

  #stopNow(flags: number): void {
    const before = this.tracking;
    systemInternals(this.#system).setGlobalDirtyLog(before & ~flags);
    if (before === 0 || this.tracking !== 0) return;
    this.#spaces.listenerErrors.collect(() => {
      this.#commitEverything();
      this.#spaces.call(() =>
        this.#spaces.listeners.reverse((listener) => listener.logGlobalStop?.()),
      );
    });
  }

  /** Asks all listeners; the reason of the first that refuses, after undoing the others. */
  #tellStart(): string | null {
    let error: string | null = null;
    const agreed: (() => void)[] = [];
    this.#spaces.tellListeners((listener) => {
      if (error !== null) return;
      const refusal = listener.logGlobalStart?.();
      if (typeof refusal === "string") error = refusal;
      else agreed.push(() => listener.logGlobalStop?.());
    });
    if (error !== null) for (const undo of agreed.reverse()) undo();
    return error;
  }

  #commitEverything(): void {
    this.#system.transaction(() => {
      systemInternals(this.#system).views.damageEverything();
      systemInternals(this.#system).transactions.touchTopology();
    });
  }
}

function checkFlags(flags: number): void {
  if (!Number.isInteger(flags) || flags <= 0 || (flags & ~ALL_FLAGS) !== 0) {
    throw new LifecycleError(`dirty log flags ${flags} are not within 1..${ALL_FLAGS}`, {
      rule: "dirty-log-flags",
    });
  }
}
