/** The PC: board, options, run loop. */
export { PcOptionsError } from "./errors.js";
export type { PcCpu } from "./cpu.js";
export { type LogCategory, type PcOptions } from "./options.js";
export { PcMachine } from "./pc-machine.js";
export type { MachineEnd } from "./run-result.js";
