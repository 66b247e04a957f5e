import type { Harness } from "../harness.js";
import type { OpFields } from "../op-fields.js";
import type { Json } from "../script.js";
import { accessOps } from "./access.js";
import { addressSpaceOps } from "./address-spaces.js";
import { cacheOps } from "./caches.js";
import { coalescedEventfdOps } from "./coalesced-eventfd.js";
import { dirtyOps } from "./dirty.js";
import type { OpHandler } from "./handler.js";
import { iommuOps } from "./iommu.js";
import { listenerOps } from "./listeners.js";
import { mapOps } from "./maps.js";
import { objectOps } from "./objects.js";
import { queryOps } from "./queries.js";
import { ramDiscardOps } from "./ramdiscard.js";
import { regionOps } from "./regions.js";
import { topologyOps } from "./topology.js";

const HANDLERS: ReadonlyMap<string, OpHandler> = new Map(
  [
    objectOps,
    regionOps,
    topologyOps,
    addressSpaceOps,
    listenerOps,
    dirtyOps,
    coalescedEventfdOps,
    accessOps,
    mapOps,
    cacheOps,
    queryOps,
    iommuOps,
    ramDiscardOps,
    { nop: () => null },
  ].flatMap((table) => Object.entries<OpHandler>(table)),
);

/**
 * Executes one operation and returns its result.
 *
 * @throws {TypeError} when the language has no such operation.
 */
export function runOp(harness: Harness, op: OpFields): Json {
  const handler = HANDLERS.get(op.op);
  if (handler === undefined) throw new TypeError(`unknown operation "${op.op}"`);
  return handler(harness, op);
}
