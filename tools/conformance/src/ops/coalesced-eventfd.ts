import {
  addCoalescing,
  addEventfd,
  clearCoalescing,
  clearFlushCoalesced,
  delEventfd,
  setCoalescing,
  setFlushCoalesced,
} from "@mem/core";
import type { Harness } from "../harness.js";
import type { OpFields } from "../op-fields.js";
import { silent, type OpTable } from "./handler.js";

const region = (harness: Harness, op: OpFields) => harness.regions.get(op.text("mr"));

/** The "Coalesced MMIO, ioeventfd" section. */
export const coalescedEventfdOps: OpTable = {
  coalesce_set: silent((harness, op) => {
    setCoalescing(region(harness, op));
  }),
  coalesce_add: silent((harness, op) => {
    addCoalescing(region(harness, op), op.address("offset"), op.address("size"));
  }),
  coalesce_clear: silent((harness, op) => {
    clearCoalescing(region(harness, op));
  }),
  flush_set: silent((harness, op) => {
    setFlushCoalesced(region(harness, op));
  }),
  flush_clear: silent((harness, op) => {
    clearFlushCoalesced(region(harness, op));
  }),
  eventfd_new: silent((harness, op) => {
    harness.addEventfd(op.text("id"), harness.machine.eventNotifier(op.text("id")));
  }),
  eventfd_add: silent((harness, op) => {
    addEventfd(region(harness, op), eventfd(harness, op));
  }),
  eventfd_del: silent((harness, op) => {
    delEventfd(region(harness, op), eventfd(harness, op));
  }),
};

function eventfd(harness: Harness, op: OpFields) {
  return {
    addr: op.address("addr"),
    size: op.integer("size", 0),
    matchData: op.flag("match"),
    data: op.address("data", 0n),
    allowUnreachable: true,
    notifier: harness.eventfds.get(op.text("e")),
  };
}
