/**
 * The educational device of QEMU: registers to try a driver with. It inverts a number, computes
 * factorials, raises interrupts, and copies between memory and a buffer of its own.
 */
import { MemTxResult } from "@mem/core";

import type { DeviceContext } from "../../device/context.js";
import type { Timer } from "../../host/clock.js";
import { PciDevice } from "../../pci/pci-device.js";

const WINDOW_BYTES = 0x10_0000;
/** Version 1.0, and the device's name in hexadecimal digits. */
const IDENTIFICATION = 0x0100_00ed;

const Register = {
  IDENTIFICATION: 0x00,
  LIVENESS: 0x04,
  FACTORIAL: 0x08,
  STATUS: 0x20,
  INTERRUPT_STATUS: 0x24,
  INTERRUPT_RAISE: 0x60,
  INTERRUPT_ACKNOWLEDGE: 0x64,
  DMA_SOURCE: 0x80,
  DMA_DESTINATION: 0x88,
  DMA_COUNT: 0x90,
  DMA_COMMAND: 0x98,
} as const;
/** From here on, registers have eight bytes. */
const WIDE_REGISTERS = 0x80;

const Status = { COMPUTING: 0x01, INTERRUPT: 0x80 } as const;
const Interrupt = { FACTORIAL: 0x001, DMA: 0x100 } as const;
const Command = { RUN: 0x1, TO_MEMORY: 0x2, INTERRUPT: 0x4 } as const;

/** The place where the buffer is, as addresses of the device's side. */
const BUFFER = { START: 0x4_0000n, BYTES: 0x1000n } as const;
const FACTORIAL_NS = 1_000;
const DMA_NS = 100_000_000;
/** The factorials of larger numbers are multiples of 2^32. */
const LARGEST_FACTOR = 34;

/** QEMU's `edu`: PCI 1234:11e8. */
export class Edu extends PciDevice {
  readonly #dmaMask: bigint;
  readonly #buffer = new Uint8Array(Number(BUFFER.BYTES));
  readonly #factorialDone: Timer;
  readonly #dmaDone: Timer;
  #liveness = 0;
  #factorial = 0;
  #status = 0;
  #interrupts = 0;
  #source = 0n;
  #destination = 0n;
  #count = 0n;
  #command = 0n;

  /** @param options.dmaMask which bits of an address of memory the device drives */
  constructor(context: DeviceContext, options: { dmaMask: bigint }) {
    super(context, {
      name: "edu",
      vendorId: 0x1234,
      deviceId: 0x11e8,
      classCode: 0x00ff00,
      revision: 0x10,
      interruptPin: 1,
    });
    this.#dmaMask = options.dmaMask;
    this.#factorialDone = context.clock.timer(() => this.#finishFactorial());
    this.#dmaDone = context.clock.timer(() => this.#finishDma());
    this.enableMsi();
    const window = context.machine.mmio({
      name: "edu-mmio",
      size: WINDOW_BYTES,
      owner: this.object,
      valid: {
        minAccessSize: 4,
        maxAccessSize: 8,
        accepts: (offset, size) => size === 4 || offset >= WIDE_REGISTERS,
      },
      impl: { minAccessSize: 4, maxAccessSize: 8 },
      read: (offset) => Number(BigInt.asUintN(32, this.#read(offset))),
      read64: (offset) => this.#read(offset),
      write: (offset, value) => this.#write(offset, BigInt(value)),
      write64: (offset, value) => this.#write(offset, value),
    });
    this.registerBar(0, window, "mem");
  }

  override reset(): void {
    super.reset();
    this.#factorialDone.cancel();
    this.#dmaDone.cancel();
    this.#buffer.fill(0);
    this.#liveness = 0;
    this.#factorial = 0;
    this.#status = 0;
    this.#interrupts = 0;
    this.#source = 0n;
    this.#destination = 0n;
    this.#count = 0n;
    this.#command = 0n;
  }

  /** Nothing is due any more. */
  dispose(): void {
    this.#factorialDone.cancel();
    this.#dmaDone.cancel();
  }

  #read(offset: number): bigint {
    switch (offset) {
      case Register.IDENTIFICATION:
        return BigInt(IDENTIFICATION);
      case Register.LIVENESS:
        return BigInt(this.#liveness);
      case Register.FACTORIAL:
        return BigInt(this.#factorial);
      case Register.STATUS:
        return BigInt(this.#status);
      case Register.INTERRUPT_STATUS:
        return BigInt(this.#interrupts);
      case Register.DMA_SOURCE:
        return this.#source;
      case Register.DMA_DESTINATION:
        return this.#destination;
      case Register.DMA_COUNT:
        return this.#count;
      case Register.DMA_COMMAND:
        return this.#command;
      default:
        return 0xffff_ffff_ffff_ffffn;
    }
  }

  #write(offset: number, value: bigint): void {
    const word = Number(BigInt.asUintN(32, value));
    switch (offset) {
      case Register.LIVENESS:
        this.#liveness = ~word >>> 0;
        break;
      case Register.FACTORIAL:
        this.#startFactorial(word);
        break;
      case Register.STATUS:
        this.#status = (this.#status & ~Status.INTERRUPT) | (word & Status.INTERRUPT);
        break;
      case Register.INTERRUPT_RAISE:
        this.#raise(word);
        break;
      case Register.INTERRUPT_ACKNOWLEDGE:
        this.#interrupts = (this.#interrupts & ~word) >>> 0;
        if (this.#interrupts === 0) this.setInterrupt(false);
        break;
      default:
        this.#writeDma(offset, value);
    }
  }

  #writeDma(offset: number, value: bigint): void {
    // While a transfer is under way, its registers keep what they hold.
    if ((this.#command & BigInt(Command.RUN)) !== 0n) return;
    switch (offset) {
      case Register.DMA_SOURCE:
        this.#source = value;
        break;
      case Register.DMA_DESTINATION:
        this.#destination = value;
        break;
      case Register.DMA_COUNT:
        this.#count = value;
        break;
      case Register.DMA_COMMAND:
        if ((value & BigInt(Command.RUN)) !== 0n) {
          this.#command = value;
          this.#dmaDone.arm(this.context.clock.nowNs() + DMA_NS);
        }
        break;
    }
  }

  #startFactorial(value: number): void {
    if ((this.#status & Status.COMPUTING) !== 0) return;
    this.#factorial = value;
    this.#status |= Status.COMPUTING;
    this.#factorialDone.arm(this.context.clock.nowNs() + FACTORIAL_NS);
  }

  #finishFactorial(): void {
    let result = 1;
    if (this.#factorial >= LARGEST_FACTOR) result = 0;
    else
      for (let factor = 2; factor <= this.#factorial; factor++) result = Math.imul(result, factor);
    this.#factorial = result >>> 0;
    this.#status &= ~Status.COMPUTING;
    if ((this.#status & Status.INTERRUPT) !== 0) this.#raise(Interrupt.FACTORIAL);
  }

  #finishDma(): void {
    const toMemory = (this.#command & BigInt(Command.TO_MEMORY)) !== 0n;
    const inside = (toMemory ? this.#source : this.#destination) - BUFFER.START;
    const outside = (toMemory ? this.#destination : this.#source) & this.#dmaMask;
    if (inside < 0n || inside + this.#count > BUFFER.BYTES) {
      this.context.log("guest_error", "edu: a transfer reaches beyond the buffer");
    } else {
      const bytes = this.#buffer.subarray(Number(inside), Number(inside + this.#count));
      const result = toMemory ? this.dma.write(outside, bytes) : this.dma.read(outside, bytes);
      if (result !== MemTxResult.OK) {
        this.context.log("guest_error", "edu: a transfer reaches nothing in memory");
      }
    }
    const interrupt = (this.#command & BigInt(Command.INTERRUPT)) !== 0n;
    this.#command &= ~BigInt(Command.RUN);
    if (interrupt) this.#raise(Interrupt.DMA);
  }

  #raise(bits: number): void {
    this.#interrupts = (this.#interrupts | bits) >>> 0;
    if (this.#interrupts !== 0 && !this.sendMsi()) this.setInterrupt(true);
  }
}
