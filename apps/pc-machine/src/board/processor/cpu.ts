/** The processor as the board sees it, so that another one can take the place of `@mem/x86`. */
import type { AddressSpace } from "@mem/flat";
import type { CodeBits, CpuDebugger, LocalApic } from "@mem/x86";

/** Processor as the board uses it. */
export interface PcCpu {
  /** Power-on state. */
  reset(): void;
  /** Run up to `maxInstructions`; returns how many ran. Returns early when halted or stopped. */
  run(maxInstructions: number): number;
  /** Waiting in HLT for an interrupt. */
  readonly halted: boolean;
  /** Stopped by a fault while delivering a double fault. */
  readonly shutdown: boolean;
  /** Instructions run since it was made; readable while it runs. */
  readonly instructionCount: number;
  /** The interrupt pin. */
  setIntr(level: boolean): void;
  /** Lets address bit 20 pass, or holds it at 0. */
  setA20(enabled: boolean): void;
  /** Leave {@link run} after the current instruction. */
  requestStop(): void;
  /** The non-maskable interrupt. */
  raiseNmi?(): void;
  /** Enter system management mode; absent where the processor has none. */
  raiseSmi?(): void;
  /** INIT; `waits`: for {@link startUp} afterwards. Absent where there is no local APIC. */
  init?(waits: boolean): void;
  /** A start-up message: begin at `vector` times 4096. */
  startUp?(vector: number): void;
  /** True if an interrupt can end a halt; default: by EFLAGS of {@link state}. */
  readonly canWake?: boolean;
  /** Registers; the board looks at EFLAGS only, to see whether a halted processor can wake. */
  state(): { readonly eflags: number };
  /** The text of `info registers`. */
  formatRegisters?(): string;
  /** Breakpoints and registers for a debugger on the host; absent where there are none. */
  readonly debugger?: CpuDebugger | undefined;
  /** The default size of the code segment, for a disassembler; absent where it is not known. */
  readonly codeBits?: CodeBits;
  /** Physical address of a linear one, `null` where nothing is mapped; without side effects. */
  translateDebug?(linear: number): number | null;
}

/** Connections that the board gives a processor. */
export interface CpuWiring {
  /** Memory as the processor sees it. */
  readonly memory: AddressSpace;
  /** Memory while in system management mode, with SMRAM on top. */
  readonly smmMemory: AddressSpace;
  /** I/O ports. */
  readonly io: AddressSpace;
  /** The processor's local APIC, which the board has connected; absent in a model without one. */
  readonly apic?: LocalApic;
  /** The acknowledge cycle: the vector to deliver, -1: none any more. */
  acknowledgeInterrupt(): number;
  /** An x87 exception waits while CR0.NE is clear: IRQ 13. Answers whether to go on all the same. */
  coprocessorError(): boolean;
  /** No x87 exception waits any more. */
  coprocessorErrorEnded(): void;
  /** The time stamp counter: virtual nanoseconds, a processor of 1 GHz. */
  readTsc(): bigint;
  /** The guest executed PAUSE; absent where there is one processor alone. */
  pause?(): void;
  /** The guest did something no processor defines. */
  onGuestError(message: string): void;
}

/** Makes the board's processor. */
export type CreateCpu = (wiring: CpuWiring) => PcCpu;
