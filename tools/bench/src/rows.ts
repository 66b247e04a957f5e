import { allocationRows } from "./allocation.js";
import { buildRows } from "./build.js";
import { bulkRows } from "./bulk.js";
import { memoryRows } from "./memory.js";
import { mixedRows } from "./mixed.js";
import { mmioRows } from "./mmio.js";
import { quadRows } from "./quads.js";
import { ramRows } from "./ram.js";
import { lazy, type Row } from "./row.js";
import { smallRows } from "./small.js";
import { topologyRows } from "./topology.js";
import { traceRows } from "./trace.js";
import { Walk } from "./walk.js";

/** Every row, in the order of the table. What they measure is made when they are measured. */
export function allRows(): Row[] {
  const walk = lazy(() => new Walk());
  return [
    ...ramRows(walk),
    ...smallRows(walk),
    ...quadRows(walk),
    ...mmioRows(walk),
    ...bulkRows(walk),
    ...allocationRows(walk),
    ...traceRows(walk),
    ...mixedRows(walk),
    // Before the large maps that stay: garbage collections would have to go through them.
    ...memoryRows(),
    ...buildRows(),
    ...topologyRows(),
  ];
}

/**
 * The rows that a name on the command line means: the row of that name and those below it (`mmio`
 * and `mmio.store`), or else every row that begins with it.
 */
export function rowsNamed(rows: readonly Row[], name: string): Row[] {
  const exact = rows.filter((row) => row.name === name || row.name.startsWith(`${name}.`));
  return exact.length > 0 ? exact : rows.filter((row) => row.name.startsWith(name));
}
