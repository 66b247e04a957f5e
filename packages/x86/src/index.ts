/// <reference lib="esnext.disposable" preserve="true" />
/** An x86 processor on top of an address space. */
export type { CpuBus, CpuRegion, CpuWindow } from "./bus.js";
export type { CpuState, SegmentState, TableState } from "./processor/register-state.js";
export { formatState } from "./processor/format-state.js";
export { X86Cpu } from "./processor/x86-cpu.js";
export type { X86CpuOptions } from "./processor/x86-cpu.js";
