/** fw_cfg: the firmware configuration interface. */
import { boardOf } from "../../device/context.js";
import { defineDevice } from "../../device/definition.js";
import { FwCfg } from "./fw-cfg.js";

export { E820_RAM, encodeE820 } from "./e820.js";
export { FwCfgError } from "./items.js";
export { FwCfgKey } from "./keys.js";
export { FwCfg };

/** QEMU's `fw_cfg_io`. */
export const fwCfgIo = defineDevice({
  name: "fw_cfg_io",
  bus: "System",
  category: "Misc",
  description: "what firmware is told of the machine",
  userCreatable: false,
  properties: {},
  ports: () => [
    { first: 0x510, count: 2 },
    { first: 0x514, count: 8 },
  ],
  create: (context) => new FwCfg(context, { memory: boardOf(context, "fw_cfg_io").memory }),
});
