/** Brings the texts of `info mtree` of QEMU and of this machine into a form that can be compared. */

/** Regions of QEMU's board that this one does without. */
const ABSENT_NAMES = "kvmvapic-rom";
const ABSENT_LINE = new RegExp(`: (${ABSENT_NAMES})( owner.*)?$|: alias kvmvapic-rom `);
const ABSENT_RANGE = new RegExp(`^(${ABSENT_NAMES})$`);

/** Whether a line of a tree shows a region that this board does without. */
export function isAbsent(line: string): boolean {
  return ABSENT_LINE.test(line);
}

/** Title to the lines below it. Address spaces that share a root share a block: once for each. */
export function treeBlocks(texts: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const text of texts) {
    const lines = text.split("\n").filter((line) => line !== "");
    const titles = lines.filter((line) => !/^\s|DETECTED/.test(line));
    const body = lines.filter((line) => !titles.includes(line) && !isAbsent(line));
    for (const title of titles) {
      found.set(title, body);
    }
  }
  return found;
}

/** A range of a flat view. */
export interface MapRange {
  readonly first: bigint;
  readonly last: bigint;
  /** Priority and kind, as printed. */
  readonly kind: string;
  readonly name: string;
  readonly offset: bigint;
}

/** What `info mtree -f` shows: who shares which view, and each address space's ranges. */
export interface FlatViews {
  /** Address spaces that share a view, with the view's root. */
  readonly groups: readonly string[];
  readonly ranges: ReadonlyMap<string, readonly MapRange[]>;
}

const RANGE = /^ {2}([0-9a-f]{16})-([0-9a-f]{16}) \((.*?)\): (.*?)(?: @([0-9a-f]{16}))?$/;

/** Read the text of `info mtree -f`. */
export function flatViews(texts: readonly string[]): FlatViews {
  const groups: string[] = [];
  const ranges = new Map<string, MapRange[]>();
  for (const text of texts) {
    const lines = text.split("\n");
    const spaces = lines.filter((line) => line.startsWith(' AS "')).sort();
    if (spaces.length === 0) {
      continue;
    }
    const root = lines.find((line) => line.startsWith(" Root")) ?? "no root";
    groups.push([...spaces, root].join("\n"));
    const found = lines.flatMap((line) => {
      const [, first, last, kind = "", name = "", offset = "0"] = RANGE.exec(line) ?? [];
      return first === undefined || last === undefined
        ? []
        : [{ first: hex(first), last: hex(last), kind, name, offset: hex(offset) }];
    });
    for (const space of spaces) {
      ranges.set(/"(.*?)"/.exec(space)?.[1] ?? space, found);
    }
  }
  return { groups: groups.sort(), ranges };
}

/** The ranges that belong to regions this board does without. */
export function absentRanges(ranges: readonly MapRange[]): MapRange[] {
  return ranges.filter(({ name }) => ABSENT_RANGE.test(name));
}

/** `ranges` without the addresses of `holes`. */
export function without(ranges: readonly MapRange[], holes: readonly MapRange[]): MapRange[] {
  return holes.reduce<MapRange[]>(
    (left, hole) =>
      left.flatMap((range) => {
        if (range.last < hole.first || range.first > hole.last) {
          return [range];
        }
        const parts: MapRange[] = [];
        if (range.first < hole.first) {
          parts.push({ ...range, last: hole.first - 1n });
        }
        if (range.last > hole.last) {
          const first = hole.last + 1n;
          parts.push({ ...range, first, offset: range.offset + first - range.first });
        }
        return parts;
      }),
    [...ranges],
  );
}

/** The range as `info mtree -f` prints it. */
export function formatRange({ first, last, kind, name, offset }: MapRange): string {
  const within = offset === 0n ? "" : ` @${digits(offset)}`;
  return `  ${digits(first)}-${digits(last)} (${kind}): ${name}${within}`;
}

/** Lines that only one side has, marked; empty when the lists are the same. */
export function differences(qemu: readonly string[], ours: readonly string[]): string[] {
  if (qemu.join("\n") === ours.join("\n")) {
    return [];
  }
  const onlyQemu = qemu.filter((line) => !ours.includes(line)).map((line) => `QEMU ${line}`);
  const onlyOurs = ours.filter((line) => !qemu.includes(line)).map((line) => `ours ${line}`);
  const lines = [...onlyQemu, ...onlyOurs];
  return lines.length > 0
    ? lines
    : [
        "the order differs",
        ...qemu.map((line) => `QEMU ${line}`),
        ...ours.map((line) => `ours ${line}`),
      ];
}

function hex(text: string): bigint {
  return BigInt(`0x${text}`);
}

function digits(value: bigint): string {
  return value.toString(16).padStart(16, "0");
}
