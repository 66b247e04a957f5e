/** A driver for virtio devices on PCI, as a test has one: either interface, queues in the guest's memory. */
import type { GuestEvent } from "../../../src/device/context.js";
import type { DeviceRequest } from "../../../src/device/properties/request.js";
import { Rig } from "../../support/board-rig.js";

export const SLOT = 5;
const PORTS = 0xc000;
const TABLE = 0xfeb0_0000;
const WINDOW = 0xfe00_0000;
/** The rooms of the window. */
export const ISR = WINDOW + 0x1000;
export const DEVICE = WINDOW + 0x2000;
const NOTIFY = WINDOW + 0x3000;
/** Queues are in so many bytes each, buffers behind them. */
const QUEUES_AT = 0x10_0000;
const QUEUE_BYTES = 0x8000;
const BUFFERS_AT = 0x40_0000;

export const Flag = { NEXT: 1, WRITE: 2, INDIRECT: 4 } as const;

/** A buffer of a request. */
export interface Part {
  readonly bytes: Uint8Array | number;
  /** The device writes it. */
  readonly write?: boolean;
}

/** A queue of the driver's. */
export class DriverQueue {
  readonly descriptors: number;
  readonly available: number;
  readonly used: number;
  readonly entries: number;
  index = 0;
  seen = 0;

  constructor(base: number, entries: number, align: number) {
    this.entries = entries;
    this.descriptors = base;
    this.available = base + 16 * entries;
    this.used = Math.ceil((this.available + 6 + 2 * entries) / align) * align;
  }
}

/** The driver. */
export class VirtioDriver {
  readonly rig: Rig;
  readonly legacy: boolean;
  /** Events that devices reported. */
  readonly events: GuestEvent[] = [];
  readonly queues: DriverQueue[] = [];
  #next = BUFFERS_AT;

  /** @param behind devices on the bus that the device brings */
  constructor(device: DeviceRequest, legacy: boolean, behind: readonly DeviceRequest[] = []) {
    this.rig = new Rig({
      devices: [{ ...device, addr: String(SLOT) }, ...behind],
      onGuestEvent: (event) => this.events.push(event),
    });
    this.legacy = legacy;
    this.place();
  }

  /** Place the windows, decode, master the bus. */
  place(): void {
    const { rig } = this;
    rig.setConfig(SLOT, 0, 0x10, PORTS);
    rig.setConfig(SLOT, 0, 0x14, TABLE);
    rig.setConfig(SLOT, 0, 0x20, WINDOW);
    rig.setConfig(SLOT, 0, 0x24, 0);
    rig.setConfig(SLOT, 0, 0x04, 0x07, 2);
  }

  /** A register of the common configuration. */
  common(offset: number, size: 1 | 2 | 4 = 4): number {
    return this.rig.read(WINDOW + offset, size);
  }

  setCommon(offset: number, value: number, size: 1 | 2 | 4 = 4): void {
    this.rig.write(WINDOW + offset, value, size);
  }

  /** A register of the legacy interface. */
  port(offset: number, size: 1 | 2 | 4): number {
    return this.rig.in(PORTS + offset, size);
  }

  setPort(offset: number, size: 1 | 2 | 4, value: number): void {
    this.rig.out(PORTS + offset, size, value);
  }

  get offered(): bigint {
    if (this.legacy) return BigInt(this.port(0, 4));
    const half = (select: number): bigint => {
      this.setCommon(0, select);
      return BigInt(this.common(4));
    };
    return half(0) | (half(1) << 32n);
  }

  get status(): number {
    return this.legacy ? this.port(0x12, 1) : this.common(0x14, 1);
  }

  set status(value: number) {
    if (this.legacy) this.setPort(0x12, 1, value);
    else this.setCommon(0x14, value, 1);
  }

  /** Reset, take `features` of those that are offered, set `queues` up, and begin. */
  start(features = 1n << 32n, entries = 16): void {
    this.status = 0;
    this.status = 1;
    this.status = 3;
    const taken = features & this.offered;
    if (this.legacy) {
      this.setPort(4, 4, Number(taken));
    } else {
      for (const select of [0, 1]) {
        this.setCommon(8, select);
        this.setCommon(0xc, Number((taken >> BigInt(32 * select)) & 0xffff_ffffn));
      }
      this.status = 0xb;
    }
    this.queues.length = 0;
    for (let index = 0; this.#size(index) > 0; index++) {
      this.queues.push(this.#setUp(index, entries));
    }
    this.select(0);
    this.status = this.legacy ? 7 : 0xf;
  }

  /** Have the registers of queue `index` seen. */
  select(index: number): void {
    if (this.legacy) this.setPort(0xe, 2, index);
    else this.setCommon(0x16, index, 2);
  }

  #size(index: number): number {
    this.select(index);
    return this.legacy ? this.port(0xc, 2) : this.common(0x18, 2);
  }

  #setUp(index: number, wanted: number): DriverQueue {
    const entries = this.legacy ? this.port(0xc, 2) : wanted;
    const queue = new DriverQueue(QUEUES_AT + index * QUEUE_BYTES, entries, 4096);
    for (let at = 0; at < QUEUE_BYTES; at += 4) this.rig.write(queue.descriptors + at, 0);
    if (this.legacy) {
      this.setPort(8, 4, queue.descriptors / 4096);
    } else {
      this.setCommon(0x18, entries, 2);
      const places = [queue.descriptors, queue.available, queue.used];
      for (const [at, address] of places.entries()) {
        this.setCommon(0x20 + 8 * at, address);
        this.setCommon(0x24 + 8 * at, 0);
      }
      this.setCommon(0x1c, 1, 2);
    }
    return queue;
  }

  /** Memory for a buffer. */
  allocate(length: number): number {
    const at = this.#next;
    this.#next = (at + length + 15) & ~15;
    return at;
  }

  descriptor(
    table: number,
    index: number,
    fields: readonly [number, number, number, number],
  ): void {
    const [address, length, flags, next] = fields;
    const at = table + 16 * index;
    this.rig.write(at, address);
    this.rig.write(at + 4, 0);
    this.rig.write(at + 8, length);
    this.rig.write(at + 12, flags, 2);
    this.rig.write(at + 14, next, 2);
  }

  /** Put the buffers of a request into memory. @returns their addresses */
  #store(parts: readonly Part[]): number[] {
    return parts.map(({ bytes }) => {
      const length = typeof bytes === "number" ? bytes : bytes.length;
      const address = this.allocate(length);
      this.rig.pc.memory.write(address, typeof bytes === "number" ? new Uint8Array(length) : bytes);
      return address;
    });
  }

  /** Make a chain of `parts` available without telling. @returns the addresses of its buffers */
  offer(parts: readonly Part[], number = 0, indirect = false, head = 0): number[] {
    const queue = this.queues[number]!;
    const addresses = this.#store(parts);
    const table = indirect ? this.allocate(16 * parts.length) : queue.descriptors;
    const first = indirect ? 0 : head;
    for (const [index, { bytes, write = false }] of parts.entries()) {
      const more = index < parts.length - 1;
      this.descriptor(table, first + index, [
        addresses[index]!,
        typeof bytes === "number" ? bytes : bytes.length,
        (more ? Flag.NEXT : 0) | (write ? Flag.WRITE : 0),
        more ? first + index + 1 : 0,
      ]);
    }
    if (indirect) {
      this.descriptor(queue.descriptors, head, [table, 16 * parts.length, Flag.INDIRECT, 0]);
    }
    this.makeAvailable(queue, head);
    return addresses;
  }

  makeAvailable(queue: DriverQueue, head: number): void {
    this.rig.write(queue.available + 4 + 2 * (queue.index % queue.entries), head, 2);
    queue.index = (queue.index + 1) & 0xffff;
    this.rig.write(queue.available + 2, queue.index, 2);
  }

  kick(number = 0): void {
    if (this.legacy) this.setPort(0x10, 2, number);
    else this.rig.write(NOTIFY + 4 * number, number, 2);
  }

  /** The used index. */
  usedIndex(number = 0): number {
    return this.rig.read(this.queues[number]!.used + 2, 2);
  }

  /** Length of the used entry `at`. */
  usedLength(at: number, number = 0): number {
    const { used, entries } = this.queues[number]!;
    return this.rig.read(used + 8 + 8 * (at % entries));
  }

  bytes(address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.rig.pc.memory.read(address, bytes);
    return bytes;
  }

  /** Hand a request over, and wait until it is done. @returns what the parts hold then */
  request(parts: readonly Part[], number = 0, indirect = false): Uint8Array[] {
    const addresses = this.offer(parts, number, indirect);
    this.kick(number);
    this.settle();
    return parts.map(({ bytes }, index) =>
      this.bytes(addresses[index]!, typeof bytes === "number" ? bytes : bytes.length),
    );
  }

  /** Let the device do what it put off. */
  settle(): void {
    const { clock } = this.rig;
    for (let turn = 0; turn < 1000; turn++) {
      clock.advance(1000);
      clock.runDue();
    }
  }

  /** The causes of interrupts, which are none then. */
  causes(): number {
    return this.legacy ? this.port(0x13, 1) : this.rig.read(ISR, 1);
  }

  get pin(): boolean {
    return (this.rig.config(SLOT, 0, 0x06, 2) & 0x08) !== 0;
  }

  /** Switch MSI-X on, with message `vector` going to `address`. */
  enableMessages(addresses: readonly number[], masked = false): void {
    for (const [vector, address] of addresses.entries()) {
      this.rig.write(TABLE + 16 * vector, address);
      this.rig.write(TABLE + 16 * vector + 4, 0);
      this.rig.write(TABLE + 16 * vector + 8, 0x1234 + vector);
      this.mask(vector, masked);
    }
    this.rig.setConfig(SLOT, 0, this.capability(0x11) + 2, 0x8000, 2);
  }

  mask(vector: number, masked: boolean): void {
    this.rig.write(TABLE + 16 * vector + 12, masked ? 1 : 0);
  }

  get pending(): number {
    return this.rig.read(TABLE + 0x800);
  }

  /** The place of the capability of an ID; of virtio's own, that of a type. */
  capability(id: number, type?: number): number {
    const { rig } = this;
    for (let at = rig.config(SLOT, 0, 0x34, 1); at !== 0; at = rig.config(SLOT, 0, at + 1, 1)) {
      const isWanted = type === undefined || rig.config(SLOT, 0, at + 3, 1) === type;
      if (rig.config(SLOT, 0, at, 1) === id && isWanted) return at;
    }
    return 0;
  }
}
