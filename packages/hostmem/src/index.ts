/// <reference lib="esnext.disposable" preserve="true" />
/** Memory of a machine kept in files, for Node. */
export { fileRam, ramFile } from "./file-ram.js";
export type { FileRamOptions } from "./file-ram-options.js";
export { HostFileError, type HostFileErrorDetails } from "./host-file-error.js";
export { RamFile } from "./ram-file.js";
export type { RamFileStatistics } from "./ram-file-statistics.js";
