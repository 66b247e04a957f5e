import type { MemoryRegionSection } from "@mem/flat";
import type { RamDiscardListener, RamDiscardManager } from "@mem/ramdiscard";
import type { Journal } from "../journal.js";
import type { OpFields } from "../op-fields.js";
import { sectionFields } from "../sections.js";

/** What a refusing callback answers (-EINVAL). */
const REFUSED = -22;

/** A listener of a script: logs what is populated and discarded, and refuses what it is told to. */
export class ScriptedDiscardListener implements RamDiscardListener {
  readonly doubleDiscardSupported: boolean;
  /** Whether it refuses everything. */
  refuseAll: boolean;
  readonly #harness: Journal;
  readonly #id: string;
  readonly #refused: readonly { readonly from: bigint; readonly to: bigint }[];

  readonly #manager: RamDiscardManager;

  /** @param manager the manager that it is going to be registered with. */
  constructor(harness: Journal, manager: RamDiscardManager, op: OpFields) {
    this.#harness = harness;
    this.#manager = manager;
    this.#id = op.text("id");
    this.doubleDiscardSupported = op.flag("double");
    this.refuseAll = op.flag("refuse_all");
    this.#refused = op.records("refuse").map((range) => ({
      from: range.address("from"),
      to: range.address("to"),
    }));
  }

  /** Leaves its manager. */
  unregister(): void {
    this.#manager.unregisterListener(this);
  }

  notifyPopulate(section: MemoryRegionSection): number {
    const first = section.offsetWithinRegion;
    const last = first + section.size - 1n;
    const hit = this.#refused.some((range) => range.from <= last && range.to >= first);
    const ret = this.refuseAll || hit ? REFUSED : 0;
    this.#harness.record({
      cb: "populate",
      l: this.#id,
      ...sectionFields(this.#harness, section),
      ret,
    });
    return ret;
  }

  notifyDiscard(section: MemoryRegionSection): void {
    this.#harness.record({ cb: "discard", l: this.#id, ...sectionFields(this.#harness, section) });
  }
}
