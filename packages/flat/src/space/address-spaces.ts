import type { MemorySystem } from "@mem/core";
import { systemInternals } from "@mem/core/plumbing";
import type { Ink } from "@mem/qom";
import { spaceLines } from "../inspect/space-text.js";
import { dataOf, Inspectable, type Summary } from "../inspect/summary.js";
import type { MemoryListener } from "../listeners/memory-listener.js";
import { SystemListening } from "../listeners/system-listening.js";
import type { RenderStatistics } from "../view/view-cache.js";
import { AddressSpace } from "./address-space.js";
import { type RegisteredSpace, SpaceRegistry } from "./registry.js";

const KEY = Symbol("mem.flat.address-spaces");

/**
 * The address spaces of one memory system.
 * @see docs/PLUMBING.md, "`@mem/flat/plumbing`"
 */
export class AddressSpaces extends Inspectable {
  readonly #registry: SpaceRegistry;
  #registered: readonly RegisteredSpace[] = [];
  #all: readonly AddressSpace[] = [];

  private constructor(registry: SpaceRegistry) {
    super();
    this.#registry = registry;
  }

  /** The address spaces of a system. */
  static of(system: MemorySystem): AddressSpaces {
    return systemInternals(system).extension(
      KEY,
      () => new AddressSpaces(SpaceRegistry.of(system)),
    );
  }

  /** In the order of their creation. */
  get all(): readonly AddressSpace[] {
    const { all } = this.#registry;
    if (all !== this.#registered) {
      this.#registered = all;
      this.#all = all.map(({ space }) => space).filter((space) => space instanceof AddressSpace);
    }
    return this.#all;
  }

  /**
   * Watches every address space, those that come later too: the views are replayed as additions, one
   * address space after the other. Disposing the result unregisters. Callbacks about the machine as
   * a whole, `begin` and `commit` of a commit among them, come once. When an address space ends, its
   * view is replayed as removals.
   * @throws LifecycleError for a listener that is registered already or has both kinds of
   *   `logSync`; ListenerError when the listener throws, which leaves it unregistered.
   */
  listen(listener: MemoryListener): SystemListening {
    return new SystemListening(this.#registry, listener);
  }

  protected override summarize(): Summary {
    const { all } = this;
    const lines = (ink: Ink): Iterable<string> => spaceLines(all, ink);
    return { kind: "AddressSpaces", facts: [`${all.length} in all`], lines };
  }

  /** The first 256 address spaces as data. */
  toJSON(): object {
    return dataOf(this.all, (space) => space.toJSON());
  }

  /** Counts of renderings. */
  get statistics(): Readonly<RenderStatistics> {
    return this.#registry.statistics;
  }
}
