import { LifecycleError, type MemorySystem } from "@mem/core";
import { checkArgument, refuseArgument, systemInternals } from "@mem/core/plumbing";
import { aMachine, Inspectable, type Summary } from "@mem/flat/plumbing";
import { DiscardStatus } from "./discard-status.js";

const KEY = Symbol("mem.ramdiscard.inhibitor");

type Counter = "disable" | "uncoordinatedDisable" | "require" | "coordinatedRequire";

/** Counts that exclude each other. */
const CONFLICTS: Record<Counter, readonly Counter[]> = {
  disable: ["require", "coordinatedRequire"],
  uncoordinatedDisable: ["require"],
  require: ["disable", "uncoordinatedDisable"],
  coordinatedRequire: ["disable"],
};

/**
 * Keeps those who cannot have RAM discarded and those who cannot do without it apart, in one
 * system. Each of the four is counted; `on` adds one, which answers `BUSY` and counts nothing
 * when it conflicts with what is counted, and `off` takes one back.
 *
 * Coordinated discards are those that a {@link RamDiscardManager} announces: who follows these
 * needs only the uncoordinated ones disabled.
 *
 * @example
 * const inhibitor = DiscardInhibitor.of(machine);
 * inhibitor.uncoordinatedDisable(true); // somebody follows announced discards only
 * console.log(inhibitor.coordinatedRequire(true) === DiscardStatus.OK); // prints: true
 * console.log(inhibitor.require(true) === DiscardStatus.BUSY); // prints: true
 */
export class DiscardInhibitor extends Inspectable {
  readonly #counts: Record<Counter, number> = {
    disable: 0,
    uncoordinatedDisable: 0,
    require: 0,
    coordinatedRequire: 0,
  };

  /**
   * The one of a system.
   * @throws ArgumentError for what is no system
   */
  static of(system: MemorySystem): DiscardInhibitor {
    checkArgument(system, aMachine, "DiscardInhibitor.of", "the system", refuseArgument);
    return systemInternals(system).extension(KEY, () => new DiscardInhibitor());
  }

  protected override summarize(): Summary {
    const counted = Object.entries(this.#counts).filter(([, count]) => count > 0);
    const facts = counted.map(([name, count]) => `${name} ${count}`);
    return { kind: "DiscardInhibitor", facts: facts.length === 0 ? ["nothing counted"] : facts };
  }

  /** The four counts. */
  toJSON(): object {
    return { ...this.#counts };
  }

  /**
   * Discards of any kind would break something (`ram_block_discard_disable`).
   * @throws LifecycleError when it is taken back more often than it was set.
   */
  disable(on: boolean): DiscardStatus {
    return this.#count("disable", on);
  }

  /**
   * Discards that no manager announces would (`ram_block_uncoordinated_discard_disable`).
   * @throws LifecycleError as {@link disable}.
   */
  uncoordinatedDisable(on: boolean): DiscardStatus {
    return this.#count("uncoordinatedDisable", on);
  }

  /**
   * Something relies on discards (`ram_block_discard_require`).
   * @throws LifecycleError as {@link disable}.
   */
  require(on: boolean): DiscardStatus {
    return this.#count("require", on);
  }

  /**
   * Something relies on discards, and announces them (`ram_block_coordinated_discard_require`).
   * @throws LifecycleError as {@link disable}.
   */
  coordinatedRequire(on: boolean): DiscardStatus {
    return this.#count("coordinatedRequire", on);
  }

  /** True if discards of some kind are disabled. */
  get isDisabled(): boolean {
    return this.#counts.disable + this.#counts.uncoordinatedDisable > 0;
  }

  /** True if something relies on discards. */
  get isRequired(): boolean {
    return this.#counts.require + this.#counts.coordinatedRequire > 0;
  }

  #count(which: Counter, on: boolean): DiscardStatus {
    if (on && CONFLICTS[which].some((other) => this.#counts[other] > 0)) {
      return DiscardStatus.BUSY;
    }
    if (!on && this.#counts[which] === 0) {
      throw new LifecycleError(`${which} was taken back more often than it was set`, {
        rule: "discard-underflow",
      });
    }
    this.#counts[which] += on ? 1 : -1;
    return DiscardStatus.OK;
  }
}
