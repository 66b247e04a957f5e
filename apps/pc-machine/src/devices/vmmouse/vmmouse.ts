/**
 * VMware's mouse: it points at places, and tells them at the back door. The PS/2 mouse interrupts for it,
 * so that the guest looks.
 */
import type { DeviceObject } from "@mem/core";

import { boardOf, type DeviceContext, type GuestRegisters } from "../../device/context.js";
import { createDeviceObject } from "../../device/device-object.js";
import type { Device } from "../../device/device.js";
import type { InputHandlers, PointerHandler, PointerMove } from "../../input/input-handlers.js";
import type { VmPort } from "../vmport/index.js";

/** Questions at the back door. */
const Command = { DATA: 39, STATUS: 40, COMMAND: 41 } as const;

/** Values of EBX with {@link Command.COMMAND}; three of them are letters. */
const Order = {
  READ_ID: 0x4541_4552,
  DISABLE: 0x0000_00f5,
  RELATIVE: 0x4c45_5252,
  ABSOLUTE: 0x5342_4152,
} as const;

/** The answer to {@link Order.READ_ID}. */
const VERSION_ID = 0x3442_554a;
const STATUS_OFF = 0xffff;

/** Words that wait, at most; an event has four. */
const QUEUE_WORDS = 1024;
const EVENT_WORDS = 4;

/** Bits of an event's first word: buttons that are down. */
const Button = { MIDDLE: 0x08, RIGHT: 0x10, LEFT: 0x20 } as const;

/** The registers that take data, in their order. */
const DATA_REGISTERS = ["eax", "ebx", "ecx", "edx", "esi", "edi"] as const;

/** QEMU's `vmmouse`. */
export class VmMouse implements Device {
  readonly object: DeviceObject;
  readonly #input: InputHandlers;
  readonly #nudge: () => void;
  readonly #log: (message: string) => void;
  readonly #queue: number[] = [];
  #status: number = STATUS_OFF;
  #handler: PointerHandler | null = null;

  /**
   * @param options.port  where it is asked.
   * @param options.nudge makes the PS/2 mouse interrupt.
   */
  constructor(context: DeviceContext, options: { port: VmPort; nudge: () => void }) {
    this.object = createDeviceObject(context.machine, "vmmouse", context.path);
    this.#input = boardOf(context, "vmmouse").input;
    this.#nudge = options.nudge;
    this.#log = (message) => context.log("guest_error", message);
    const { port } = options;
    port.answer(Command.STATUS, () => (this.#status * 0x1_0000 + this.#queue.length) >>> 0);
    port.answer(Command.COMMAND, (registers) => {
      this.#order(registers.read("ebx"));
      return registers.read("eax");
    });
    port.answer(Command.DATA, (registers) => this.#give(registers));
  }

  /** Off, and nothing waits. */
  reset(): void {
    this.#queue.length = 0;
    this.#switchOff();
  }

  dispose(): void {
    this.#hand(null);
  }

  #switchOff(): void {
    this.#status = STATUS_OFF;
    this.#hand(null);
  }

  #order(order: number): void {
    switch (order) {
      case Order.READ_ID:
        if (this.#queue.length >= QUEUE_WORDS) return;
        this.#queue.push(VERSION_ID);
        this.#status = 0;
        break;
      case Order.DISABLE:
        this.#switchOff();
        break;
      case Order.RELATIVE:
      case Order.ABSOLUTE:
        this.#pointAt(order === Order.ABSOLUTE);
        break;
    }
  }

  /** As many words as EBX says; whoever asks for what there is not has lost its way, and has to begin anew. */
  #give(registers: GuestRegisters): number {
    const count = registers.read("ebx");
    if (count === 0 || count > DATA_REGISTERS.length || count > this.#queue.length) {
      this.#log(`vmmouse: driver requested too much data ${count}`);
      this.#switchOff();
      return registers.read("eax");
    }
    const [first = 0, ...rest] = this.#queue.splice(0, count);
    for (const [at, word] of rest.entries()) {
      registers.write(DATA_REGISTERS[at + 1] ?? "edi", word);
    }
    return first;
  }

  #pointAt(absolute: boolean): void {
    if (this.#handler?.absolute !== absolute) {
      this.#hand({
        kind: "pointer",
        name: "vmmouse",
        absolute,
        move: (movement) => this.#move(movement, absolute),
      });
    }
    if (this.#handler !== null) this.#input.activate(this.#handler);
  }

  #hand(handler: PointerHandler | null): void {
    if (this.#handler !== null) this.#input.remove(this.#handler);
    this.#handler = handler;
    if (handler !== null) this.#input.add(handler);
  }

  #move({ x, y, wheel, buttons }: PointerMove, absolute: boolean): void {
    if (this.#queue.length > QUEUE_WORDS - EVENT_WORDS) return;
    const pressed =
      ((buttons & 1) !== 0 ? Button.LEFT : 0) |
      ((buttons & 2) !== 0 ? Button.RIGHT : 0) |
      ((buttons & 4) !== 0 ? Button.MIDDLE : 0);
    // Places are told in 16 bits, movements as they are.
    const scale = absolute ? 2 : 1;
    this.#queue.push(pressed, ...[scale * x, scale * y, wheel].map((word) => word >>> 0));
    this.#nudge();
  }
}
