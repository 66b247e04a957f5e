/** The PC: board, options, run loop. */
export { PcOptionsError } from "./errors.js";
export type { PcCpu } from "./processor/cpu.js";
export { type LogCategory, type PcOptions } from "./options/options.js";
export { PcMachine } from "./pc-machine.js";
export type { MachineEnd } from "./run-result.js";
