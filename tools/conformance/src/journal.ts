import type { MemoryRegion } from "@mem/core";
import type { AddressSpace, Machine } from "@mem/flat";
import type { OpFields } from "./op-fields.js";
import type { LogEntry } from "./script.js";

/** What the scripted devices ask of the harness that they are part of. */
export interface Journal {
  readonly machine: Machine;
  /** Ids of the regions whose callbacks need `bigint` offsets. */
  readonly farRegions: ReadonlySet<string>;
  readonly spaces: { get(id: string): AddressSpace };
  /** Appends to the log of the running operation. */
  record(entry: LogEntry): void;
  /** The id of what the script knows, null for what it does not. */
  idOf(thing: object | null): string | null;
  /** The id of a region as results name it. */
  regionId(region: MemoryRegion): string;
  /** Runs an operation inside an MMIO callback of region `mr`, unless too many are open. */
  runHook(mr: string, op: OpFields, maxDepth: number): void;
}
