/**
 * The 16550A UART. Sending takes no time: a byte reaches the host when it is written. Bytes from
 * the host wait outside the chip while its FIFO is full, so none is lost.
 */
import type { MemoryRegion } from "@mem/core";
import type { QomObject } from "@mem/qom";

import type { CharBackend } from "../../host/chardev.js";
import type { Timer } from "../../host/clock.js";
import type { DeviceContext, IrqLine } from "../../device/context.js";
import { createDeviceObject } from "../../device/device-object.js";
import { BYTE_WIDE, type IoWindow } from "../../device/windows/io-window.js";

/** Interrupt enable register. */
const Ier = { RECEIVED: 0x01, SENT: 0x02, LINE: 0x04, MODEM: 0x08 } as const;
/** Interrupt identification register. */
const Iir = {
  NONE: 0x01,
  MODEM: 0x00,
  SENT: 0x02,
  RECEIVED: 0x04,
  LINE: 0x06,
  TIMEOUT: 0x0c,
  FIFOS: 0xc0,
} as const;
/** FIFO control register. */
const Fcr = { ENABLE: 0x01, CLEAR_RECEIVE: 0x02, CLEAR_SEND: 0x04, KEPT: 0xc9 } as const;
const LCR_DIVISOR = 0x80;
/** Modem control register. */
const Mcr = { DTR: 0x01, RTS: 0x02, OUT1: 0x04, OUT2: 0x08, LOOP: 0x10, ALL: 0x1f } as const;
/** Line status register. */
const Lsr = { READY: 0x01, OVERRUN: 0x02, ERRORS: 0x1e, THR_EMPTY: 0x20, IDLE: 0x40 } as const;
/** Modem status register: four levels, and four bits that tell a level's change. */
const Msr = { CTS: 0x10, DSR: 0x20, RI: 0x40, DCD: 0x80, DELTAS: 0x0f, RI_ENDED: 0x04 } as const;

/** Number of the first port. */
const COM1_PORT = 0x3f8;
const FIFO_DEPTH = 16;
const TRIGGER_LEVELS = [1, 4, 8, 14] as const;
const CRYSTAL_HZ = 1_843_200;
/** 9600 baud. */
const POWER_ON_DIVISOR = 12;
/** The receive FIFO asks for attention after so many silent character times. */
const TIMEOUT_CHARACTERS = 4;

/** QEMU's `isa-serial`. */
export class Serial {
  readonly object: QomObject;
  /** `serial`, 8 bytes. */
  readonly region: MemoryRegion;
  readonly windows: readonly IoWindow[];
  readonly #irq: IrqLine;
  readonly #backend: CharBackend;
  readonly #ctx: DeviceContext;
  readonly #timeout: Timer;
  /** Bytes that the guest can read. */
  readonly #fifo: number[] = [];
  /** Bytes that the host sent and the chip has no room for yet. */
  readonly #waiting: number[] = [];
  #divisor = POWER_ON_DIVISOR;
  #ier = 0;
  #fcr = 0;
  #lcr = 0;
  #mcr = 0;
  #lsr = 0;
  #msr = 0;
  #scratch = 0;
  #sentPending = false;
  #timedOut = false;
  #lastReceived = 0;

  /**
   * @param options.irq    IRQ 4 for the first port.
   * @param options.iobase the first I/O port; that of COM1 unless told.
   */
  constructor(
    ctx: DeviceContext,
    options: { irq: IrqLine; backend: CharBackend; iobase?: number },
  ) {
    this.#ctx = ctx;
    this.#irq = options.irq;
    this.#backend = options.backend;
    this.#timeout = ctx.clock.timer(() => {
      this.#timedOut = true;
      this.#update();
    });
    this.object = createDeviceObject(ctx.machine, "isa-serial", ctx.path);
    this.region = ctx.machine.mmio({
      name: "serial",
      size: 8,
      owner: this.object,
      impl: BYTE_WIDE,
      read: (offset) => this.#read(offset & 7),
      write: (offset, value) => this.#write(offset & 7, value),
    });
    this.windows = [{ port: options.iobase ?? COM1_PORT, region: this.region }];
    this.#powerOn();
    this.#backend.receive = (byte) => {
      this.#waiting.push(byte & 0xff);
      this.#take();
    };
  }

  /** Power-on values; what the host sent meanwhile stays to be read. */
  reset(): void {
    this.#timeout.cancel();
    this.#fifo.length = 0;
    this.#powerOn();
    this.#irq.set(false);
    this.#take();
  }

  #powerOn(): void {
    this.#divisor = POWER_ON_DIVISOR;
    this.#ier = 0;
    this.#fcr = 0;
    this.#lcr = 0;
    this.#mcr = Mcr.OUT2;
    this.#lsr = Lsr.THR_EMPTY | Lsr.IDLE;
    this.#msr = Msr.DCD | Msr.DSR | Msr.CTS;
    this.#scratch = 0;
    this.#sentPending = false;
    this.#timedOut = false;
  }

  get #fifosOn(): boolean {
    return (this.#fcr & Fcr.ENABLE) !== 0;
  }

  get #divisorAccess(): boolean {
    return (this.#lcr & LCR_DIVISOR) !== 0;
  }

  get #trigger(): number {
    return this.#fifosOn ? (TRIGGER_LEVELS[this.#fcr >> 6] ?? 1) : 1;
  }

  #read(offset: number): number {
    switch (offset) {
      case 0:
        return this.#divisorAccess ? this.#divisor & 0xff : this.#readReceived();
      case 1:
        return this.#divisorAccess ? this.#divisor >> 8 : this.#ier;
      case 2:
        return this.#readIdentification();
      case 3:
        return this.#lcr;
      case 4:
        return this.#mcr;
      case 5:
        return this.#readLineStatus();
      case 6:
        return this.#readModemStatus();
      default:
        return this.#scratch;
    }
  }

  #write(offset: number, value: number): void {
    switch (offset) {
      case 0:
        if (this.#divisorAccess) {
          this.#divisor = (this.#divisor & 0xff00) | value;
        } else {
          this.#send(value);
        }
        break;
      case 1:
        if (this.#divisorAccess) {
          this.#divisor = (this.#divisor & 0x00ff) | (value << 8);
        } else {
          this.#writeInterruptEnable(value & 0x0f);
        }
        break;
      case 2:
        this.#writeFifoControl(value);
        break;
      case 3:
        this.#lcr = value;
        break;
      case 4:
        this.#writeModemControl(value & Mcr.ALL);
        break;
      case 7:
        this.#scratch = value;
        break;
      default:
        // The status registers ignore writes (a factory test mode in the data sheet).
        break;
    }
  }

  #readReceived(): number {
    const byte = this.#fifo.shift();
    if (byte === undefined) {
      return this.#fifosOn ? 0 : this.#lastReceived;
    }
    this.#lastReceived = byte;
    this.#timedOut = false;
    this.#restartTimeout();
    this.#take();
    if (this.#fifo.length === 0) {
      this.#backend.accept?.();
    }
    return byte;
  }

  #readIdentification(): number {
    const source = this.#source();
    if (source === Iir.SENT) {
      this.#sentPending = false;
      this.#update();
    }
    return source | (this.#fifosOn ? Iir.FIFOS : 0);
  }

  #readLineStatus(): number {
    const status = this.#lsr | (this.#fifo.length > 0 ? Lsr.READY : 0);
    this.#lsr &= ~Lsr.ERRORS;
    this.#update();
    return status;
  }

  #readModemStatus(): number {
    if ((this.#mcr & Mcr.LOOP) !== 0) {
      const status = loopedModemLines(this.#mcr) | (this.#msr & Msr.DELTAS);
      this.#msr &= ~Msr.DELTAS;
      this.#update();
      return status;
    }
    const status = this.#msr;
    this.#msr &= ~Msr.DELTAS;
    this.#update();
    return status;
  }

  #send(value: number): void {
    // The register is full for no time at all; the interrupt still drops and rises.
    this.#sentPending = false;
    this.#update();
    if ((this.#mcr & Mcr.LOOP) !== 0) {
      this.#loopBack(value);
    } else {
      this.#backend.write(value);
    }
    this.#sentPending = true;
    this.#update();
  }

  #loopBack(value: number): void {
    const room = this.#fifosOn ? FIFO_DEPTH : 1;
    if (this.#fifo.length < room) {
      this.#receive(value);
      return;
    }
    this.#lsr |= Lsr.OVERRUN;
    if (!this.#fifosOn) {
      this.#fifo[0] = value;
    }
  }

  #writeInterruptEnable(value: number): void {
    const newlyEnabled = value & ~this.#ier;
    this.#ier = value;
    if ((newlyEnabled & Ier.SENT) !== 0) {
      this.#sentPending = true;
    } else if ((value & Ier.SENT) === 0) {
      this.#sentPending = false;
    }
    this.#update();
  }

  #writeFifoControl(value: number): void {
    const toggled = ((value ^ this.#fcr) & Fcr.ENABLE) !== 0;
    if (toggled || (value & Fcr.CLEAR_RECEIVE) !== 0) {
      this.#fifo.length = 0;
      this.#timedOut = false;
      this.#timeout.cancel();
    }
    if (toggled || (value & Fcr.CLEAR_SEND) !== 0) {
      this.#sentPending = true;
    }
    this.#fcr = (value & Fcr.ENABLE) !== 0 ? value & Fcr.KEPT : 0;
    this.#take();
    this.#update();
  }

  #writeModemControl(value: number): void {
    const before = this.#modemLines();
    this.#mcr = value;
    const after = this.#modemLines();
    if ((value & Mcr.LOOP) !== 0) {
      this.#noteModemChange(before, after);
    }
    this.#take();
    this.#update();
  }

  #modemLines(): number {
    return (this.#mcr & Mcr.LOOP) !== 0 ? loopedModemLines(this.#mcr) : this.#msr & ~Msr.DELTAS;
  }

  #noteModemChange(before: number, after: number): void {
    const changed = (before ^ after) >> 4;
    // The ring indicator tells only its end.
    const ringEnded = (before & ~after & Msr.RI) !== 0 ? Msr.RI_ENDED : 0;
    this.#msr |= (changed & Msr.DELTAS & ~Msr.RI_ENDED) | ringEnded;
  }

  /** Move bytes that wait into the chip while it has room. A looped chip is deaf to the host. */
  #take(): void {
    const room = this.#fifosOn ? FIFO_DEPTH : 1;
    while ((this.#mcr & Mcr.LOOP) === 0 && this.#fifo.length < room) {
      const byte = this.#waiting.shift();
      if (byte === undefined) {
        break;
      }
      this.#receive(byte);
    }
    this.#update();
  }

  #receive(byte: number): void {
    this.#fifo.push(byte);
    this.#restartTimeout();
  }

  #restartTimeout(): void {
    if (this.#fifosOn && this.#fifo.length > 0) {
      this.#timeout.arm(this.#ctx.clock.nowNs() + TIMEOUT_CHARACTERS * this.#characterNs());
    } else {
      this.#timeout.cancel();
    }
  }

  /** The time one character takes on the line. */
  #characterNs(): number {
    const parity = (this.#lcr & 0x08) !== 0 ? 1 : 0;
    const stop = (this.#lcr & 0x04) !== 0 ? 2 : 1;
    const bits = 1 + 5 + (this.#lcr & 3) + parity + stop;
    return Math.ceil((bits * 16 * (this.#divisor || 0x10000) * 1e9) / CRYSTAL_HZ);
  }

  /** The interrupt of highest priority. */
  #source(): number {
    if ((this.#ier & Ier.LINE) !== 0 && (this.#lsr & Lsr.ERRORS) !== 0) {
      return Iir.LINE;
    }
    if ((this.#ier & Ier.RECEIVED) !== 0) {
      if (this.#fifo.length >= this.#trigger) {
        return Iir.RECEIVED;
      }
      if (this.#timedOut && this.#fifo.length > 0) {
        return Iir.TIMEOUT;
      }
    }
    if ((this.#ier & Ier.SENT) !== 0 && this.#sentPending) {
      return Iir.SENT;
    }
    if ((this.#ier & Ier.MODEM) !== 0 && (this.#msr & Msr.DELTAS) !== 0) {
      return Iir.MODEM;
    }
    return Iir.NONE;
  }

  #update(): void {
    this.#irq.set(this.#source() !== Iir.NONE);
  }
}

/** In loopback the modem outputs feed the inputs. */
function loopedModemLines(mcr: number): number {
  return (
    ((mcr & Mcr.RTS) !== 0 ? Msr.CTS : 0) |
    ((mcr & Mcr.DTR) !== 0 ? Msr.DSR : 0) |
    ((mcr & Mcr.OUT1) !== 0 ? Msr.RI : 0) |
    ((mcr & Mcr.OUT2) !== 0 ? Msr.DCD : 0)
  );
}
