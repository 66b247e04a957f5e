/** A frame's work: the descriptors and queues that the guest linked, in their order. */
import { MemTxResult } from "@mem/core";
import type { AddressSpace } from "@mem/flat";

import { UsbResult, UsbToken } from "../../usb/requests.js";
import type { UsbDevice } from "../../usb/usb-device.js";
import { Control, Link, TransferDescriptor } from "./transfer-descriptor.js";

/** Bytes that fit into a frame. */
const FRAME_BYTES = 1280;
/** Descriptors and queues that a frame looks at: more are a loop, or not done in time. */
const MOST_LINKS = 512;
const DESCRIPTOR_BYTES = 16;
const QUEUE_BYTES = 8;
const ELEMENT = 4;

/** Outcome of a frame. */
export const FrameResult = {
  /** A descriptor that tells of its end has ended. */
  COMPLETE: 0x01,
  /** A packet was short where that is told. */
  SHORT: 0x02,
  /** A transfer failed. */
  FAILED: 0x04,
  /** Memory does not answer. */
  HOST_ERROR: 0x08,
  /** A descriptor makes no sense. */
  PROCESS_ERROR: 0x10,
} as const;
const STOPPED = FrameResult.HOST_ERROR | FrameResult.PROCESS_ERROR;

/** The way on from a descriptor: to the one behind it, or to the next queue. */
type Next = "descriptor" | "queue";

/** Walks through frames. */
export class Schedule {
  readonly #memory: () => AddressSpace;
  readonly #find: (address: number) => UsbDevice | null;
  readonly #words = new Uint8Array(DESCRIPTOR_BYTES);
  readonly #view = new DataView(this.#words.buffer);
  readonly #data = new Uint8Array(2048);
  readonly #descriptor = new TransferDescriptor();
  readonly #queues = new Set<number>();
  #result = 0;
  #moved = 0;
  /** Bytes that had been moved when the ring of queues began anew. */
  #movedBefore = 0;

  /**
   * @param memory what the controller reaches
   * @param find   the device with an address, `null` when none answers
   */
  constructor(memory: () => AddressSpace, find: (address: number) => UsbDevice | null) {
    this.#memory = memory;
    this.#find = find;
  }

  /** Do the frame whose pointer is at `pointer`. @returns bits of {@link FrameResult} */
  run(pointer: number): number {
    this.#result = 0;
    this.#moved = 0;
    this.#queues.clear();
    if (!this.#read(pointer, 4)) return this.#result;
    let link = this.#view.getUint32(0, true);
    for (let links = 0; links < MOST_LINKS; links++) {
      if ((link & Link.TERMINATE) !== 0 || this.#moved >= FRAME_BYTES) break;
      const address = (link & Link.ADDRESS) >>> 0;
      if ((link & Link.QUEUE) === 0) {
        this.#transfer(address);
        link = this.#descriptor.link;
      } else {
        // A ring of queues goes round while it moves something, for what time is left.
        if (this.#queues.has(address)) {
          if (this.#moved === this.#movedBefore) break;
          this.#queues.clear();
        }
        if (this.#queues.size === 0) this.#movedBefore = this.#moved;
        this.#queues.add(address);
        const next = this.#queue(address, MOST_LINKS - links);
        if (next === null) break;
        link = next;
      }
      if ((this.#result & STOPPED) !== 0) break;
    }
    return this.#result;
  }

  /** Work on a queue. @returns the link to what is beside it, `null` when the frame ends */
  #queue(address: number, most: number): number | null {
    if (!this.#read(address, QUEUE_BYTES)) return null;
    const beside = this.#view.getUint32(0, true);
    let element = this.#view.getUint32(ELEMENT, true);
    for (let count = 0; count < most; count++) {
      if ((element & Link.TERMINATE) !== 0) return beside;
      if ((element & Link.QUEUE) !== 0) return element;
      const next = this.#transfer((element & Link.ADDRESS) >>> 0);
      if ((this.#result & STOPPED) !== 0) return null;
      if (next === "queue") return beside;
      element = this.#descriptor.link;
      this.#view.setUint32(0, element, true);
      if (!this.#write(address + ELEMENT, 4)) return null;
      if ((element & Link.DEPTH_FIRST) === 0 || this.#moved >= FRAME_BYTES) return beside;
    }
    return null;
  }

  /** Do a transfer. */
  #transfer(address: number): Next {
    if (!this.#read(address, DESCRIPTOR_BYTES)) return "queue";
    const descriptor = this.#descriptor;
    descriptor.read(this.#view);
    if (!descriptor.active) {
      if (descriptor.interrupts) this.#result |= FrameResult.COMPLETE;
      return "queue";
    }
    const before = descriptor.control;
    const next = this.#packet(descriptor);
    if (descriptor.control !== before) {
      this.#view.setUint32(0, descriptor.control, true);
      this.#write(address + 4, 4);
    }
    return next;
  }

  #packet(descriptor: TransferDescriptor): Next {
    const { packetId, length, buffer } = descriptor;
    const isIn = packetId === UsbToken.IN;
    if (!isIn && packetId !== UsbToken.OUT && packetId !== UsbToken.SETUP) {
      this.#result |= FrameResult.PROCESS_ERROR;
      return "queue";
    }
    const device = this.#find(descriptor.address);
    if (device === null) {
      if (descriptor.timeOut()) this.#failed(descriptor);
      return "queue";
    }
    const data = this.#data.subarray(0, length);
    if (!isIn && length > 0 && !this.#reach(() => this.#memory().read(buffer, data))) {
      return "queue";
    }
    const moved = device.packet(packetId, descriptor.endpoint, data);
    switch (moved) {
      case UsbResult.NAK:
        descriptor.control = (descriptor.control | Control.NAK) >>> 0;
        return "queue";
      case UsbResult.STALL:
        descriptor.fail(Control.STALLED);
        this.#failed(descriptor);
        return "queue";
      case UsbResult.BABBLE:
        descriptor.fail(Control.STALLED | Control.BABBLE);
        this.#failed(descriptor);
        return "queue";
      default:
        return this.#moveIn(descriptor, data, isIn, moved);
    }
  }

  /** A packet has passed: its bytes, if they came in, go into memory. */
  #moveIn(descriptor: TransferDescriptor, data: Uint8Array, isIn: boolean, moved: number): Next {
    const { buffer, length, control } = descriptor;
    if (isIn && moved > 0) {
      const bytes = data.subarray(0, moved);
      if (!this.#reach(() => this.#memory().write(buffer, bytes))) return "queue";
    }
    this.#moved += Math.max(1, moved);
    descriptor.succeed(moved);
    if (descriptor.interrupts) this.#result |= FrameResult.COMPLETE;
    if (isIn && moved < length && (control & Control.SHORT_PACKET) !== 0) {
      this.#result |= FrameResult.SHORT;
      return "queue";
    }
    return "descriptor";
  }

  #failed(descriptor: TransferDescriptor): void {
    this.#result |= FrameResult.FAILED;
    if (descriptor.interrupts) this.#result |= FrameResult.COMPLETE;
  }

  #read(address: number, bytes: number): boolean {
    const words = this.#words.subarray(0, bytes);
    return this.#reach(() => this.#memory().read(address, words));
  }

  /** Write the first bytes of the words. */
  #write(address: number, bytes: number): boolean {
    const words = this.#words.subarray(0, bytes);
    return this.#reach(() => this.#memory().write(address, words));
  }

  #reach(access: () => MemTxResult): boolean {
    if (access() === MemTxResult.OK) return true;
    this.#result |= FrameResult.HOST_ERROR;
    return false;
  }
}
