/**
 * The SMBus host controller of the PIIX4. No device sits on the bus: each transaction ends with a
 * device error, which is what software that looks for sensors and memory modules expects then.
 */
import type { DeviceObject, MemoryRegion } from "@mem/core";
import type { Machine } from "@mem/flat";

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

const STATUS_DEVICE_ERROR = 0x04;
const CONTROL_START = 0x40;
/** Bits that read back: not the start bit, and no packet error checking. */
const CONTROL_MASK = 0x3f;
const AUXILIARY_MASK = 0x03;
const POWER_ON_AUXILIARY = 0x02;

/** Registers that simply hold what was written. */
const PLAIN: ReadonlySet<number> = new Set([
  Register.COMMAND,
  Register.ADDRESS,
  Register.DATA0,
  Register.DATA1,
  Register.BLOCK_DATA,
]);

/** The host controller. */
export class SmbusHost {
  /** `pm-smbus`, 64 bytes. */
  readonly region: MemoryRegion;
  readonly #registers = new Uint8Array(SIZE);

  constructor(machine: Machine, owner: DeviceObject) {
    this.region = machine.mmio({
      name: "pm-smbus",
      size: SIZE,
      owner,
      endianness: "little",
      valid: { minAccessSize: 1, maxAccessSize: 1 },
      read: (offset) => this.#registers[offset] ?? 0,
      write: (offset, value) => this.#write(offset, value),
    });
    this.reset();
  }

  /** Back to the power-on state. */
  reset(): void {
    this.#registers.fill(0);
    this.#registers[Register.AUXILIARY_CONTROL] = POWER_ON_AUXILIARY;
  }

  #write(offset: number, value: number): void {
    if (offset === Register.STATUS) {
      this.#registers[Register.STATUS] = (this.#registers[Register.STATUS] ?? 0) & ~value;
    } else if (offset === Register.CONTROL) {
      this.#registers[Register.CONTROL] = value & CONTROL_MASK;
      if ((value & CONTROL_START) !== 0) {
        this.#registers[Register.STATUS] = STATUS_DEVICE_ERROR;
      }
    } else if (offset === Register.AUXILIARY_CONTROL) {
      this.#registers[offset] = value & AUXILIARY_MASK;
    } else if (PLAIN.has(offset)) {
      this.#registers[offset] = value;
    }
  }
}
