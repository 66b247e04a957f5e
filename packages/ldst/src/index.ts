/** Loads and stores of every width and byte order, and cached pieces of an address space. */
export { Bus } from "./bus.js";
export { loadBytes, storeBytes } from "./byte-order.js";
export { MemoryRegionCache } from "./memory-region-cache.js";
export { TxStatus } from "./tx-status.js";
export { WordAccess } from "./word-access.js";
