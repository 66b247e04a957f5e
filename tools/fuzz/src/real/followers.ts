import { internalsOf } from "@mem/core/plumbing";
import type {
  AddressSpace,
  FlatView,
  ListenerRegistration,
  MemoryListener,
  MemoryRegionSection,
  SystemListening,
} from "@mem/flat";
import { Random } from "@mem/common";
import { Violation } from "./expected-errors.js";

/** A listener that keeps a map of its own from what it is told, and insists that it makes sense. */
export class Follower implements MemoryListener {
  readonly name: string;
  readonly priority: number;
  readonly regionNop?: (section: MemoryRegionSection) => void;
  readonly space: AddressSpace;
  registration: ListenerRegistration | SystemListening | null = null;
  /** What shows, by first address. */
  readonly shown = new Map<bigint, string>();
  readonly #told: (what: string) => void;
  #open = false;

  /** @param told called within each callback, after the follower has taken note. */
  constructor(space: AddressSpace, traits: number, told: (what: string) => void) {
    const random = new Random(traits);
    this.space = space;
    this.name = `follower ${traits}`;
    this.priority = random.below(3) - 1;
    this.#told = told;
    if (random.chance(30)) {
      this.regionNop = (section) => {
        this.#check(this.#at(section) === describe(section), `stayed: ${section}`);
        this.#told("regionNop");
      };
    }
  }

  begin(): void {
    this.#check(!this.#open, "begin within begin");
    this.#open = true;
    this.#told("begin");
  }

  commit(): void {
    this.#check(this.#open, "commit without begin");
    this.#open = false;
    this.#told("commit");
  }

  regionAdd(section: MemoryRegionSection): void {
    this.#check(this.#open, `outside of a commit: ${section}`);
    this.#check(this.#at(section) === undefined, `added where something is: ${section}`);
    this.shown.set(section.offsetWithinAddressSpace, describe(section));
    this.#told("regionAdd");
  }

  regionDel(section: MemoryRegionSection): void {
    this.#check(this.#open, `outside of a commit: ${section}`);
    this.#check(this.#at(section) === describe(section), `removed though not there: ${section}`);
    this.shown.delete(section.offsetWithinAddressSpace);
    this.#told("regionDel");
  }

  /** @throws Violation when what it was told does not come to the view. */
  compare(view: FlatView): void {
    const there = [...view.ranges()].map(
      (range) => `${range.start} ${internalsOf(range.region).id}+${range.offset} ${range.size}`,
    );
    const told = [...this.shown]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([start, text]) => `${start} ${text}`);
    this.#check(!this.#open, "left open");
    if (there.join("\n") === told.join("\n")) return;
    throw new Violation(
      `${this.name} was told\n${told.join("\n")}\nwhere there is\n${there.join("\n")}`,
    );
  }

  #at(section: MemoryRegionSection): string | undefined {
    return this.shown.get(section.offsetWithinAddressSpace);
  }

  #check(holds: boolean, message: string): void {
    if (!holds) throw new Violation(`${this.name}: ${message}`);
  }
}

function describe({ region, offsetWithinRegion, size }: MemoryRegionSection): string {
  return `${internalsOf(region).id}+${offsetWithinRegion} ${size}`;
}
