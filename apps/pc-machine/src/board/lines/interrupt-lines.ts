/**
 * The way of interrupt requests to the controllers: each goes to the pair of 8259 and to the I/O
 * APIC.
 */
import { UNCONNECTED_LINE, type IrqLine } from "../../device/context.js";
import type { Hpet } from "../../devices/hpet/index.js";
import type { InterruptController } from "../../devices/i8259/index.js";
import type { IoApic } from "../../devices/ioapic/index.js";
import { PcError } from "../../pc-error.js";

const PIC_LINES = 16;
const ALL_LINES = 24;
/** The PIT and the clock: an HPET may take their places. */
const GATED: readonly number[] = [0, 8];

/** Controllers that interrupts are delivered to. */
export interface InterruptControllers {
  readonly pic: InterruptController;
  readonly ioApic: IoApic;
  /** `null` on a board without one. */
  hpet: Hpet | null;
}

/** QEMU's global system interrupts of a `pc`. */
export class InterruptLines {
  #controllers: InterruptControllers | null = null;

  /** The controllers are there. Wires that were handed out before lead to them from now on. */
  connect(controllers: InterruptControllers): void {
    this.#controllers = controllers;
  }

  /**
   * The wire for a device's interrupt request `n`, 0 to 15.
   * @throws PcError for another number, or before {@link connect}
   */
  irq(n: number): IrqLine {
    const hpet = GATED.includes(n) ? (this.#connected.hpet ?? null) : null;
    if (!Number.isInteger(n) || n < 0 || n >= PIC_LINES) {
      throw new PcError(`interrupt line ${n} does not exist: the PC has lines 0 to 15`, {
        rule: "irq-line",
      });
    }
    return hpet === null ? this.gsi(n) : hpet.gate(n);
  }

  /** The wire to both controllers, 0 to 23. Nothing is at others. */
  gsi(n: number): IrqLine {
    if (n >= ALL_LINES) return UNCONNECTED_LINE;
    const { pic, ioApic } = this.#connected;
    const line = n < PIC_LINES ? pic.line(n) : UNCONNECTED_LINE;
    return {
      set: (level) => {
        line.set(level);
        ioApic.setInput(n, level);
      },
    };
  }

  get #connected(): InterruptControllers {
    if (this.#controllers === null) {
      throw new PcError("the board has no interrupt controller yet", { rule: "interrupts-first" });
    }
    return this.#controllers;
  }
}
