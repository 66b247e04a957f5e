/** Connections of a processor, and the check of them. */
import { MemError } from "@mem/qom";
import {
  aFunction,
  anyObject,
  checkOptions,
  type OptionKind,
  type OptionRefusal,
} from "@mem/qom/plumbing";
import { LocalApic } from "../apic/local-apic.js";
import type { CpuBus } from "../bus.js";
import { CpuModel } from "../model/cpu-model.js";
import type { Engine, EngineHost } from "../state/engine.js";
import type { StateStorage } from "../state/layout.js";

/**
 * Options of an {@link X86Cpu}: what it is wired to.
 * @see {@link X86Cpu}
 */
export interface X86CpuOptions {
  /** Physical memory. */
  memory: CpuBus;
  /** Physical memory while in system management mode; default: {@link memory}. */
  smmMemory?: CpuBus;
  /** I/O ports, 0..0xffff. */
  io: CpuBus;
  /** The vector of the interrupt being acknowledged (called once per delivery), or -1: there is none. */
  acknowledgeInterrupt(): number;
  /** The time stamp counter; default: instructions executed. */
  readTsc?(): bigint;
  /**
   * An x87 exception waits, and CR0.NE is clear: the board raises IRQ 13. Answers whether the
   * processor is to go on all the same (IGNNE#); otherwise it waits for the interrupt. Called at each
   * x87 instruction meanwhile; default: it goes on.
   */
  coprocessorError?(): boolean;
  /** The guest has dealt with the x87 exception that waited (FERR# falls); default: nobody is told. */
  coprocessorErrorEnded?(): void;
  /**
   * The guest executed PAUSE: it waits for what another processor does. Called before the instruction ends; a board
   * of several processors asks for a stop then. Default: PAUSE does nothing.
   */
  pause?(): void;
  /** Told what a guest did wrong and got away with. */
  onGuestError?(message: string): void;
  /** Model of the processor; default: `max`, all that there is. @see {@link CpuModel.parse} */
  model?: CpuModel;
  /** The local APIC, which the processor's registers show; default: there is none. It is not connected. */
  apic?: LocalApic;
  /** Memory for the registers, for a translator; default: memory of the processor's own. */
  storage?: StateStorage;
  /** Makes the translator; default: none, every instruction is interpreted. Called once. */
  engine?(host: EngineHost): Engine;
}

/**
 * A processor was to be made of what it cannot be made of, or a register set that it does not have;
 * nothing was made or set.
 * @see {@link X86Cpu}
 */
export class CpuOptionsError extends MemError {
  static override readonly name: string = "CpuOptionsError";
}

const A_BUS: OptionKind = {
  expects: "a bus, such as an AddressSpace",
  accepts: (value) =>
    typeof value === "object" &&
    value !== null &&
    ["lookup", "load", "store", "listen"].every((name) => name in value),
};

const A_MODEL: OptionKind = {
  expects: "a CpuModel, such as CpuModel.parse answers",
  accepts: (value) => value instanceof CpuModel,
};

const AN_APIC: OptionKind = {
  expects: "a LocalApic, as LocalApics.add answers",
  accepts: (value) => value instanceof LocalApic,
};

const OPTIONS = {
  call: "new X86Cpu",
  required: { memory: A_BUS, io: A_BUS, acknowledgeInterrupt: aFunction },
  optional: {
    smmMemory: A_BUS,
    readTsc: aFunction,
    coprocessorError: aFunction,
    coprocessorErrorEnded: aFunction,
    pause: aFunction,
    onGuestError: aFunction,
    model: A_MODEL,
    apic: AN_APIC,
    storage: anyObject,
    engine: aFunction,
  },
};

/**
 * Refuses wrong arguments.
 * @throws CpuOptionsError always
 */
export const refuseCpuArgument: OptionRefusal = (message, { rule }) => {
  throw new CpuOptionsError(message, { rule });
};

/** @throws CpuOptionsError for options that are missing, unknown or of the wrong kind */
export function checkCpuOptions(options: unknown): void {
  checkOptions(options, OPTIONS, refuseCpuArgument);
}
