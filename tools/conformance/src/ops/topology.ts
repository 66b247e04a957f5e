import { MemoryModelError } from "@mem/core";
import { pageAlign } from "@mem/core/plumbing";
import { hex, querySize } from "../format-number.js";
import type { Harness } from "../harness.js";
import type { OpFields } from "../op-fields.js";
import type { Json } from "../script.js";
import { silent, type OpTable } from "./handler.js";

const region = (harness: Harness, op: OpFields) => harness.regions.get(op.text("mr"));

/** The "Topology" table: the region graph, the flags of its regions, transactions. */
export const topologyOps: OpTable = {
  add: silent((harness, op) => {
    region(harness, op).addSubregion(op.address("offset"), harness.regions.get(op.text("sub")));
  }),
  add_overlap: silent((harness, op) => {
    const sub = harness.regions.get(op.text("sub"));
    const priority = op.integer("priority", 0);
    region(harness, op).addSubregion(op.address("offset"), sub, { priority });
  }),
  del: silent((harness, op) => {
    region(harness, op).removeSubregion(harness.regions.get(op.text("sub")));
  }),
  set_enabled: silent((harness, op) => {
    region(harness, op).enabled = op.flag("on");
  }),
  set_address: silent((harness, op) => {
    region(harness, op).addr = op.address("addr");
  }),
  set_size: silent((harness, op) => {
    region(harness, op).size = op.size("size");
  }),
  set_alias_offset: silent((harness, op) => {
    region(harness, op).aliasOffset = op.address("offset");
  }),
  set_readonly: silent((harness, op) => {
    region(harness, op).readonly = op.flag("on");
  }),
  set_nonvolatile: silent((harness, op) => {
    region(harness, op).nonvolatile = op.flag("on");
  }),
  set_unmergeable: silent((harness, op) => {
    region(harness, op).unmergeable = op.flag("on");
  }),
  set_romd: silent((harness, op) => {
    region(harness, op).romd = op.flag("on");
  }),
  enable_lockless_io: silent((harness, op) => {
    region(harness, op).enableLocklessIo();
  }),
  reentrancy_guard: silent((harness, op) => {
    region(harness, op).reentrancyGuardDisabled = op.flag("off");
  }),
  ram_resize: (harness, op) => ramResize(harness, op),
  begin: silent((harness) => {
    harness.machine.begin();
  }),
  commit: silent((harness) => {
    harness.machine.commit();
  }),
};

function ramResize(harness: Harness, op: OpFields): Json {
  const resized = region(harness, op);
  const size = op.address("size");
  if (isRefusedAsTooLarge(() => resized.ramResize(size))) {
    const block = resized.ramBlock;
    const most = hex(block?.maxLength ?? 0);
    // QEMU's words for it.
    const text = `${block?.name ?? ""}: ${hex(pageAlign(Number(size)))} > ${most}`;
    return { error: `Size too large: ${text}: Invalid argument` };
  }
  const used = resized.ramBlock?.usedLength ?? 0;
  return { size: querySize(resized.size), used: hex(used) };
}

function isRefusedAsTooLarge(resize: () => void): boolean {
  try {
    resize();
    return false;
  } catch (error) {
    if (error instanceof MemoryModelError && error.rule === "ram-max-size") {
      return true;
    }
    throw error;
  }
}
