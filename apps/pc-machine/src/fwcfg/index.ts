/** fw_cfg: the firmware configuration interface. */
export { FwCfgDmaControl } from "./dma.js";
export { E820_RAM, encodeE820, type E820Entry } from "./e820.js";
export { FW_CFG_PORT, FwCfg } from "./fw-cfg.js";
export { FwCfgError, FwCfgItems, type FwCfgItem } from "./items.js";
export { FwCfgFeature, FwCfgKey, FW_CFG_FILE_FIRST, FW_CFG_FILE_SLOTS } from "./keys.js";
