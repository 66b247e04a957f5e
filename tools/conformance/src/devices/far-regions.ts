import { OpFields } from "../op-fields.js";
import type { ScriptOp } from "../script.js";

/** Offsets up to here get callbacks with `number` offsets; beyond, with `bigint` ones. */
const NEAR_LIMIT = 1n << 32n;

/**
 * The ids of the regions that a script may reach at large offsets: big ones, ones that grow, and
 * the targets of aliases with large offsets. Their callbacks must take `bigint` offsets, which has
 * to be known when they are created; the others exercise the callbacks with `number` offsets.
 */
export function farRegions(ops: readonly ScriptOp[]): ReadonlySet<string> {
  const far = new Set<string>();
  const targets = new Map<string, string>();
  for (const record of ops) {
    const op = new OpFields(record);
    const id = typeof record["id"] === "string" ? record["id"] : record["mr"];
    if (typeof id !== "string") continue;
    if (typeof record["target"] === "string" && op.op === "alias")
      targets.set(id, record["target"]);
    if (reach(op) > NEAR_LIMIT) far.add(id);
  }
  for (const id of far) {
    // What is added to a set while it is walked is walked as well: chains of aliases are followed.
    const target = targets.get(id);
    if (target !== undefined) far.add(target);
  }
  return far;
}

/** The largest offset that the operation lets its region be reached at. */
function reach(op: OpFields): bigint {
  switch (op.op) {
    case "io":
    case "rom_device":
    case "set_size":
      return op.size("size");
    case "alias":
    case "set_alias_offset":
      return op.address("offset", 0n);
    case "dispatch_read":
    case "dispatch_write":
    case "mr_access_valid":
      return op.address("addr");
    default:
      return 0n;
  }
}
