import { flushRomDevice, PAGE_SIZE, resetDirty, setDirty, snapshotAndClearDirty } from "@mem/flat";
import type { Harness } from "../harness.js";
import type { OpFields } from "../op-fields.js";
import type { Json } from "../script.js";
import { silent, type OpTable } from "./handler.js";

const region = (harness: Harness, op: OpFields) => harness.regions.get(op.text("mr"));
const client = (op: OpFields) => op.integer("client");

/** The "Dirty tracking" section. */
export const dirtyOps: OpTable = {
  global_start: (harness, op) => {
    const { ok, tracking, error } = harness.machine.dirtyLog.start(op.integer("flags"));
    return { ok, tracking, error };
  },
  global_stop: (harness, op) => {
    harness.machine.dirtyLog.stop(op.integer("flags"));
    return { tracking: harness.machine.dirtyLog.tracking };
  },
  global_sync: silent((harness, op) => {
    harness.machine.dirtyLog.sync(op.flag("last"));
  }),
  after_sync: silent((harness) => {
    harness.machine.dirtyLog.afterSync();
  }),
  vm: (harness, op) => {
    harness.machine.dirtyLog.vmRunning = op.flag("running");
    return { tracking: harness.machine.dirtyLog.tracking };
  },
  set_log: silent((harness, op) => {
    region(harness, op).setLog(op.flag("on"));
  }),
  log_mask: (harness, op) => logMask(region(harness, op).dirtyLogMask),
  set_dirty: silent((harness, op) => {
    setDirty(region(harness, op), op.address("addr"), op.address("size"));
  }),
  snapshot: silent((harness, op) => {
    const [addr, size] = [op.address("addr"), op.address("size")];
    const taken = snapshotAndClearDirty(region(harness, op), addr, size, client(op));
    harness.snapshots.add(op.text("id"), taken);
  }),
  snapshot_dirty: (harness, op) =>
    harness.snapshots.get(op.text("id")).isDirty(op.address("addr"), op.address("size")),
  reset_dirty: silent((harness, op) => {
    resetDirty(region(harness, op), op.address("addr"), op.address("size"), client(op));
  }),
  dirty_bits: (harness, op) => dirtyBits(harness, op),
  flush_rom_device: silent((harness, op) => {
    flushRomDevice(region(harness, op), op.address("addr"), op.address("size"));
  }),
};

function logMask(mask: number): Json {
  return { mask, vga: (mask & 1) !== 0, code: (mask & 2) !== 0, migration: (mask & 4) !== 0 };
}

function dirtyBits(harness: Harness, op: OpFields): Json {
  const block = region(harness, op).ramBlock;
  if (block === null) throw new TypeError(`region "${op.text("mr")}" has no RAM block`);
  const bitmap = block.dirtyBitmap(client(op));
  const pages = Math.ceil(block.usedLength / PAGE_SIZE);
  return Array.from({ length: pages }, (_, page) => (bitmap.get(page) ? "1" : "0")).join("");
}
