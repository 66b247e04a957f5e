/** Disk images: what a disk's sectors live in. */
export { BlockError, type BlockBackend } from "./block-backend.js";
export { MemoryImage } from "./memory-image.js";
