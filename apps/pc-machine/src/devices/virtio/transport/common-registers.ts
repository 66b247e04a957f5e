/** The common configuration: the registers by which a driver of version 1 sets a device up (section 4.1.4.3). */
import { addressOf } from "../queue/guest-memory.js";
import { NO_VECTOR, type Virtqueue } from "../queue/virtqueue.js";
import { Feature } from "../virtio-model.js";
import type { VirtioDevice } from "../virtio-device.js";

const Register = {
  OFFERED_SELECT: 0x00,
  OFFERED: 0x04,
  TAKEN_SELECT: 0x08,
  TAKEN: 0x0c,
  CONFIG_VECTOR: 0x10,
  QUEUES: 0x12,
  STATUS: 0x14,
  GENERATION: 0x15,
  QUEUE: 0x16,
  QUEUE_SIZE: 0x18,
  QUEUE_VECTOR: 0x1a,
  QUEUE_ENABLE: 0x1c,
  QUEUE_NOTIFY: 0x1e,
  DESCRIPTORS: 0x20,
  DESCRIPTORS_HIGH: 0x24,
  AVAILABLE: 0x28,
  AVAILABLE_HIGH: 0x2c,
  USED: 0x30,
  USED_HIGH: 0x34,
  QUEUE_RESET: 0x3a,
} as const;

/** Numbers of queues lie below. */
const QUEUES_END = 1024;
const WORD = 32n;

/** Settings of a queue before it is switched on: addresses of two halves each. */
class QueueSetting {
  entries: number;
  enabled = false;
  readonly addresses = new Uint32Array(6);

  constructor(entries: number) {
    this.entries = entries;
  }

  /** The address whose lower half is at `index`. */
  address(index: number): number {
    return addressOf(this.addresses[index] ?? 0, this.addresses[index + 1] ?? 0);
  }
}

/** The registers. */
export class CommonRegisters {
  readonly #device: VirtioDevice;
  /** The vector itself, or {@link NO_VECTOR} for one that there is not. */
  readonly #vectorOf: (vector: number) => number;
  #settings: QueueSetting[] = [];
  #offeredSelect = 0;
  #takenSelect = 0;
  readonly #taken = new Uint32Array(2);

  constructor(device: VirtioDevice, vectorOf: (vector: number) => number) {
    this.#device = device;
    this.#vectorOf = vectorOf;
    this.reset();
  }

  /** Back to the power-on state. */
  reset(): void {
    this.#settings = this.#device.queues.map(({ size }) => new QueueSetting(size));
    this.#offeredSelect = 0;
    this.#takenSelect = 0;
    this.#taken.fill(0);
  }

  /** The register at `offset`; 0 where there is none, and in the midst of one. */
  read(offset: number): number {
    const device = this.#device;
    switch (offset) {
      case Register.OFFERED_SELECT:
        return this.#offeredSelect;
      case Register.OFFERED:
        return this.#offeredSelect > 1
          ? 0
          : Number((device.offered(false) >> (WORD * BigInt(this.#offeredSelect))) & 0xffff_ffffn);
      case Register.TAKEN_SELECT:
        return this.#takenSelect;
      case Register.TAKEN:
        return this.#taken[this.#takenSelect] ?? 0;
      case Register.CONFIG_VECTOR:
        return device.configVector;
      case Register.QUEUES:
        return device.queues.length;
      case Register.STATUS:
        return device.status;
      case Register.GENERATION:
        return device.generation;
      case Register.QUEUE:
        return device.selected;
      default:
        return this.#readQueue(offset);
    }
  }

  /** Write the register at `offset`. */
  write(offset: number, value: number): void {
    const device = this.#device;
    switch (offset) {
      case Register.OFFERED_SELECT:
        this.#offeredSelect = value;
        break;
      case Register.TAKEN_SELECT:
        this.#takenSelect = value;
        break;
      case Register.TAKEN:
        if (this.#takenSelect > 1) break;
        this.#taken[this.#takenSelect] = value;
        device.accept((BigInt(this.#taken[1] ?? 0) << WORD) | BigInt(this.#taken[0] ?? 0), false);
        break;
      case Register.CONFIG_VECTOR:
        device.configVector = this.#vectorOf(value & 0xffff);
        break;
      case Register.STATUS:
        device.setStatus(value & 0xff);
        if (device.status === 0) this.reset();
        break;
      case Register.QUEUE:
        if (value < QUEUES_END) device.selected = value;
        break;
      default:
        this.#writeQueue(offset, value);
    }
  }

  #readQueue(offset: number): number {
    const { selected, queues } = this.#device;
    const queue = queues[selected];
    const setting = this.#settings[selected];
    if (offset === Register.QUEUE_NOTIFY) return selected;
    if (queue === undefined || setting === undefined) {
      return offset === Register.QUEUE_VECTOR ? NO_VECTOR : 0;
    }
    switch (offset) {
      case Register.QUEUE_SIZE:
        return setting.entries;
      case Register.QUEUE_VECTOR:
        return queue.vector;
      case Register.QUEUE_ENABLE:
        return setting.enabled ? 1 : 0;
      case Register.DESCRIPTORS:
      case Register.DESCRIPTORS_HIGH:
      case Register.AVAILABLE:
      case Register.AVAILABLE_HIGH:
      case Register.USED:
      case Register.USED_HIGH:
        return setting.addresses[(offset - Register.DESCRIPTORS) / 4] ?? 0;
      default:
        return 0;
    }
  }

  #writeQueue(offset: number, value: number): void {
    const { selected, queues } = this.#device;
    const queue = queues[selected];
    const setting = this.#settings[selected];
    if (queue === undefined || setting === undefined) return;
    switch (offset) {
      case Register.QUEUE_SIZE:
        if (value > 0 && value <= queue.size) setting.entries = value;
        break;
      case Register.QUEUE_VECTOR:
        queue.vector = this.#vectorOf(value & 0xffff);
        break;
      case Register.QUEUE_ENABLE:
        if (value === 1) this.#enable(queue, setting);
        break;
      case Register.QUEUE_RESET:
        if (value === 1 && this.#device.has(Feature.RING_RESET)) this.#resetQueue(queue);
        break;
      case Register.DESCRIPTORS:
      case Register.DESCRIPTORS_HIGH:
      case Register.AVAILABLE:
      case Register.AVAILABLE_HIGH:
      case Register.USED:
      case Register.USED_HIGH:
        setting.addresses[(offset - Register.DESCRIPTORS) / 4] = value;
        break;
    }
  }

  #enable(queue: Virtqueue, setting: QueueSetting): void {
    setting.enabled = true;
    queue.setUp({
      entries: setting.entries,
      descriptors: setting.address(0),
      available: setting.address(2),
      used: setting.address(4),
    });
  }

  #resetQueue(queue: Virtqueue): void {
    this.#settings[queue.index] = new QueueSetting(queue.size);
    queue.reset();
    this.#device.model.queueReset?.(queue);
  }
}
