/** The PC: board, options, run loop. */
export { PcOptionsError, type PcProblem } from "./errors.js";
export type { CpuWiring, CreateCpu, PcCpu } from "./cpu.js";
export { checkPcOptions, type LogCategory, type PcOptions } from "./options.js";
export { PcBoard } from "./pc-board.js";
export { PcMachine } from "./pc-machine.js";
export type { MachineEnd, StepResult } from "./run-result.js";
export type { PcDisk } from "./disks.js";
