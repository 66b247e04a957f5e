/** One request of a disk's driver (section 5.2.6), carried out in pieces. */
import { SECTOR_BYTES } from "../../../storage/block-backend.js";
import type { BlockOperation, DriveBackend } from "../../../storage/drive-backend.js";
import { addressOf } from "../queue/guest-memory.js";
import type { QueueElement } from "../queue/queue-element.js";
import type { Progress, PumpedRequest } from "../request-pump.js";
import { MOST_CLEARED_SECTORS } from "./block-config.js";

const Type = { READ: 0, WRITE: 1, FLUSH: 4, GET_ID: 8, DISCARD: 11, WRITE_ZEROES: 13 } as const;
/** A bit of old drivers: requests before this one come first, which they do. */
const BARRIER = 0x8000_0000;
/** The last byte that the device writes. */
const Outcome = { OK: 0, ERROR: 1, UNSUPPORTED: 2 } as const;
const HEADER_BYTES = 16;
const STATUS_BYTES = 1;
/** Bytes of the disk's name. */
const ID_BYTES = 20;
/** Bytes of a range of sectors to clear, and the flag that they may be discarded. */
const RANGE_BYTES = 16;
const UNMAP = 1;
/** Bytes that are moved at once. */
const PIECE_BYTES = 0x2_0000;
const PIECE_SECTORS = PIECE_BYTES / SECTOR_BYTES;

/** A transfer that was begun. */
interface Transfer {
  readonly kind: "read" | "write" | "zeroes";
  /** The first sector. */
  readonly lba: number;
  /** Number of sectors. */
  readonly sectors: number;
}

/** The disk that requests are for. */
export interface RequestDisk {
  readonly drive: DriveBackend;
  /** Its name, up to 20 characters. */
  readonly serial: string;
}

/** A request. */
export class BlockRequest implements PumpedRequest {
  readonly element: QueueElement;
  readonly #disk: RequestDisk;
  #transfer: Transfer | null = null;
  /** Sectors of the transfer that are done. */
  #done = 0;

  constructor(disk: RequestDisk, element: QueueElement) {
    this.#disk = disk;
    this.element = element;
  }

  /** As QEMU has it: all that could be written counts, the status at its end included. */
  get written(): number {
    return this.element.writableBytes;
  }

  hold(retry: () => void): void {
    this.#disk.drive.hold(retry);
  }

  run(): Progress {
    const transfer = this.#transfer;
    return transfer === null ? this.#begin() : this.#goOn(transfer);
  }

  #begin(): Progress {
    const header = new Uint8Array(HEADER_BYTES);
    const { element } = this;
    if (element.writableBytes < STATUS_BYTES || !element.read(0, header)) return "fault";
    const view = new DataView(header.buffer);
    const type = (view.getUint32(0, true) & ~BARRIER) >>> 0;
    const lba = addressOf(view.getUint32(8, true), view.getUint32(12, true));
    switch (type) {
      case Type.READ:
        return this.#start("read", lba, element.writableBytes - STATUS_BYTES);
      case Type.WRITE:
        return this.#start("write", lba, element.readableBytes - HEADER_BYTES);
      case Type.FLUSH:
        return this.#tried("flush", () => this.#disk.drive.flush?.()) ?? this.#finish(Outcome.OK);
      case Type.GET_ID:
        return this.#tellId();
      case Type.DISCARD:
      case Type.WRITE_ZEROES:
        return this.#clear(type);
      default:
        return this.#finish(Outcome.UNSUPPORTED);
    }
  }

  #start(kind: Transfer["kind"], lba: number, bytes: number): Progress {
    const sectors = bytes / SECTOR_BYTES;
    const { drive } = this.#disk;
    const isThere = Number.isInteger(sectors) && lba + sectors <= drive.sectors;
    if (!isThere || (kind !== "read" && drive.readonly)) return this.#finish(Outcome.ERROR);
    this.#transfer = { kind, lba, sectors };
    return this.#goOn(this.#transfer);
  }

  #goOn({ kind, lba, sectors }: Transfer): Progress {
    const count = Math.min(sectors - this.#done, PIECE_SECTORS);
    const bytes = new Uint8Array(count * SECTOR_BYTES);
    const offset = this.#done * SECTOR_BYTES;
    const { element } = this;
    const { drive } = this.#disk;
    const at = lba + this.#done;
    if (kind === "write" && !element.read(HEADER_BYTES + offset, bytes)) return "fault";
    const failed =
      count === 0
        ? null
        : kind === "read"
          ? this.#tried("read", () => drive.read(at, bytes))
          : this.#tried("write", () => drive.write(at, bytes));
    if (failed !== null) return failed;
    if (kind === "read" && !element.write(offset, bytes)) return "fault";
    this.#done += count;
    return this.#done < sectors ? "more" : this.#finish(Outcome.OK);
  }

  #tellId(): Progress {
    const room = this.element.writableBytes - STATUS_BYTES;
    const bytes = new Uint8Array(Math.min(room, ID_BYTES));
    bytes.set(new TextEncoder().encode(this.#disk.serial).subarray(0, bytes.length));
    if (!this.element.write(0, bytes)) return "fault";
    return this.#finish(Outcome.OK);
  }

  #clear(type: number): Progress {
    const { element } = this;
    const range = new Uint8Array(RANGE_BYTES);
    if (!element.read(HEADER_BYTES, range)) return "fault";
    if (element.readableBytes - HEADER_BYTES !== RANGE_BYTES) {
      return this.#finish(Outcome.UNSUPPORTED);
    }
    const view = new DataView(range.buffer);
    const lba = addressOf(view.getUint32(0, true), view.getUint32(4, true));
    const sectors = view.getUint32(8, true);
    const flags = view.getUint32(12, true);
    const isUnknown = (flags & ~UNMAP) !== 0 || (type === Type.DISCARD && flags !== 0);
    if (isUnknown) return this.#finish(Outcome.UNSUPPORTED);
    const { drive } = this.#disk;
    if (sectors > MOST_CLEARED_SECTORS || lba + sectors > drive.sectors || drive.readonly) {
      return this.#finish(Outcome.ERROR);
    }
    // What was discarded may still be read: that is allowed, and nothing is gained otherwise.
    if (type === Type.DISCARD) return this.#finish(Outcome.OK);
    return this.#start("zeroes", lba, sectors * SECTOR_BYTES);
  }

  /** Try something with the medium. @returns `null` when it counts as done, else what became of the request */
  #tried(operation: BlockOperation, action: () => void): Progress | null {
    const { drive } = this.#disk;
    try {
      action();
    } catch (error) {
      switch (drive.failed(error, operation)) {
        case "ignore":
          return null;
        case "hold":
          return "held";
        case "report":
          return this.#finish(Outcome.ERROR);
      }
    }
    return null;
  }

  /** Tell how it ended, in the last byte of the writable part. */
  #finish(outcome: number): Progress {
    const { element } = this;
    if (!element.write(element.writableBytes - STATUS_BYTES, Uint8Array.of(outcome)))
      return "fault";
    return "done";
  }
}
