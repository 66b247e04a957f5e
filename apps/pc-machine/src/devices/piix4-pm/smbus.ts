/**
 * The SMBus host controller of the PIIX4. A transaction is done when the guest looks at the status: first it
 * is busy, then done, or in error where no device answers. One that is to interrupt is done at once.
 */
import type { DeviceObject, MemoryRegion } from "@mem/core";
import type { Machine } from "@mem/flat";

import type { SmbusDevice } from "./smbus-device.js";

const SIZE = 0x40;

/** Offsets of the registers. */
const Register = {
  STATUS: 0x00,
  CONTROL: 0x02,
  COMMAND: 0x03,
  ADDRESS: 0x04,
  DATA0: 0x05,
  DATA1: 0x06,
  BLOCK_DATA: 0x07,
  AUXILIARY_CONTROL: 0x0d,
} as const;

const Status = { BUSY: 0x01, DONE: 0x02, DEVICE_ERROR: 0x04, FAILED: 0x10 } as const;
/** Protocols of the bus. */
const Protocol = { QUICK: 0, BYTE: 1, BYTE_DATA: 2, WORD_DATA: 3, BLOCK_DATA: 5 } as const;
const LONGEST_BLOCK = 32;
const Control = { INTERRUPT: 0x01, KILL: 0x02, START: 0x40 } as const;
/** Bits that read back: not the start bit, nor the one that is reserved, and no packet error checking. */
const CONTROL_MASK = 0x1f;
const AUXILIARY_MASK = 0x03;
/** A block has an array; without it, one byte. */
const AUXILIARY_ARRAY = 0x02;
/** The address that all devices listen to. */
const GENERAL_CALL = 0;

/** Registers that simply hold what was written. */
const PLAIN: ReadonlySet<number> = new Set([
  Register.COMMAND,
  Register.ADDRESS,
  Register.DATA0,
  Register.DATA1,
]);

/** The host controller. A reset leaves it as it is, as it leaves QEMU's, and where the block is mapped. */
export class SmbusHost {
  /** `pm-smbus`, 64 bytes. */
  readonly region: MemoryRegion;
  readonly #registers = new Uint8Array(SIZE);
  readonly #devices = new Map<number, SmbusDevice>();
  readonly #block = new Uint8Array(LONGEST_BLOCK);
  #index = 0;
  #started = false;

  constructor(machine: Machine, owner: DeviceObject) {
    this.region = machine.mmio({
      name: "pm-smbus",
      size: SIZE,
      owner,
      endianness: "little",
      valid: { minAccessSize: 1, maxAccessSize: 1 },
      read: (offset) => this.#read(offset),
      write: (offset, value) => this.#write(offset, value),
    });
    this.#registers[Register.AUXILIARY_CONTROL] = AUXILIARY_ARRAY;
  }

  /** Put a device on the bus, at an address from 0 to 0x7f. */
  attach(address: number, device: SmbusDevice): void {
    this.#devices.set(address, device);
  }

  #register(offset: number): number {
    return this.#registers[offset] ?? 0;
  }

  #read(offset: number): number {
    const value = this.#register(offset);
    if (offset === Register.STATUS && this.#started) {
      this.#finish();
    } else if (offset === Register.CONTROL) {
      this.#index = 0;
    } else if (offset === Register.BLOCK_DATA) {
      return this.#block[this.#next()] ?? 0;
    }
    return value;
  }

  #next(): number {
    const index = this.#index;
    const isArray = (this.#register(Register.AUXILIARY_CONTROL) & AUXILIARY_ARRAY) !== 0;
    if (isArray) this.#index = (index + 1) % LONGEST_BLOCK;
    return index;
  }

  #finish(): void {
    this.#started = false;
    const result = this.#transact() ? Status.DONE : Status.DEVICE_ERROR;
    this.#registers[Register.STATUS] = (this.#register(Register.STATUS) & ~Status.BUSY) | result;
  }

  #write(offset: number, value: number): void {
    if (offset === Register.STATUS) {
      this.#registers[offset] = this.#register(offset) & ~value;
      this.#index = 0;
    } else if (offset === Register.CONTROL) {
      this.#control(value);
    } else if (offset === Register.AUXILIARY_CONTROL) {
      this.#registers[offset] = value & AUXILIARY_MASK;
    } else if (offset === Register.BLOCK_DATA) {
      this.#block[this.#next()] = value;
    } else if (PLAIN.has(offset)) {
      this.#registers[offset] = value;
    }
  }

  #control(value: number): void {
    this.#registers[Register.CONTROL] = value & CONTROL_MASK;
    if ((value & Control.KILL) !== 0) {
      this.#started = false;
      this.#index = 0;
      const status = this.#register(Register.STATUS) & ~Status.BUSY;
      this.#registers[Register.STATUS] = status | Status.FAILED;
    }
    if ((value & Control.START) === 0) return;
    if ((value & Control.INTERRUPT) !== 0) return this.#finish();
    this.#started = true;
    this.#registers[Register.STATUS] = this.#register(Register.STATUS) | Status.BUSY;
  }

  /** The device at an address, all of them for the general call: that is for writing, and reads as nobody. */
  #deviceAt(address: number): SmbusDevice | undefined {
    if (address !== GENERAL_CALL || this.#devices.size === 0) return this.#devices.get(address);
    const all = [...this.#devices.values()];
    return {
      write: (bytes) => all.forEach((device) => device.write(bytes)),
      read: () => 0xff,
    };
  }

  /** Do what was started. @returns whether a device answered */
  #transact(): boolean {
    const address = this.#register(Register.ADDRESS);
    const device = this.#deviceAt(address >> 1);
    if (device === undefined) return false;
    const command = this.#register(Register.COMMAND);
    const data = [this.#register(Register.DATA0), this.#register(Register.DATA1)] as const;
    const reads = (address & 1) !== 0;
    const set = (register: number): void => {
      this.#registers[register] = device.read();
    };
    switch ((this.#register(Register.CONTROL) >> 2) & 7) {
      case Protocol.QUICK:
        return true;
      case Protocol.BYTE:
        if (reads) set(Register.DATA0);
        else device.write([command]);
        return true;
      case Protocol.BYTE_DATA:
        device.write(reads ? [command] : [command, data[0]]);
        if (reads) set(Register.DATA0);
        return true;
      case Protocol.WORD_DATA:
        device.write(reads ? [command] : [command, ...data]);
        if (reads) {
          set(Register.DATA0);
          set(Register.DATA1);
        }
        return true;
      case Protocol.BLOCK_DATA:
        return reads ? this.#readBlock(device, command) : this.#writeBlock(device, command);
      default:
        return false;
    }
  }

  #readBlock(device: SmbusDevice, command: number): boolean {
    device.write([command]);
    const told = device.read();
    const count = told > LONGEST_BLOCK ? 0 : told;
    for (let at = 0; at < count; at++) this.#block[at] = device.read();
    this.#registers[Register.DATA0] = count;
    this.#index = 0;
    return true;
  }

  #writeBlock(device: SmbusDevice, command: number): boolean {
    const count = Math.min(this.#register(Register.DATA0), LONGEST_BLOCK);
    device.write([command, count, ...this.#block.subarray(0, count)]);
    this.#index = 0;
    return true;
  }
}
