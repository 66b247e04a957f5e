import { type NaiveNode, type NaiveRange, naiveRanges, naiveRoot } from "@mem/common";
import { internalsOf, systemInternals } from "@mem/core/plumbing";
import type { MemoryRegion } from "@mem/flat";
import { EXTENT } from "../operation.js";
import { inheritedOf } from "../visibility.js";
import { Violation } from "./expected-errors.js";
import type { RealWorld } from "./real-world.js";

/** A region as it is at present, for the naive rendering. */
class Present implements NaiveNode<number> {
  readonly real: MemoryRegion;
  readonly children: readonly this[];
  readonly target: this | null;
  readonly addr: number;

  constructor(
    real: MemoryRegion,
    at: number,
    known: Map<MemoryRegion, Present>,
    top: MemoryRegion,
  ) {
    this.real = real;
    this.addr = at;
    known.set(real, this);
    const of = (region: MemoryRegion): this =>
      (known.get(region) ??
        new Present(region, region === top ? 0 : Number(region.addr), known, top)) as this;
    this.children = [...real.subregions].map(of);
    this.target = real.alias ? of(real.alias) : null;
  }

  get id(): number {
    return internalsOf(this.real).id;
  }
  get size(): number {
    return Number(this.real.size);
  }
  get enabled(): boolean {
    return this.real.enabled && !this.real.finalized && internalsOf(this.real).isCountable;
  }
  get inherited(): readonly string[] {
    return inheritedOf(internalsOf(this.real));
  }
  get leaf(): boolean {
    return internalsOf(this.real).terminates;
  }
  get aliasOffset(): number {
    return Number(this.real.aliasOffset);
  }
}

/** A range of a view in words. */
const text = (start: bigint, size: bigint, id: number, offset: bigint, marks: string): string =>
  `${start.toString(16)}+${size.toString(16)} ${id}@${offset.toString(16)}${marks}`;

const marksOf = (attributes: readonly string[]): string => ` ${attributes.join(" ")}`;

/** Compares every view with the naive rendering of the regions as they are. */
export function checkViews(world: RealWorld): void {
  const { machine, program, system, top } = world;
  const { grain, origin } = program;
  const known = new Map<MemoryRegion, Present>();
  for (const space of machine.addressSpaces) {
    const root =
      known.get(space.root) ?? new Present(space.root, Number(space.root.addr), known, top);
    const isMain = space.root === system;
    const isShifted = isMain && origin !== 0n;
    const shown = isShifted ? (top.enabled ? root : null) : naiveRoot<number, Present>(root);
    const limit = Math.min(2 * EXTENT * grain, Number((1n << 64n) - (isMain ? origin : 0n)));
    const expected = naiveRanges<number, Present>(shown, limit, grain).map((range) =>
      describe(range, isShifted ? origin : 0n),
    );
    const actual = [...space.flatView.ranges()].map((range) =>
      text(
        range.start,
        range.size,
        internalsOf(range.region).id,
        range.offset,
        marksOf(inheritedOf(range)),
      ),
    );
    compareLists(`view of ${space.name}`, actual, expected);
  }
}

function describe(range: NaiveRange<Present, number>, origin: bigint): string {
  const { end, offset, region, start } = range;
  const at = origin + BigInt(start);
  return text(at, BigInt(end - start), region.id, BigInt(offset), marksOf(range.attributes));
}

/** @throws Violation when the lists differ. */
export function compareLists(
  what: string,
  actual: readonly string[],
  expected: readonly string[],
): void {
  if (actual.length === expected.length && actual.every((line, i) => line === expected[i])) return;
  const first = actual.findIndex((line, i) => line !== expected[i]);
  const from = Math.max((first < 0 ? actual.length : first) - 2, 0);
  const around = (lines: readonly string[]): string =>
    lines.length > from ? lines.slice(from, from + MOST_LINES).join("\n") : "(nothing more)";
  throw new Violation(
    `${what}, line ${from + 1} on:\n${around(actual)}\nrather than\n${around(expected)}`,
  );
}

/** Lines of each list that a message shows. */
const MOST_LINES = 8;

/** Between steps nothing may be under way. */
export function checkIdle({ depth, machine, owners, regions }: RealWorld): void {
  const wrong = [
    systemInternals(machine).reclaimer.inFlight !== 0 && "an access in flight",
    systemInternals(machine).transactions.depth !== depth &&
      `${systemInternals(machine).transactions.depth} transactions`,
    systemInternals(machine).transactions.committing && "a commit",
    owners.some((owner) => owner.engagedInIo) && "an engaged owner",
    regions.some((region) => internalsOf(region).entered !== 0) && "an entered region",
  ].filter((word) => word !== false);
  if (wrong.length > 0) throw new Violation(`left open: ${wrong.join(", ")}`);
}

/** Listeners know what shows, of spaces that they still watch. */
export function checkFollowers({ followers }: RealWorld): void {
  for (const follower of followers) {
    if (follower.registration?.active) follower.compare(follower.space.flatView);
  }
}
