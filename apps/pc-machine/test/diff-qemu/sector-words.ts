/** Counts the words of a drive's data, so that a drive that gives or takes a sector is let alone within it. */
import { type Access, portRead } from "../support/guest-access.js";

/** A drive that offers data, or takes some, does no work of its own before this many words were moved. */
const WORDS = 256;

const BUSY = 0x80;
const DATA_REQUEST = 0x08;
const FLOATING = 0xff;
/** Bits of the device register that are always set. */
const DEVICE_ONES = 0xa0;
/** Commands that are answered with whole sectors, and those that take some. A packet's answer is of any length. */
const READS: readonly number[] = [0x20, 0x21, 0x24, 0x29, 0xa1, 0xc4, 0xec];
const WRITES: readonly number[] = [0x30, 0x31, 0x34, 0x39, 0xc5];
const SOFTWARE_RESET = 0x04;
/** Offsets from a channel's first port, where its data are. */
const DEVICE = 6;
const COMMAND = 7;
const DEVICE_CONTROL = 0x206;

/** The words of one channel. */
export class SectorWords {
  readonly #base: number;
  /** Words of the current sector that were not moved; `null` where that is not known. */
  #left: number | null = null;
  /** Does a sector begin as soon as the drive is no longer busy? */
  #isBeginning = false;
  /** Does the drive take words? What is read then is none, and what is written otherwise. */
  #isTaking = false;
  /** Is it certain that nothing was laid over the channel since the last look? */
  #isThere = true;

  /** @param base the channel's first port */
  constructor(base: number) {
    this.#base = base;
  }

  /** A read whose answer tells, beside the status, whether the channel is there, for {@link look}. */
  get probe(): Access {
    return portRead(this.#base + DEVICE, 1);
  }

  /** Take note of a command. A drive with data takes none. */
  command(command: number, isIdle: boolean): void {
    if (!isIdle) return;
    this.#isTaking = WRITES.includes(command);
    this.#isBeginning = this.#isTaking || READS.includes(command);
  }

  /** Take note of an access. @returns whether it was to data after which the drive surely does nothing */
  follow(access: Access): boolean {
    if (this.#reachesData(access)) return this.#word(access);
    const { address, write } = access;
    if (write === undefined) return false;
    if (address === this.#base + DEVICE_CONTROL) {
      if ((write & SOFTWARE_RESET) !== 0) this.forget();
    } else if (address < this.#base || address > this.#base + COMMAND) {
      // It may move a base address.
      this.#isThere = false;
    }
    return false;
  }

  /** Take the channel's status and the answer to {@link probe}, before anything else is accessed. */
  look(status: number, device: number): void {
    this.#isThere = device !== FLOATING && (device & DEVICE_ONES) === DEVICE_ONES;
    if (!this.#isThere) this.#left = null;
    if (!this.#isBeginning || (status & BUSY) !== 0) return;
    this.#isBeginning = false;
    this.#left = this.#isThere && (status & DATA_REQUEST) !== 0 ? WORDS : null;
  }

  /** The drive was reset. */
  forget(): void {
    this.#left = null;
    this.#isBeginning = false;
  }

  #reachesData({ address, size }: Access): boolean {
    return address <= this.#base && address + size > this.#base;
  }

  #word({ address, size, write }: Access): boolean {
    if (this.#left === null || address !== this.#base || size !== 2) {
      this.#left = null;
      return false;
    }
    if (this.#isTaking === (write !== undefined)) this.#left--;
    if (this.#left === 0) this.#isBeginning = true;
    return this.#isThere && this.#left > 0;
  }
}
