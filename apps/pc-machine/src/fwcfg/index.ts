/** fw_cfg: the firmware configuration interface. */
export { E820_RAM, encodeE820 } from "./e820.js";
export { FW_CFG_PORT, FwCfg } from "./fw-cfg.js";
export { FwCfgError } from "./items.js";
export { FwCfgKey } from "./keys.js";
