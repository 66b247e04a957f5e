/** Nodes of memory (`-numa`): which parts of the RAM are near to which processors. */
import type { NumaNode } from "../../acpi/machine.js";
import type { PcProblem } from "../errors.js";
import { ABOVE_4G_BASE, type MemoryLayout } from "./memory-layout.js";

const MOST_NODES = 128;
/** Distances as ACPI has them: within a node, to another one unless told, the greatest, and no way. */
export const NumaDistance = { LOCAL: 10, REMOTE: 20, MOST: 254, UNREACHABLE: 255 } as const;
/** RAM that is not behind the display's window and firmware. */
const LOW_RAM_END = 0xa_0000;
const HIGH_RAM_START = 0x10_0000;

/** A node of a PC's. */
export interface PcNumaNode {
  /** Bytes of RAM in it. */
  readonly memory: number;
  /** Its processors, by number. */
  readonly cpus: readonly number[];
}

/** The nodes of a PC; node 0 has the first of the RAM. */
export interface PcNuma {
  /** Together they have all RAM, and each processor once. */
  readonly nodes: readonly PcNumaNode[];
  /** Distance from each node to each: 10 to itself, else 11 to 255. Default: firmware is told of none. */
  readonly distances?: readonly (readonly number[])[];
}

/** A mistake in the nodes of a machine, `null` where there is none. */
export function numaProblem(numa: PcNuma, ramSize: number, cpus: number): PcProblem | null {
  const problem = (message: string): PcProblem => ({ option: "numa", message });
  const { nodes, distances } = numa;
  if (nodes.length === 0 || nodes.length > MOST_NODES) {
    return problem(`${nodes.length} nodes: there can be 1 to ${MOST_NODES}`);
  }
  const total = nodes.reduce((sum, { memory }) => sum + memory, 0);
  if (total !== ramSize || nodes.some(({ memory }) => !(memory >= 0))) {
    return problem(`the nodes have ${total} bytes of RAM, but the machine has ${ramSize}`);
  }
  const seen = new Set<number>();
  for (const cpu of nodes.flatMap((node) => node.cpus)) {
    if (!Number.isInteger(cpu) || cpu < 0 || cpu >= cpus) {
      return problem(`there is no processor ${cpu}: there are 0 to ${cpus - 1}`);
    }
    if (seen.has(cpu)) return problem(`processor ${cpu} is in two nodes`);
    seen.add(cpu);
  }
  if (seen.size < cpus) return problem(`${cpus - seen.size} processor(s) are in no node`);
  if (distances === undefined) return null;
  const fits =
    distances.length === nodes.length &&
    distances.every(
      (row, from) =>
        row.length === nodes.length && row.every((value, to) => isDistance(value, from === to)),
    );
  return fits
    ? null
    : problem("a distance is 10 within a node, else 11 to 255, for every two nodes");
}

function isDistance(value: number, isLocal: boolean): boolean {
  return isLocal
    ? value === NumaDistance.LOCAL
    : Number.isInteger(value) && value > NumaDistance.LOCAL && value <= NumaDistance.UNREACHABLE;
}

/** The nodes by their places in memory: what is behind the display and firmware is in none. */
export function placeNodes({ nodes }: PcNuma, { below4g }: MemoryLayout): readonly NumaNode[] {
  let next = 0;
  return nodes.map(({ memory, cpus }) => {
    const start = next;
    const end = start + memory;
    next = end;
    const parts: readonly (readonly [from: number, to: number])[] = [
      [start, Math.min(end, LOW_RAM_END)],
      [Math.max(start, HIGH_RAM_START), Math.min(end, below4g)],
      [
        Math.max(start, below4g) - below4g + ABOVE_4G_BASE,
        Math.max(end, below4g) - below4g + ABOVE_4G_BASE,
      ],
    ];
    const ranges = parts.filter(([from, to]) => to > from);
    return { cpus, memory: ranges.map(([from, to]) => ({ address: from, length: to - from })) };
  });
}

/** The item of fw_cfg by which firmware learns of the nodes. */
export function numaItem(numa: PcNuma | null, cpus: number): Uint8Array {
  const nodes = numa?.nodes ?? [];
  const item = new DataView(new ArrayBuffer(8 * (1 + cpus + nodes.length)));
  item.setBigUint64(0, BigInt(nodes.length), true);
  for (const [index, node] of nodes.entries()) {
    for (const cpu of node.cpus) item.setBigUint64(8 * (1 + cpu), BigInt(index), true);
    item.setBigUint64(8 * (1 + cpus + index), BigInt(node.memory), true);
  }
  return new Uint8Array(item.buffer);
}
