/** Kinds of virtio devices, behind whatever transport. */
import type { ChildBus } from "../../device/device.js";
import type { GuestMemory } from "./queue/guest-memory.js";
import type { Virtqueue } from "./queue/virtqueue.js";

/** A kind of device, such as a disk: QEMU's `VirtioDeviceClass` with its state. */
export interface VirtioModel {
  /** Features of the kind that it offers, by their numbers as bits. */
  readonly features: bigint;
  /** Most entries of each of its queues, powers of two. */
  readonly queueSizes: readonly number[];
  /** Bytes of its configuration. */
  readonly configBytes: number;
  /** Its configuration as it is now: {@link configBytes} bytes. */
  readConfig(): Uint8Array;
  /** The driver writes `bytes` at `offset`, all of them within the configuration. */
  writeConfig?(offset: number, bytes: Uint8Array): void;
  /** The driver has put something into a queue. */
  kicked(queue: Virtqueue): void;
  /** The driver has taken a queue back: what was taken from it is given up. */
  queueReset?(queue: Virtqueue): void;
  /** The driver has said what it is up to: bits of `Status`. */
  statusChanged?(status: number): void;
  /** Back to the power-on state; queues are reset already. */
  reset(): void;
  /** The bus for devices behind it, where it brings one. */
  readonly childBus?: ChildBus;
  /** Let go of what is not the machine's. */
  dispose?(): void;
}

/** The device as its kind sees it. */
export interface VirtioPort {
  /** Its path in the object tree. */
  readonly path: string;
  /** Queues by their numbers. */
  readonly queues: readonly Virtqueue[];
  /** Memory of the guest. */
  readonly memory: GuestMemory;
  /** True if driver and device agreed on feature `bit`. */
  has(bit: number): boolean;
  /** Bits of `Status`: how far the driver is. */
  readonly status: number;
  /** The configuration is another one: the driver is told. */
  configChanged(): void;
  /** The driver broke a rule: the device stops until it is reset. */
  fail(problem: string): void;
  /** The driver did something that it should not have, of no consequence. */
  complain(problem: string): void;
}

/** Makes a kind's model for a device. */
export type CreateModel<M extends VirtioModel = VirtioModel> = (port: VirtioPort) => M;

/** Bits of the device status (section 2.1). */
export const Status = {
  ACKNOWLEDGE: 0x01,
  DRIVER: 0x02,
  DRIVER_OK: 0x04,
  FEATURES_OK: 0x08,
  NEEDS_RESET: 0x40,
} as const;

/** Features that any device may have (section 6). */
export const Feature = {
  NOTIFY_ON_EMPTY: 24,
  ANY_LAYOUT: 27,
  INDIRECT_DESC: 28,
  EVENT_IDX: 29,
  VERSION_1: 32,
  RING_RESET: 40,
} as const;

/** The features of `bits` as one number. */
export function featureBits(bits: readonly number[]): bigint {
  return bits.reduce((all, bit) => all | (1n << BigInt(bit)), 0n);
}
