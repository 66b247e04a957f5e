/**
 * Context that every device is given when it is built: it knows nothing else of the machine around
 * it.
 */
import type { AddressSpace, Machine } from "@mem/flat";

import type { Clock } from "../host/clock.js";
import type { InputHandlers } from "../input/input-handlers.js";
import type { DmaChannelLine } from "./dma-channel.js";
import { PcError } from "../pc-error.js";

/** The categories a device may log under (QEMU's `-d guest_errors,unimp`). */
export type DeviceLogCategory = "guest_error" | "unimp";

/** The surroundings of a device. */
export interface DeviceContext {
  /** The memory system that the device creates its regions in. */
  readonly machine: Machine;
  /** Virtual time. */
  readonly clock: Clock;
  /** Report something the guest did wrong, or a register that is not modelled. */
  log(category: DeviceLogCategory, message: string): void;
  /**
   * The place where the device's object goes below `/machine`, such as `peripheral/net0`. By default it is
   * `unattached/device[*]`, where QEMU puts what the board itself creates.
   */
  readonly path?: string;
  /** The device's name, if it was given one. */
  readonly id?: string;
  /** The board that the device is plugged into; absent on a bench for a single device. */
  readonly board?: DeviceBoard;
}

/** Services of a board for the devices on it. */
export interface DeviceBoard {
  /**
   * The wire to interrupt request `n` of the interrupt controllers, 0 to 15.
   * @throws PcError for another number
   */
  irq(n: number): IrqLine;
  /** Memory as a device that is not on the PCI bus reaches it by DMA. */
  readonly memory: AddressSpace;
  /**
   * A channel of the DMA controllers: 0 to 3 move bytes, 5 to 7 words.
   * @throws PcError for another number
   */
  dma(n: number): DmaChannelLine;
  /** Keyboards and mice: what the user does with them. */
  readonly input: InputHandlers;
  /**
   * Registers of the processor whose instruction reaches the device now; `null` where none does, as
   * when a monitor reads a port, and with a processor that does not show them.
   */
  registers(): GuestRegisters | null;
  /** Ask for a reset of the machine, which happens after the guest's instruction. */
  requestReset(): void;
  /** Switch the machine off after the guest's instruction. */
  powerOff(): void;
  /** Put the machine to sleep with its memory kept (ACPI's S3) after the guest's instruction. */
  suspend(): void;
  /** Wake the machine, if it sleeps and the guest has allowed this to wake it. */
  wakeUp(reason: WakeReason): void;
  /**
   * End the machine after the guest's instruction, and the program around it with `status`, 0 to 255.
   */
  exit(status: number): void;
  /** Tell whoever runs the machine of something that is theirs to decide about. */
  report(event: GuestEvent): void;
}

/** A program of the guest has opened the port of a name, or closed it. */
export interface PortOpenEvent {
  readonly kind: "port";
  /** The port's name. */
  readonly id: string;
  /** True if it was opened. */
  readonly open: boolean;
}

/**
 * Events that whoever runs the machine decides about: the guest says that it has crashed (`panicked`), or that it
 * has and has loaded a kernel that looks why (`crash-loaded`); a watchdog was not fed (`watchdog`); or are told of:
 * the guest has given up memory, or has taken some back (`balloon`), or a program of it has opened or closed a port.
 */
export type GuestEvent = "panicked" | "crash-loaded" | "watchdog" | "balloon" | PortOpenEvent;

/**
 * Events that wake a machine from S3: the alarm of the real-time clock, if the guest has enabled it; or a key, the
 * power button, somebody outside (`other`).
 */
export type WakeReason = "rtc" | "other";

/** A register that a port may exchange something by. */
export type GuestRegister = "eax" | "ebx" | "ecx" | "edx" | "esi" | "edi";

/** Registers of a processor in the midst of an instruction that reaches a port. */
export interface GuestRegisters {
  /** The lower 32 bits, unsigned. */
  read(name: GuestRegister): number;
  /** Set the lower 32 bits; those above become 0. An instruction that reads a port sets EAX itself, later. */
  write(name: GuestRegister, value: number): void;
}

/** A wire that a device drives: an interrupt input of the PIC, the A20 gate, a reset line. */
export interface IrqLine {
  /** Drive the line high (`true`) or low. Setting the same level again changes nothing. */
  set(level: boolean): void;
}

/** A line that leads nowhere, for outputs the board leaves open. */
export const UNCONNECTED_LINE: IrqLine = Object.freeze({ set: (): void => undefined });

/** The board of `context`. @throws PcError on a bench, which has none */
export function boardOf(context: DeviceContext, device: string): DeviceBoard {
  if (context.board === undefined) {
    throw new PcError(`device "${device}" needs a board, and there is none`, {
      rule: "device-without-board",
    });
  }
  return context.board;
}
