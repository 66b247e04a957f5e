/// <reference lib="esnext.disposable" preserve="true" />
/** An x86 processor on top of an address space. */
export type { CpuBus, CpuRegion, CpuWindow } from "./bus.js";
export type { CpuState, SegmentState, TableState } from "./state.js";
export { formatState } from "./format-state.js";
export { X86Cpu } from "./x86-cpu.js";
export type { X86CpuOptions } from "./x86-cpu.js";
