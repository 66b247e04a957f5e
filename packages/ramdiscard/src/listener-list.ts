import type { MemoryRegion } from "@mem/core";
import {
  type CallbackEntry,
  CallbackList,
  isThenable,
  whenRejected,
  internalsOf,
} from "@mem/core/plumbing";
import { type MemoryRegionSection, SectionCopy } from "@mem/flat";
import { checkStatus, DiscardStatus } from "./discard-status.js";
import type { RamDiscardListener } from "./ram-discard-listener.js";
import type { Run } from "./run-set.js";

/** A listener, and the section that it is registered for. */
export interface Registration {
  readonly listener: RamDiscardListener;
  readonly copy: SectionCopy;
}

/**
 * The listeners of a manager, newest first. What they throw is logged; a listener that throws
 * has refused.
 */
export class ListenerList {
  readonly #region: MemoryRegion;
  readonly #registrations = new CallbackList<Registration>();
  #notifying = false;

  constructor(region: MemoryRegion) {
    this.#region = region;
  }

  /** Number of entries. */
  get length(): number {
    return this.#registrations.size;
  }

  /** True if a listener is being called. */
  get notifying(): boolean {
    return this.#notifying;
  }

  find(listener: RamDiscardListener): Registration | undefined {
    const known = ({ callback }: CallbackEntry<Registration>) => callback.listener === listener;
    return this.#registrations.entries.find(known)?.callback;
  }

  /** @throws LifecycleError when the region of the section is gone. */
  add(listener: RamDiscardListener, section: MemoryRegionSection): Registration {
    const registration = { listener, copy: new SectionCopy(section) };
    this.#registrations.add(registration, () => true);
    return registration;
  }

  /** Lets go of the section, too. */
  remove(registration: Registration): void {
    this.#registrations.find(registration)?.[Symbol.dispose]();
    registration.copy[Symbol.dispose]();
  }

  /**
   * Asks all listeners to accept these runs. When one refuses, those parts that were agreed to
   * are discarded again, in the order in which they were asked for.
   * @returns true if all agreed
   */
  populate(runs: readonly Run[]): boolean {
    const agreed: { listener: RamDiscardListener; part: MemoryRegionSection }[] = [];
    for (const { callback } of this.#registrations.entries) {
      const { listener, copy } = callback;
      for (const part of partsOf(copy.section, runs)) {
        if (this.ask(listener, part) !== DiscardStatus.OK) {
          for (const earlier of agreed) this.tell(earlier.listener, earlier.part);
          return false;
        }
        agreed.push({ listener, part });
      }
    }
    return true;
  }

  /** Tells all listeners that these runs are gone. */
  discard(runs: readonly Run[]): void {
    this.#registrations.each(({ listener, copy }) => {
      for (const part of partsOf(copy.section, runs)) this.tell(listener, part);
    });
  }

  /** Asks one listener to accept a part. */
  ask(listener: RamDiscardListener, part: MemoryRegionSection): DiscardStatus {
    return this.#call(() => checkStatus(listener.notifyPopulate(part), "notifyPopulate"));
  }

  /** Tells one listener that a part is gone. */
  tell(listener: RamDiscardListener, part: MemoryRegionSection): void {
    this.#call(() => {
      const answer: unknown = listener.notifyDiscard(part);
      if (isThenable(answer))
        whenRejected(answer, (error) => internalsOf(this.#region).logCallbackError(error));
      return DiscardStatus.OK;
    });
  }

  #call(callback: () => DiscardStatus): DiscardStatus {
    this.#notifying = true;
    try {
      return callback();
    } catch (error) {
      internalsOf(this.#region).logCallbackError(error);
      return DiscardStatus.INVALID;
    } finally {
      this.#notifying = false;
    }
  }
}

/** Part of the runs that lies in a section. */
export function partsOf(
  section: MemoryRegionSection,
  runs: readonly Run[],
): readonly MemoryRegionSection[] {
  return runs
    .map(({ from, to }) => section.withinRegion(from, to - from))
    .filter((part) => part !== null);
}
