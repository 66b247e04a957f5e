/** What the drives of a machine are at, as far as it decides what QEMU has to be waited for. */
import { type Access, portRead } from "../support/guest-access.js";
import { SectorWords } from "./sector-words.js";
import type { Traits } from "./traits.js";

const BUSY = 0x80;
const READY = 0x40;
const DATA_REQUEST = 0x08;
const WORKING = BUSY | DATA_REQUEST;
const FLOATING = 0xff;
/** Offsets from a channel's first port, where its data are. */
const ALTERNATE_STATUS = 0x206;
const FEATURES = 1;
const COMMAND = 7;

const DEVICE_RESET = 0x08;
const PACKET = 0xa0;
const PACKET_BY_BUS_MASTER = 0x01;
/** READ and WRITE DMA, with and without EXT, QUEUED not among them, and the list of sectors to trim. */
const BUS_MASTER_COMMANDS: readonly number[] = [0x06, 0x25, 0x35, 0xc8, 0xc9, 0xca, 0xcb];
/** Configuration ports: they start nothing. */
const CONFIG_FIRST = 0xcf8;
const CONFIG_LAST = 0xcff;

/** Follows commands and statuses of the channels. */
export class DriveWatch {
  readonly #channels: readonly number[];
  /** Channels, by first port, whose drives had nothing to do at the last look. */
  #idle: readonly number[] = [];
  /** Channels that were given a command for the bus master, and have not been idle since. */
  #transferring: readonly number[] = [];
  /** The words of each channel's data. */
  readonly #words: ReadonlyMap<number, SectorWords>;
  /** The features register of each channel, as written last. */
  readonly #features = new Map<number, number>();

  constructor({ channels }: Traits) {
    this.#channels = channels;
    this.#words = new Map(channels.map((base) => [base, new SectorWords(base)]));
  }

  /** Reads that tell what the drives are at, for {@link look}. */
  get statuses(): readonly Access[] {
    const probes = [...this.#words.values()].map(({ probe }) => probe);
    return [...this.#channels.map((base) => portRead(base + ALTERNATE_STATUS, 1)), ...probes];
  }

  /** True if a drive waits for the bus master, or works with it. */
  get isTransferring(): boolean {
    return this.#transferring.length > 0;
  }

  /** True for a command that resets a drive alone. */
  isDeviceReset({ space, address, write }: Access): boolean {
    if (space !== "io" || write === undefined) return false;
    return (write & 0xff) === DEVICE_RESET && this.#channels.includes(address - COMMAND);
  }

  /** Take note of an access that is made. @returns whether a drive may be at work after it */
  follow(access: Access): boolean {
    const { space, address, write } = access;
    if (space !== "io") return false;
    let isWithinSector = false;
    for (const words of this.#words.values())
      isWithinSector = words.follow(access) || isWithinSector;
    if (write !== undefined) {
      if (this.#channels.includes(address - FEATURES)) {
        this.#features.set(address - FEATURES, write);
      }
      if (this.#channels.includes(address - COMMAND)) {
        this.#command(address - COMMAND, write & 0xff);
        return true;
      }
    }
    if (this.#channels.includes(address)) {
      return !isWithinSector && !this.#idle.includes(address);
    }
    return this.mayStartBusMaster(access);
  }

  /** True for any write while a drive waits for the bus master, whose ports a guest may have put anywhere. */
  mayStartBusMaster({ space, address, write }: Access): boolean {
    if (space !== "io" || write === undefined || !this.isTransferring) return false;
    const isConfiguration = address >= CONFIG_FIRST && address <= CONFIG_LAST;
    return !isConfiguration && !this.#isRegister(address);
  }

  /**
   * Take the answers to {@link statuses}.
   *
   * @returns whether a drive is busy with something that passes, or may be: a guest may lay something over the
   *          port, which then tells nothing. Busy with data on offer is a packet that waits for the bus master: that
   *          does not pass.
   */
  look(answers: readonly number[]): boolean {
    const statuses = answers.slice(0, this.#channels.length);
    const isIdle = (_base: number, at: number): boolean =>
      ((statuses[at] ?? 0) & (READY | WORKING)) === READY;
    this.#idle = this.#channels.filter(isIdle);
    this.#transferring = this.#transferring.filter((base) => !this.#idle.includes(base));
    for (const [at, base] of this.#channels.entries()) {
      this.#words.get(base)?.look(statuses[at] ?? 0, answers[statuses.length + at] ?? 0);
    }
    return statuses.some(
      (status) => status === FLOATING || (status & WORKING) === BUSY || (status & READY) === 0,
    );
  }

  /** The machine was reset, and its drives with it. */
  forget(): void {
    for (const words of this.#words.values()) words.forget();
  }

  #isRegister(address: number): boolean {
    return this.#channels.some((base) => address >= base && address <= base + COMMAND);
  }

  #command(base: number, command: number): void {
    this.#words.get(base)?.command(command, this.#idle.includes(base));
    this.#idle = this.#idle.filter((one) => one !== base);
    const byPacket =
      command === PACKET && ((this.#features.get(base) ?? 0) & PACKET_BY_BUS_MASTER) !== 0;
    if (byPacket || BUS_MASTER_COMMANDS.includes(command)) {
      this.#transferring = [...this.#transferring, base];
    }
  }
}
