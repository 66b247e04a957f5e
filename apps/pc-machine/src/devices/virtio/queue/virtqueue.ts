/** A split virtqueue: descriptors, what the driver made available, what the device used (section 2.7). */
import { ChainReader, DESCRIPTOR_BYTES } from "./descriptor-chain.js";
import type { GuestMemory } from "./guest-memory.js";
import { QueueElement } from "./queue-element.js";

/** The places of the three parts of a queue, and the number of its entries. */
export interface QueuePlaces {
  /** Number of entries, 1 to the queue's size. */
  readonly entries: number;
  /** Addresses in bytes. */
  readonly descriptors: number;
  readonly available: number;
  readonly used: number;
}

/** Terms of queues that the driver and the device agreed on. */
export interface QueueRules {
  /** Each side says when it wants to be told next (`VIRTIO_F_EVENT_IDX`). */
  readonly eventIndex: boolean;
  /** The driver is told when a queue is empty, whatever else it says (`VIRTIO_F_NOTIFY_ON_EMPTY`). */
  readonly notifyOnEmpty: boolean;
}

/** Services that a queue uses of its device. */
export interface QueueHost {
  readonly memory: GuestMemory;
  rules(): QueueRules;
  /** The driver broke a rule: the device stops until it is reset. */
  fail(problem: string): void;
  /** Tell the driver that the queue has something for it. */
  interrupt(queue: Virtqueue): void;
}

/** A vector that stands for none. */
export const NO_VECTOR = 0xffff;

const INDEX = 2;
const RING = 4;
const USED_BYTES = 8;
const AVAILABLE_BYTES = 2;
const NO_INTERRUPT = 1;

/** A queue. */
export class Virtqueue {
  /** Its number, from 0. */
  readonly index: number;
  /** Most entries. */
  readonly size: number;
  /** The message that tells of it, {@link NO_VECTOR} for none. */
  vector = NO_VECTOR;
  readonly #host: QueueHost;
  readonly #chains: ChainReader;
  readonly #entry = new Uint8Array(USED_BYTES);
  readonly #entryView = new DataView(this.#entry.buffer);
  #places: QueuePlaces | null = null;
  /** Indexes count on to 2^16, and begin at 0 again. */
  #taken = 0;
  #used = 0;
  /** Elements that were taken and not given back. */
  #held = 0;
  /** The used index when the driver was last told, `null`: it never was. */
  #told: number | null = null;

  constructor(host: QueueHost, index: number, size: number) {
    this.#host = host;
    this.index = index;
    this.size = size;
    this.#chains = new ChainReader(host.memory);
  }

  /** The place where it is, `null` while the driver has not set it up. */
  get places(): QueuePlaces | null {
    return this.#places;
  }

  /** The driver has set it up. */
  setUp(places: QueuePlaces): void {
    this.#places = places;
  }

  /** Back to the state in which nobody has set it up. */
  reset(): void {
    this.#places = null;
    this.vector = NO_VECTOR;
    this.#taken = 0;
    this.#used = 0;
    this.#held = 0;
    this.#told = null;
  }

  /** Number of elements that wait to be taken; 0 also after the driver broke a rule. */
  get waiting(): number {
    const places = this.#places;
    if (places === null) return 0;
    const index = this.#host.memory.readWord(places.available + INDEX);
    if (index === null) return this.#fail("its available ring is where no memory is", 0);
    const waiting = (index - this.#taken) & 0xffff;
    if (waiting > places.entries) {
      return this.#fail(`Guest moved used index from ${this.#taken} to ${index}`, 0);
    }
    return waiting;
  }

  /** Take the next element, `null` when none waits. */
  pop(): QueueElement | null {
    const places = this.#places;
    if (places === null || this.waiting === 0) return null;
    if (this.#held >= places.entries) return this.#fail("Virtqueue size exceeded", null);
    const { memory } = this.#host;
    const slot = this.#taken % places.entries;
    const head = memory.readWord(places.available + RING + AVAILABLE_BYTES * slot);
    if (head === null) return this.#fail("its available ring is where no memory is", null);
    if (head >= places.entries) return this.#fail(`Guest says index ${head} is available`, null);
    const table = { address: places.descriptors, count: places.entries };
    const chain = this.#chains.read(table, head);
    if (typeof chain === "string") return this.#fail(chain, null);
    this.#setTaken(places, this.#taken + 1);
    this.#held++;
    return new QueueElement(memory, head, chain);
  }

  /** Put the element back that was taken last: it is not served yet. */
  unpop(): void {
    if (this.#places === null || this.#held === 0) return;
    this.#held--;
    this.#setTaken(this.#places, this.#taken - 1);
  }

  /**
   * Give an element back.
   * @param written bytes that were written, from the beginning of its writable part
   */
  push({ head }: QueueElement, written: number): void {
    const places = this.#places;
    if (places === null) return;
    this.#held = Math.max(0, this.#held - 1);
    const { memory } = this.#host;
    this.#entryView.setUint32(0, head, true);
    this.#entryView.setUint32(4, written, true);
    const slot = this.#used % places.entries;
    this.#used = (this.#used + 1) & 0xffff;
    const stored =
      memory.write(places.used + RING + USED_BYTES * slot, this.#entry) &&
      memory.writeWord(places.used + INDEX, this.#used);
    if (!stored) this.#fail("its used ring is where no memory is", null);
  }

  /** Tell the driver of what was given back, if it wants to know. */
  notify(): void {
    if (this.#places !== null && this.#isWanted(this.#places)) this.#host.interrupt(this);
  }

  #isWanted({ available, entries }: QueuePlaces): boolean {
    const { memory } = this.#host;
    const rules = this.#host.rules();
    const told = this.#told;
    if (rules.notifyOnEmpty && this.#held === 0 && this.waiting === 0) return true;
    if (!rules.eventIndex) return ((memory.readWord(available) ?? 0) & NO_INTERRUPT) === 0;
    this.#told = this.#used;
    const event = memory.readWord(available + RING + AVAILABLE_BYTES * entries) ?? 0;
    // True if the used index has come by the one that the driver named since it was told.
    const passed = (this.#used - event - 1) & 0xffff;
    return told === null || passed < ((this.#used - told) & 0xffff);
  }

  #setTaken({ used, entries }: QueuePlaces, taken: number): void {
    this.#taken = taken & 0xffff;
    if (!this.#host.rules().eventIndex) return;
    if (!this.#host.memory.writeWord(used + RING + USED_BYTES * entries, this.#taken)) {
      this.#fail("its used ring is where no memory is", null);
    }
  }

  #fail<T>(problem: string, answer: T): T {
    this.#host.fail(`queue ${this.index}: ${problem}`);
    return answer;
  }
}

/** The places of a queue of the legacy interface: its parts follow each other, the last on a page of its own. */
export function legacyPlaces(page: number, entries: number): QueuePlaces {
  const descriptors = page * LEGACY_PAGE;
  const available = descriptors + DESCRIPTOR_BYTES * entries;
  const end = available + RING + AVAILABLE_BYTES * (entries + 1);
  return {
    entries,
    descriptors,
    available,
    used: Math.ceil(end / LEGACY_PAGE) * LEGACY_PAGE,
  };
}

/** Bytes of the legacy interface's pages. */
const LEGACY_PAGE = 4096;
