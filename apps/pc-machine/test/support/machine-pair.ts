/** QEMU and this machine side by side: the same guest in both, and every difference as text. */
import { mtree } from "@mem/flat";

import type { PcOptions } from "../../src/board/options/options.js";
import type { Rig } from "./board-rig.js";
import {
  configIndex,
  formatAccess,
  formatStep,
  memoryRead,
  portRead,
  portWrite,
} from "./guest-access.js";
import type { Access, Step } from "./guest-access.js";
import {
  absentRanges,
  differences,
  type FlatViews,
  flatViews,
  formatRange,
  type MapRange,
  treeBlocks,
  without,
} from "./map-text.js";
import { type PairOptions, pcOptions, qemuArguments } from "./pair-options.js";
import { QemuProcess } from "./qemu-process.js";
import { SteppedRig } from "./stepped-rig.js";

const FUNCTIONS = [0x00, 0x08, 0x09, 0x0a, 0x0b, 0x10, 0x18];
const CONFIG_BYTES = 0x100;
const INDEX_PORT = 0xcf8;
/** Regions whose contents differ on purpose: each machine has a monitor of its own. */
const NOT_COMPARED: ReadonlySet<string> = new Set(["edid"]);

/** Both machines. */
export class MachinePair {
  readonly qemu: QemuProcess;
  readonly ours: SteppedRig;

  private constructor(qemu: QemuProcess, options: Partial<PcOptions>) {
    this.qemu = qemu;
    this.ours = new SteppedRig(options);
  }

  /** Our machine and short ways to its ports and memory. */
  get rig(): Rig {
    return this.ours.rig;
  }

  static async start(options: PairOptions = {}): Promise<MachinePair> {
    return new MachinePair(await QemuProcess.start(qemuArguments(options)), pcOptions(options));
  }

  /** Do a step in both. @returns what was read differently, empty when nothing was */
  async run(step: Step): Promise<string[]> {
    const differ = await this.#access(step.accesses);
    this.ours.settle(step);
    if (step.resetButton === true) {
      await this.qemu.monitor("system_reset");
    }
    await this.qemu.reset(this.ours.resets);
    return differ;
  }

  /** Compare the maps, the configuration spaces, and what memory holds. */
  async compare(): Promise<string[]> {
    const found: string[] = [];
    const qemu = blocksOf(await this.qemu.monitor("info mtree -f"));
    const ours = mtree(this.rig.pc.machine, { flatview: true });
    const views = flatViews(qemu);
    found.push(...compareViews(views, flatViews(ours)));
    found.push(
      ...compareTrees(
        blocksOf(await this.qemu.monitor("info mtree -o -D")),
        mtree(this.rig.pc.machine, { disabled: true, owner: true }),
      ),
    );
    if (this.qemu.resets !== this.ours.resets) {
      found.push(`resets: QEMU ${this.qemu.resets}, ours ${this.ours.resets}`);
    }
    found.push(...(await this.#compareConfig()));
    found.push(...(await this.#access(samples(views.ranges.get("cpu-memory-0") ?? []))));
    return found;
  }

  close(): void {
    this.qemu.close();
    this.rig.pc.dispose();
  }

  async #access(accesses: readonly Access[]): Promise<string[]> {
    const qemu = await this.qemu.access(accesses);
    return accesses.flatMap((access, index) => {
      const ours = this.ours.access(access);
      const expected = qemu[index] ?? 0;
      return ours === expected || this.#differsOnPurpose(access)
        ? []
        : [`${formatAccess(access)}: QEMU 0x${expected.toString(16)}, ours 0x${ours.toString(16)}`];
    });
  }

  #differsOnPurpose({ space, address }: Access): boolean {
    return space === "memory" && NOT_COMPARED.has(this.rig.pc.memory.lookup(address).region.name);
  }

  async #compareConfig(): Promise<string[]> {
    const readIndex = [portRead(INDEX_PORT, 4)];
    const found = await this.#access(readIndex);
    const [index = 0] = await this.qemu.access(readIndex);
    const accesses = FUNCTIONS.flatMap((devfn) => {
      const list: Access[] = [];
      for (let offset = 0; offset < CONFIG_BYTES; offset += 4) {
        list.push(configIndex(devfn, offset), portRead(0xcfc, 4));
      }
      return list;
    });
    const qemu = await this.qemu.access(accesses);
    for (const [at, access] of accesses.entries()) {
      const ours = this.ours.access(access);
      const expected = qemu[at] ?? 0;
      if (ours !== expected) {
        const register = (accesses[at - 1]?.write ?? 0) & 0xffff;
        const place = `${register >> 11}.${(register >> 8) & 7} register 0x${(register & 0xff).toString(16)}`;
        found.push(`${place}: QEMU 0x${expected.toString(16)}, ours 0x${ours.toString(16)}`);
      }
    }
    const restore = [portWrite(INDEX_PORT, 4, index)];
    return [...found, ...(await this.#access(restore))];
  }
}

/** A difference: after which step, and what differs. */
export interface Divergence {
  readonly steps: readonly Step[];
  readonly lines: readonly string[];
}

/**
 * Run `steps` in a fresh pair, comparing after every `every` steps and at the end.
 * `agreed` is told after each comparison that found nothing.
 */
export async function findDivergence(
  steps: readonly Step[],
  options: PairOptions & { every?: number; agreed?: (ours: SteppedRig) => void } = {},
): Promise<Divergence | null> {
  const { every = 1, agreed } = options;
  const pair = await MachinePair.start(options);
  try {
    for (const [index, step] of steps.entries()) {
      const lines = await pair.run(step);
      const due = (index + 1) % every === 0 || index + 1 === steps.length;
      if (lines.length === 0 && due) {
        lines.push(...(await pair.compare()));
      }
      if (lines.length > 0) {
        return { steps: steps.slice(0, index + 1), lines };
      }
      if (due) {
        agreed?.(pair.ours);
      }
    }
    return null;
  } finally {
    pair.close();
  }
}

/** Leave out of a diverging run what it does not need to diverge. */
export async function shrink(found: Divergence, options: PairOptions = {}): Promise<Divergence> {
  let best = found;
  for (let chunk = Math.ceil(best.steps.length / 2); chunk >= 1; chunk = Math.floor(chunk / 2)) {
    for (let from = best.steps.length - chunk; from >= 0; from -= chunk) {
      const fewer = [...best.steps.slice(0, from), ...best.steps.slice(from + chunk)];
      const still = await findDivergence(fewer, { ...options, every: fewer.length });
      best = still ?? best;
    }
  }
  return best;
}

/** The run, and what it led to, for people. */
export function formatDivergence({ steps, lines }: Divergence): string {
  return [...steps.map((step) => `  ${formatStep(step)}`), "differs:", ...lines].join("\n");
}

/** The blocks of a monitor's text: what is between empty lines. */
export function blocksOf(text: string): string[] {
  return text.split(/\n\n+/);
}

/** Lines that tell where two flat views differ; what one board does without is left out. */
export function compareViews(qemu: FlatViews, ours: FlatViews): string[] {
  const found = differences(qemu.groups, ours.groups);
  for (const [space, ranges] of qemu.ranges) {
    const holes = absentRanges(ranges);
    const lines = differences(
      without(ranges, holes).map(formatRange),
      without(ours.ranges.get(space) ?? [], holes).map(formatRange),
    );
    if (lines.length > 0) {
      found.push(`flat view of ${space}:`, ...lines);
    }
  }
  return found;
}

function compareTrees(qemuTexts: readonly string[], oursTexts: readonly string[]): string[] {
  const qemu = treeBlocks(qemuTexts);
  const ours = treeBlocks(oursTexts);
  const found = differences([...qemu.keys()].sort(), [...ours.keys()].sort());
  for (const [title, lines] of qemu) {
    const differ = differences(lines, ours.get(title) ?? []);
    if (differ.length > 0) {
      found.push(`tree ${title}:`, ...differ);
    }
  }
  return found;
}

/** Reads at the ends and in the middle of each range, and in the holes between them. */
function samples(ranges: readonly MapRange[]): Access[] {
  const accesses: Access[] = [];
  let hole = 0n;
  const absent = new Set(absentRanges(ranges));
  const word = (address: bigint): void => {
    accesses.push(memoryRead(Number(address), 4));
  };
  for (const range of ranges) {
    if (range.first >= hole + 8n) {
      word(hole);
      word(range.first - 4n);
    }
    hole = range.last + 1n;
    if (!absent.has(range) && range.last - range.first >= 3n) {
      word(range.first);
      word(((range.first + range.last) / 2n) & ~3n);
      word(range.last - 3n);
    }
  }
  return accesses;
}
