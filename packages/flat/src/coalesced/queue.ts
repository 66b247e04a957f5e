import { type Address, RegionOptionsError } from "@mem/core";
import {
  aNumber,
  checkOptions,
  type OptionTable,
  refuseArgument,
  systemInternals,
} from "@mem/core/plumbing";
import { Inspectable, type Summary } from "../inspect/summary.js";
import { checkSpace } from "../arguments.js";
import type { AddressSpace } from "../space/address-space.js";
import { CoalescedRing } from "./ring.js";
import { CoalescedZones } from "./zones.js";
import type { ListenerRegistration } from "../listeners/registration.js";

/** As many as KVM's ring takes: one page of entries of 24 bytes behind a head of 8. */
const DEFAULT_CAPACITY = 170;
const MAX_CAPACITY = 0x10_0000;
const OPTIONS: OptionTable = {
  call: "new CoalescedMmioQueue",
  optional: { capacity: aNumber },
};

/**
 * Options of a {@link CoalescedMmioQueue}.
 * @see {@link CoalescedMmioQueue}
 */
export interface CoalescedMmioQueueOptions {
  /** Number of writes that it holds, 1 to 2^20; default 170. */
  readonly capacity?: number;
}

/**
 * Holds back what a processor writes to coalesced ranges of an address space (`setCoalescing`,
 * `addCoalescing`), so that a device gets it in one go: what KVM does for QEMU. Whoever runs the
 * guest attaches one, and asks {@link post} before each write to something that is not memory.
 * Without a queue coalesced ranges are written like any others.
 *
 * The queue is flushed, oldest write first, each as `AddressSpace.write` does it:
 *
 * - before any access to a region whose `flushCoalesced` is set, as it is for every region with
 *   coalesced ranges and by `setFlushCoalesced`: registers that tell of progress, say;
 * - before a transaction begins, so that writes reach what they were meant for;
 * - before coalescing is taken from a region;
 * - when it is full: the write that has no room is not queued, and comes after all that is;
 * - by `flush`, `machine.flushCoalescedMmio()`, and when the queue is disposed.
 *
 * A flush inside a flush does nothing. What is posted meanwhile is queued behind, and of that one
 * flush delivers as many as the queue holds; more waits for the next.
 *
 * @example
 * const nic = machine.mmio({ name: "nic", size: 0x200, write: (_at, value) => console.log(value) });
 * system.addSubregion(0x9000_0000, nic);
 * addCoalescing(nic, 0x100, 0x100); // the transmit buffer
 * using queue = new CoalescedMmioQueue(space, { capacity: 64 });
 * console.log(queue.post(0x9000_0100, 4, 7), queue.length); // prints: true 1
 * queue.flush(); // prints: 7
 */
export class CoalescedMmioQueue extends Inspectable implements Disposable {
  /** The address space whose writes it takes. */
  readonly addressSpace: AddressSpace;
  readonly #zones = new CoalescedZones();
  readonly #ring: CoalescedRing;
  readonly #buffers = [1, 2, 4, 8].map((size) => new Uint8Array(size));
  readonly #registration: ListenerRegistration;
  readonly #attachment: Disposable;
  #disposed = false;

  /**
   * @throws ArgumentError for what is no address space, and options that are unknown or of the wrong
   *   kind; RegionOptionsError for a capacity out of range; LifecycleError when the address space
   *   was destroyed.
   */
  constructor(space: AddressSpace, options: CoalescedMmioQueueOptions = {}) {
    super();
    checkSpace(space, OPTIONS.call);
    checkOptions(options, OPTIONS, refuseArgument);
    const { capacity = DEFAULT_CAPACITY } = options;
    if (!Number.isInteger(capacity) || capacity < 1 || capacity > MAX_CAPACITY) {
      throw new RegionOptionsError(`a queue of ${capacity} coalesced writes`, {
        rule: "coalesced-capacity",
        region: space.name,
      });
    }
    this.addressSpace = space;
    this.#ring = new CoalescedRing(capacity);
    this.#registration = space.listen({
      name: "coalesced writes",
      coalescedIoAdd: (_section, addr, length) => this.#zones.add(addr, length),
      coalescedIoDel: (_section, addr, length) => this.#zones.remove(addr, length),
    });
    this.#attachment = systemInternals(space.system).coalescedQueues.attach({
      deliver: () => this.#deliver(),
    });
  }

  /** Number of writes that it holds at most. */
  get capacity(): number {
    return this.#ring.capacity;
  }

  /** Number of writes that it holds. */
  get length(): number {
    return this.#ring.length;
  }

  /**
   * Queues a write of 1, 2, 4 or 8 bytes, little endian, if all of it lies in one coalesced range.
   * @param addr bus address; what lies above 2^53 is not queued.
   * @param value is reduced to the size.
   * @returns true if it was queued. Otherwise the caller writes as ever; what had to be delivered
   *   before that has been, or will be as that write gets to a region that asks for it.
   */
  post(addr: Address, size: 1 | 2 | 4 | 8, value: number | bigint): boolean {
    const at = typeof addr === "number" ? addr : Number(addr);
    if (this.#disposed || !this.#zones.covers(at, size)) return false;
    if (this.#ring.isFull) {
      this.flush();
      return false;
    }
    this.#ring.push(at, size, value);
    return true;
  }

  /** Has all queues of the machine flushed, this one among them. Never throws. */
  flush(): void {
    this.addressSpace.system.flushCoalescedMmio();
  }

  #deliver(): void {
    const most = this.#ring.length + this.#ring.capacity;
    for (let i = 0; i < most && this.#ring.length > 0; i++) {
      const { addr } = this.#ring;
      const bytes = this.#ring.bytes(this.#buffers);
      this.#ring.shift();
      this.addressSpace.write(addr, bytes);
    }
  }

  protected override summarize(): Summary {
    const { addressSpace, capacity, length } = this;
    const facts = [`${length} of ${capacity} writes`, this.#disposed && "disposed"];
    return { kind: "CoalescedMmioQueue", name: addressSpace.name, facts };
  }

  /** Number of writes that it holds. */
  toJSON(): object {
    const { addressSpace, capacity, length } = this;
    return { space: addressSpace.name, capacity, length, disposed: this.#disposed };
  }

  /** Delivers what is queued, and takes nothing any more. Again does nothing. */
  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.flush();
    this.#disposed = true;
    this.#attachment[Symbol.dispose]();
    this.#registration[Symbol.dispose]();
    this.#zones.clear();
  }
}
