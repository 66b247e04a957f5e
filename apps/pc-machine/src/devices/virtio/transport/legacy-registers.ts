/** The registers of the legacy interface, in I/O ports (section 4.1.4.10). */
import type { VirtioDevice } from "../virtio-device.js";
import { Status } from "../virtio-model.js";

const Register = {
  OFFERED: 0x00,
  TAKEN: 0x04,
  PAGE: 0x08,
  QUEUE_SIZE: 0x0c,
  QUEUE: 0x0e,
  NOTIFY: 0x10,
  STATUS: 0x12,
  ISR: 0x13,
  /** These two are there while messages are switched on, and move the configuration. */
  CONFIG_VECTOR: 0x14,
  QUEUE_VECTOR: 0x16,
} as const;
const HEADER_BYTES = 0x14;
const VECTOR_BYTES = 4;
/** Drivers that took this feature were known to have a fault, and get none. */
const BAD_FEATURE = 0x4000_0000;
const PAGE_BYTES = 4096;
const QUEUES_END = 1024;
const NOTHING = 0xffff_ffff;

/** Services that the registers use of the function. */
export interface LegacyHost {
  /** True if the guest has switched messages on. */
  messages(): boolean;
  /** The vector itself, or the one that stands for none. */
  vectorOf(vector: number): number;
  /** The causes of interrupts, which are none then. */
  takeCauses(): number;
  /** Back to the power-on state. */
  reset(): void;
  /** Let the function master the bus. */
  startMastering(): void;
}

/** Bytes of the ports, a power of two, for a configuration of `configBytes` bytes. */
export function legacyBytes(configBytes: number, messages: boolean): number {
  const bytes = HEADER_BYTES + (messages ? VECTOR_BYTES : 0) + configBytes;
  return 2 ** Math.ceil(Math.log2(bytes));
}

/** The registers. */
export class LegacyRegisters {
  readonly #device: VirtioDevice;
  readonly #host: LegacyHost;

  constructor(device: VirtioDevice, host: LegacyHost) {
    this.#device = device;
    this.#host = host;
  }

  /** The register at `offset`; all ones where there is none, and in the midst of one. */
  read(offset: number, size: number): number {
    const device = this.#device;
    const queue = device.queues[device.selected];
    const configAt = this.#configAt();
    if (offset >= configAt) return device.readConfig(offset - configAt, size);
    switch (offset) {
      case Register.OFFERED:
        return (Number(BigInt.asUintN(32, device.offered(true))) | BAD_FEATURE) >>> 0;
      case Register.TAKEN:
        return Number(BigInt.asUintN(32, device.agreed));
      case Register.PAGE:
        return (queue?.places?.descriptors ?? 0) / PAGE_BYTES;
      case Register.QUEUE_SIZE:
        return queue?.size ?? 0;
      case Register.QUEUE:
        return device.selected;
      case Register.STATUS:
        return device.status;
      case Register.ISR:
        return this.#host.takeCauses();
      case Register.CONFIG_VECTOR:
        return device.configVector;
      case Register.QUEUE_VECTOR:
        return queue?.vector ?? this.#host.vectorOf(NOTHING);
      default:
        return NOTHING;
    }
  }

  /** Write the register at `offset`. */
  write(offset: number, value: number, size: number): void {
    const device = this.#device;
    const configAt = this.#configAt();
    if (offset >= configAt) {
      device.writeConfig(offset - configAt, value, size);
      return;
    }
    switch (offset) {
      case Register.TAKEN:
        device.accept(BigInt((value & BAD_FEATURE) === 0 ? value : 0), true);
        break;
      case Register.PAGE:
        if (value === 0) this.#host.reset();
        else device.setLegacyPage(device.selected, value);
        break;
      case Register.QUEUE:
        if (value < QUEUES_END) device.selected = value;
        break;
      case Register.NOTIFY:
        device.kick(value & 0xffff);
        break;
      case Register.STATUS:
        this.#setStatus(value & 0xff);
        break;
      case Register.CONFIG_VECTOR:
        device.configVector = this.#host.vectorOf(value & 0xffff);
        break;
      case Register.QUEUE_VECTOR: {
        const queue = device.queues[device.selected];
        if (queue !== undefined) queue.vector = this.#host.vectorOf(value & 0xffff);
        break;
      }
    }
  }

  #setStatus(status: number): void {
    if (status === 0) this.#host.reset();
    else this.#device.setStatus(status);
    // Old drivers forget to let the function master the bus.
    if (status === (Status.ACKNOWLEDGE | Status.DRIVER)) this.#host.startMastering();
  }

  #configAt(): number {
    return HEADER_BYTES + (this.#host.messages() ? VECTOR_BYTES : 0);
  }
}
