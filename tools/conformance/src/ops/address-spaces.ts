import { mtree } from "@mem/flat";
import { bit, hex } from "../format-number.js";
import type { Harness } from "../harness.js";
import type { OpFields } from "../op-fields.js";
import type { Json } from "../script.js";
import { silent, type OpTable } from "./handler.js";

/** The "Address spaces" table. */
export const addressSpaceOps: OpTable = {
  as_init: silent((harness, op) => {
    const options = op.has("max_bounce") ? { maxBounceBufferSize: op.integer("max_bounce") } : {};
    const root = harness.regions.get(op.text("root"));
    const space = harness.machine.addressSpace(root, op.text("name", op.text("id")), options);
    harness.addSpace(op.text("id"), space);
  }),
  as_destroy: silent((harness, op) => {
    harness.spaces.take(op.text("as")).destroy();
  }),
  as_remove_listeners: silent((harness, op) => {
    harness.spaces.get(op.text("as")).removeListeners();
  }),
  flatview: (harness, op) => flatview(harness, op),
  same_view: (harness, op) =>
    harness.spaces.get(op.text("a")).flatView === harness.spaces.get(op.text("b")).flatView,
  mtree: (harness, op) =>
    mtree(harness.machine, {
      flatview: op.flag("flatview"),
      // `dispatch` is left out: how look-ups are organised is nobody else's business, and not compared.
      owner: op.flag("owner"),
      disabled: op.flag("disabled"),
    }).toSorted(bytewise),
};

function flatview(harness: Harness, op: OpFields): Json {
  const view = harness.spaces.get(op.text("as")).flatView;
  return {
    root: view.root === null ? null : harness.regionId(view.root),
    ranges: [...view.ranges()].map((range) => ({
      addr: hex(range.start),
      size: hex(range.size),
      mr: harness.regionId(range.region),
      off: hex(range.offset),
      romd: bit(range.romd),
      ro: bit(range.readonly),
      nv: bit(range.nonvolatile),
      um: bit(range.unmergeable),
      dirty: range.dirtyMask,
    })),
  };
}

/** The order of the blocks of `mtree`: by their UTF-8 bytes. */
function bytewise(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
