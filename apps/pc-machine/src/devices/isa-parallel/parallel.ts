/** A parallel port, as printers are at: what is strobed out goes to the host. */
import { bytePortsRegion } from "../../device/windows/byte-ports.js";
import type { DeviceContext, IrqLine } from "../../device/context.js";
import { IsaDevice } from "../../device/isa-device.js";
import type { CharBackend } from "../../host/chardev.js";

/** Number of its ports. */
export const PARALLEL_PORTS = 8;
const Register = { DATA: 0, STATUS: 1, CONTROL: 2 } as const;
/** The printer's wires: low is active for those that are said to be so. */
const Status = {
  TIMEOUT: 0x01,
  NO_ERROR: 0x08,
  SELECTED: 0x10,
  NOT_ACKNOWLEDGED: 0x40,
  NOT_BUSY: 0x80,
} as const;
const IDLE = Status.NOT_BUSY | Status.NOT_ACKNOWLEDGED | Status.SELECTED | Status.NO_ERROR;
const Control = {
  STROBE: 0x01,
  NO_INIT: 0x04,
  SELECT: 0x08,
  INTERRUPT: 0x10,
  INPUT: 0x20,
} as const;
/** Bits that are not there. */
const CONTROL_ONES = 0xc0;

/** QEMU's `isa-parallel`. */
export class Parallel extends IsaDevice {
  readonly #irq: IrqLine;
  readonly #backend: CharBackend;
  #data = 0xff;
  #status = IDLE | Status.TIMEOUT;
  #control = 0;
  #pending = false;

  /**
   * @param options.iobase  its first port
   * @param options.backend the printer
   */
  constructor(
    context: DeviceContext,
    options: { iobase: number; irq: IrqLine; backend: CharBackend },
  ) {
    super(context, "isa-parallel");
    this.#irq = options.irq;
    this.#backend = options.backend;
    const ports = {
      size: PARALLEL_PORTS,
      read: (offset: number) => this.#read(offset),
      write: (offset: number, value: number) => this.#write(offset, value),
    };
    const region = bytePortsRegion(context.machine, "parallel", ports, this.object);
    this.mapPorts(options.iobase, region);
  }

  override reset(): void {
    this.#data = 0xff;
    this.#status = IDLE | Status.TIMEOUT;
    this.#control = Control.SELECT | Control.NO_INIT | CONTROL_ONES;
    this.#setPending(false);
  }

  #setPending(pending: boolean): void {
    this.#pending = pending;
    this.#irq.set(pending);
  }

  #read(offset: number): number {
    switch (offset) {
      case Register.DATA:
        // Nobody drives the wires when the port listens.
        return (this.#control & Control.INPUT) !== 0 ? 0xff : this.#data;
      case Register.STATUS:
        return this.#readStatus();
      case Register.CONTROL:
        return this.#control;
      default:
        return 0xff;
    }
  }

  /** The printer takes a byte in the time between two reads: busy, then acknowledged, then ready. */
  #readStatus(): number {
    const status = this.#status;
    this.#pending = false;
    if ((status & Status.NOT_BUSY) === 0 && (this.#control & Control.STROBE) === 0) {
      if ((status & Status.NOT_ACKNOWLEDGED) !== 0) this.#status &= ~Status.NOT_ACKNOWLEDGED;
      else this.#status |= Status.NOT_ACKNOWLEDGED | Status.NOT_BUSY;
    }
    this.#setPending(this.#pending);
    return status;
  }

  #write(offset: number, value: number): void {
    if (offset === Register.DATA) {
      this.#data = value;
    } else if (offset === Register.CONTROL) {
      this.#setControl(value | CONTROL_ONES);
    }
  }

  #setControl(value: number): void {
    if ((value & Control.NO_INIT) === 0) {
      this.#status = IDLE;
    } else if ((value & Control.SELECT) !== 0) {
      if ((value & Control.STROBE) !== 0) {
        this.#status &= ~Status.NOT_BUSY;
        if ((this.#control & Control.STROBE) === 0) this.#backend.write(this.#data);
      } else if ((value & Control.INTERRUPT) !== 0) {
        this.#pending = true;
      }
    }
    this.#control = value;
    this.#setPending(this.#pending);
  }
}
