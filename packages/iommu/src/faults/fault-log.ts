import { RegionOptionsError } from "@mem/core";
import { CallbackList, isThenable, whenRejected } from "@mem/core/plumbing";
import { dataOf, Inspectable, type Summary } from "@mem/flat/plumbing";
import type { Ink } from "@mem/qom";
import { faultData, faultText } from "../texts.js";
import type { IommuFault } from "./iommu-fault.js";

/** Records that a {@link FaultLog} keeps unless told otherwise. */
const DEFAULT_CAPACITY = 16;
const MAX_CAPACITY = 1 << 16;

/** Faults within so many bytes are of one page. */
const PAGE_BITS = 12n;

/** Told of each fault, recorded or lost, once the log is up to date; of repeats it is not. */
export type FaultListener = (fault: IommuFault, log: FaultLog) => void;

/**
 * The fault records of an IOMMU: a ring of a fixed size, as hardware has it. A fault that finds
 * the ring full is lost, and {@link overflow} tells so until it is cleared. What is in the ring
 * stays until it is taken out, so the first causes are what one sees.
 *
 * A transfer that is refused is tried piece by piece. So a fault that only repeats the one
 * before, in the same page of 4 KiB, while the ring holds something, is counted and no more.
 *
 * @example
 * const iommu = machine.adopt(
 *   new WindowTableIommu(machine, { name: "iommu", size: 2n ** 32n, target: space }),
 * );
 * iommu.faults.onFault(({ iova }) => console.log(`interrupt for ${hex(iova)}`));
 * machine.addressSpace(iommu, "device").load(0x6000, 4); // prints: interrupt for 0x6000
 * console.log(iommu.faults.take()?.reason); // prints: not-mapped
 */
export class FaultLog extends Inspectable {
  /** Number of records that fit. */
  readonly capacity: number;
  readonly #ring: (IommuFault | undefined)[];
  readonly #onError: (error: unknown) => void;
  readonly #listeners = new CallbackList<FaultListener>();
  #first = 0;
  #length = 0;
  #overflow = false;
  #count = 0;
  /** The last fault that was no repeat, until the ring is empty. */
  #newest: IommuFault | undefined;

  /**
   * @param capacity records to keep, 1 to 65536; default 16.
   * @param onError told what a listener throws; default: it is dropped.
   * @throws RegionOptionsError for a capacity that is none.
   */
  constructor(capacity = DEFAULT_CAPACITY, onError: (error: unknown) => void = () => undefined) {
    super();
    if (!Number.isSafeInteger(capacity) || capacity < 1 || capacity > MAX_CAPACITY) {
      throw new RegionOptionsError(`a fault log of ${capacity} records`, {
        rule: "fault-capacity",
      });
    }
    this.capacity = capacity;
    this.#ring = new Array<IommuFault | undefined>(capacity);
    this.#onError = onError;
  }

  /** Number of records that are in the ring. */
  get length(): number {
    return this.#length;
  }

  /** True if a fault was lost since this was last cleared. */
  get overflow(): boolean {
    return this.#overflow;
  }

  /** Number of faults, lost ones and repeats included. */
  get count(): number {
    return this.#count;
  }

  /** The records, oldest first; they stay in the ring. */
  get records(): readonly IommuFault[] {
    return [...this.#each()];
  }

  protected override summarize(): Summary {
    const { capacity, count, length, overflow } = this;
    return {
      kind: "FaultLog",
      facts: [`${length} of ${capacity} record(s)`, `${count} fault(s)`, overflow && "overflow"],
      lines: (ink) => this.#lines(ink),
      total: length,
    };
  }

  /** Counts, and the oldest 256 records; addresses are texts such as `"0x10"`. */
  toJSON(): object {
    const { capacity, count, length, overflow } = this;
    return { capacity, length, overflow, count, records: dataOf(this.#each(), faultData) };
  }

  /** The oldest record, which stays; `undefined` when there is none. */
  peek(): IommuFault | undefined {
    return this.#at(0);
  }

  /** Takes the oldest record out; `undefined` when there is none. */
  take(): IommuFault | undefined {
    const fault = this.#at(0);
    if (fault === undefined) return undefined;
    this.#ring[this.#first] = undefined;
    this.#first = (this.#first + 1) % this.capacity;
    this.#length--;
    if (this.#length === 0) this.#newest = undefined;
    return fault;
  }

  /** Clears {@link overflow} and leaves the records. */
  clearOverflow(): void {
    this.#overflow = false;
  }

  /** Drops all records, and clears {@link overflow}. */
  clear(): void {
    this.#ring.fill(undefined);
    this.#first = 0;
    this.#length = 0;
    this.#newest = undefined;
    this.#overflow = false;
  }

  /**
   * Tells `listener` of each fault from now on, within the access that fails: the place to raise an
   * interrupt. What takes longer belongs into the machine's queue (`MemorySystem.schedule`).
   * Disposing the result ends that, for a fault that is being told of as well.
   */
  onFault(listener: FaultListener): Disposable {
    return this.#listeners.add(listener);
  }

  /** Records a fault, or counts it as lost, and tells the listeners, unless it is a repeat. */
  record(fault: IommuFault): void {
    this.#count++;
    if (isRepeat(fault, this.#newest)) return;
    this.#newest = fault;
    if (this.#length === this.capacity) {
      this.#overflow = true;
    } else {
      this.#ring[(this.#first + this.#length) % this.capacity] = fault;
      this.#length++;
    }
    this.#listeners.eachGuarded((listener) => this.#tell(listener, fault), this.#onError);
  }

  /** An answer does not matter; but a promise that is rejected must not go unheard. */
  #tell(listener: FaultListener, fault: IommuFault): void {
    const answer: unknown = listener(fault, this);
    if (isThenable(answer)) whenRejected(answer, this.#onError);
  }

  *#each(): Generator<IommuFault> {
    for (let i = 0; i < this.#length; i++) {
      const fault = this.#at(i);
      if (fault !== undefined) yield fault;
    }
  }

  *#lines(ink: Ink): Generator<string> {
    for (const fault of this.#each()) yield faultText(fault, ink);
  }

  #at(index: number): IommuFault | undefined {
    return index < this.#length ? this.#ring[(this.#first + index) % this.capacity] : undefined;
  }
}

function isRepeat(fault: IommuFault, newest: IommuFault | undefined): boolean {
  return (
    newest !== undefined &&
    newest.iommuIdx === fault.iommuIdx &&
    newest.access === fault.access &&
    newest.reason === fault.reason &&
    newest.iova >> PAGE_BITS === fault.iova >> PAGE_BITS
  );
}
