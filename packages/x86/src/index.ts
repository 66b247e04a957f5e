/// <reference lib="esnext.disposable" preserve="true" />
/** An x86 processor on top of an address space. */
export type { CodeBlock, CodeMarks, CpuBus, CpuRegion, CpuWindow, StoreFlag } from "./bus.js";
export type { CodePage, Engine, EngineHost } from "./state/engine.js";
export {
  FAULTS,
  MODE_CODE32,
  MODE_FLAT_CS,
  MODE_FLAT_DS,
  MODE_FLAT_ES,
  MODE_FLAT_SS,
  MODE_FPU,
  MODE_IF,
  MODE_LONG,
  MODE_NONE,
  MODE_SSE,
  MODE_STACK32,
  MODE_USER,
  NOT_DIRECT,
} from "./state/engine.js";
export { isLockable } from "./decode/prefix.js";
export { UnknownKernelError } from "./kernels/unknown-kernel-error.js";
export { CpuModel, type FeatureWord } from "./model/cpu-model.js";
export { CpuModelError } from "./model/model-error.js";
export type { CpuFeature, FeatureRegister } from "./model/features.js";
export type { ModelDefinition } from "./model/models.js";
export type { StateStorage } from "./state/layout.js";
export type { NamedForm as X87Form } from "./operations/fpu/forms.js";
export { X87Table } from "./operations/fpu/translation.js";
export type { SseFeature, SseRow } from "./operations/sse/row.js";
export { SseTable } from "./operations/sse/translation.js";
export { STATE_BYTES, StateLayout } from "./state/layout.js";
export type { CpuState, SegmentState, TableState } from "./processor/register-state.js";
export type { LongCpuState } from "./processor/long-register-state.js";
export type { CpuDebugger } from "./debugger/cpu-debugger.js";
export type {
  BreakpointStop,
  DebuggedCpu,
  DebugStop,
  DebugWatchpoint,
  WatchpointStop,
} from "./debugger/cpu-debugger.js";
export { Disassembler } from "./disassembler/disassembler.js";
export type { DisassembledInstruction } from "./disassembler/disassembler.js";
export type { CodeBits } from "./disassembler/instruction.js";
export { formatState } from "./processor/format-state.js";
export { X86Cpu } from "./processor/x86-cpu.js";
export { CpuOptionsError, type X86CpuOptions } from "./processor/cpu-options.js";
export { DeliveryMode, DestinationMode, TriggerMode } from "./apic/delivery.js";
export type { ApicBus } from "./apic/apic-bus.js";
export type { ApicClock, ApicClockTimer } from "./apic/apic-timer.js";
export { LocalApic } from "./apic/local-apic.js";
export type { ApicProcessor, LocalApicOptions } from "./apic/local-apic.js";
export { LocalApics } from "./apic/local-apics.js";
