/** A watchdog. */
import { defineDevice } from "../../device/definition.js";
import { IB700_PORT, IB700_PORTS, Ib700 } from "./ib700.js";

export { Ib700 };

/** QEMU's `ib700`. */
export const ib700 = defineDevice({
  name: "ib700",
  bus: "ISA",
  category: "Misc",
  description: "watchdog of the IB700 boards",
  documentation:
    "A write of N (0 to 15) at port 0x443 gives the guest 30 - 2 N seconds, one at 0x441 as long as it likes. What becomes of a guest that is late, `-watchdog-action` says; QMP tells of it by WATCHDOG.",
  properties: {},
  ports: () => [{ first: IB700_PORT, count: IB700_PORTS }],
  single: "there can be one ib700",
  create: (context) => new Ib700(context),
});
