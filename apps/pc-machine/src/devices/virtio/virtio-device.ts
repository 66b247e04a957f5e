/** A virtio device: status, features and queues, without the registers by which a driver reaches them. */
import type { GuestMemory } from "./queue/guest-memory.js";
import { legacyPlaces, NO_VECTOR, Virtqueue, type QueueRules } from "./queue/virtqueue.js";
import {
  Feature,
  featureBits,
  Status,
  type CreateModel,
  type VirtioModel,
  type VirtioPort,
} from "./virtio-model.js";

/** The wires from a device to its driver. */
export interface VirtioWires {
  /** The device's path in the object tree. */
  readonly path: string;
  readonly memory: GuestMemory;
  /** Interrupt with message `vector`, {@link NO_VECTOR} for none. */
  interrupt(vector: number): void;
  /** The driver did something wrong. */
  complain(problem: string): void;
}

/** Causes of an interrupt. */
export const Isr = { QUEUE: 1, CONFIG: 2 } as const;
const MODERN = featureBits([Feature.VERSION_1, Feature.RING_RESET]);
const LEGACY = featureBits([Feature.NOTIFY_ON_EMPTY, Feature.ANY_LAYOUT]);

/** A device (QEMU's `VirtIODevice`). */
export class VirtioDevice<M extends VirtioModel = VirtioModel> implements VirtioPort {
  readonly queues: readonly Virtqueue[];
  readonly memory: GuestMemory;
  readonly path: string;
  readonly model: M;
  /** Causes that the driver has not looked at: bits of {@link Isr}. */
  isr = 0;
  /** The message of configuration changes, {@link NO_VECTOR} for none. */
  configVector = NO_VECTOR;
  /** The queue whose registers the driver sees. */
  selected = 0;
  readonly #wires: VirtioWires;
  /** Features that every device of the transport has. */
  readonly #common: bigint;
  #agreed = 0n;
  #rules: QueueRules = { eventIndex: false, notifyOnEmpty: false };
  #status = 0;
  #generation = 0;
  #broken = false;

  /** @param common features beyond the model's that are offered */
  constructor(wires: VirtioWires, common: bigint, create: CreateModel<M>) {
    this.#wires = wires;
    this.memory = wires.memory;
    this.path = wires.path;
    this.#common = common;
    const queues: Virtqueue[] = [];
    this.queues = queues;
    this.model = create(this);
    const host = {
      memory: wires.memory,
      rules: () => this.#rules,
      fail: (problem: string) => this.fail(problem),
      interrupt: ({ vector }: Virtqueue) => this.#interrupt(Isr.QUEUE, vector),
    };
    for (const [index, size] of this.model.queueSizes.entries()) {
      queues.push(new Virtqueue(host, index, size));
    }
  }

  get status(): number {
    return this.#status;
  }

  /** A number that is another one after each change of the configuration, 8 bits. */
  get generation(): number {
    return this.#generation;
  }

  /** Features that a driver of the legacy interface, or of version 1, is offered. */
  offered(legacy: boolean): bigint {
    const all = this.model.features | this.#common;
    return legacy ? all & ~MODERN : all & ~LEGACY;
  }

  /** Features that the driver took. */
  get agreed(): bigint {
    return this.#agreed;
  }

  has(bit: number): boolean {
    return (this.#agreed & (1n << BigInt(bit))) !== 0n;
  }

  /** The driver takes `features`; those that are not offered are left out. Nothing after it has said that it is through. */
  accept(features: bigint, legacy: boolean): void {
    if ((this.#status & Status.FEATURES_OK) !== 0) return;
    this.#agreed = features & this.offered(legacy);
    this.#rules = {
      eventIndex: this.has(Feature.EVENT_IDX),
      notifyOnEmpty: this.has(Feature.NOTIFY_ON_EMPTY),
    };
  }

  /** The driver sets the status; 0 resets the device. */
  setStatus(status: number): void {
    if (status === 0) {
      this.reset();
      return;
    }
    this.#status = status | (this.#broken ? this.#status & Status.NEEDS_RESET : 0);
    this.model.statusChanged?.(this.#status);
  }

  /** The driver has put something into queue `index`. */
  kick(index: number): void {
    const queue = this.queues[index];
    if (queue?.places !== null && queue !== undefined && !this.#broken) this.model.kicked(queue);
  }

  /** Set queue `index` up in the places of the legacy interface, from `page` on. */
  setLegacyPage(index: number, page: number): void {
    const queue = this.queues[index];
    queue?.setUp(legacyPlaces(page, queue.size));
  }

  configChanged(): void {
    this.#generation = (this.#generation + 1) & 0xff;
    if ((this.#status & Status.DRIVER_OK) === 0) return;
    this.#interrupt(Isr.QUEUE | Isr.CONFIG, this.configVector);
  }

  complain(problem: string): void {
    this.#wires.complain(problem);
  }

  fail(problem: string): void {
    this.complain(problem);
    if (this.#broken) return;
    this.#broken = true;
    if (!this.has(Feature.VERSION_1)) return;
    this.#status |= Status.NEEDS_RESET;
    this.configChanged();
  }

  /** Bytes of the configuration as one number, all ones where it ends before. */
  readConfig(offset: number, size: number): number {
    if (offset + size > this.model.configBytes) return 0xffff_ffff;
    const bytes = this.model.readConfig();
    let value = 0;
    for (let at = size - 1; at >= 0; at--) value = value * 256 + (bytes[offset + at] ?? 0);
    return value;
  }

  /** Store a number in the configuration; nothing where that ends before. */
  writeConfig(offset: number, value: number, size: number): void {
    if (offset + size > this.model.configBytes) return;
    const bytes = Uint8Array.from({ length: size }, (_none, at) => value >>> (8 * at));
    this.model.writeConfig?.(offset, bytes);
  }

  /** Back to the power-on state. */
  reset(): void {
    this.#status = 0;
    this.#broken = false;
    this.#agreed = 0n;
    this.#rules = { eventIndex: false, notifyOnEmpty: false };
    this.selected = 0;
    this.isr = 0;
    this.configVector = NO_VECTOR;
    for (const queue of this.queues) queue.reset();
    this.model.reset();
    // The wire of the interrupt follows.
    this.#wires.interrupt(NO_VECTOR);
  }

  #interrupt(cause: number, vector: number): void {
    this.isr |= cause;
    this.#wires.interrupt(vector);
  }
}
