/** A disk by SCSI commands (SPC-3, SBC-2), as drives behind virtio and on the USB speak them. */
import { SECTOR_BYTES } from "../storage/block-backend.js";
import type { DriveBackend } from "../storage/drive-backend.js";
import { inquiry, reportLuns, type ScsiIdentity } from "./inquiry.js";
import {
  DONE,
  failed,
  limited,
  Sense,
  senseBytes,
  type ScsiTask,
  type ScsiUnit,
  type SenseCode,
} from "./scsi-unit.js";

const Operation = {
  TEST_UNIT_READY: 0x00,
  REQUEST_SENSE: 0x03,
  READ_6: 0x08,
  WRITE_6: 0x0a,
  INQUIRY: 0x12,
  MODE_SENSE_6: 0x1a,
  START_STOP: 0x1b,
  PREVENT_REMOVAL: 0x1e,
  READ_FORMAT_CAPACITIES: 0x23,
  READ_CAPACITY_10: 0x25,
  READ_10: 0x28,
  WRITE_10: 0x2a,
  VERIFY_10: 0x2f,
  SYNCHRONIZE_CACHE: 0x35,
  MODE_SENSE_10: 0x5a,
  READ_16: 0x88,
  WRITE_16: 0x8a,
  SERVICE_ACTION_16: 0x9e,
  REPORT_LUNS: 0xa0,
  READ_12: 0xa8,
  WRITE_12: 0xaa,
} as const;
const READ_CAPACITY_16 = 0x10;

/** Kind of device, as INQUIRY tells it. */
const DIRECT_ACCESS = 0;
/** A mode page about caching: writes are cached. */
const CACHING = [0x08, 0x12, 0x04, ...Array<number>(17).fill(0)];
const WRITE_PROTECTED = 0x80;

/** The disk. */
export class ScsiDisk implements ScsiUnit {
  readonly drive: DriveBackend;
  readonly #identity: ScsiIdentity;
  #sense: SenseCode = Sense.NONE;
  #isChanged = false;

  constructor(drive: DriveBackend, identity: ScsiIdentity) {
    this.drive = drive;
    this.#identity = identity;
  }

  fail(sense: SenseCode): void {
    this.#sense = sense;
  }

  mediumChanged(): void {
    this.#isChanged = true;
  }

  reset(): void {
    this.#sense = Sense.NONE;
    this.#isChanged = false;
  }

  takeSense(): Uint8Array {
    const bytes = senseBytes(this.#sense);
    this.#sense = Sense.NONE;
    return bytes;
  }

  begin(command: Uint8Array): ScsiTask {
    const task = this.#begin(command);
    if (command[0] !== Operation.REQUEST_SENSE) this.#sense = Sense.NONE;
    if (task.kind === "failed") this.#sense = task.sense;
    return task;
  }

  #begin(command: Uint8Array): ScsiTask {
    const bytes = new Uint8Array(16);
    bytes.set(command.subarray(0, 16));
    const view = new DataView(bytes.buffer);
    switch (bytes[0]) {
      case Operation.REQUEST_SENSE:
        return limited(this.takeSense(), view.getUint8(4));
      case Operation.INQUIRY:
        return inquiry(view, this.#identity, DIRECT_ACCESS);
      case Operation.REPORT_LUNS:
        return reportLuns(view);
    }
    if (!this.drive.present) return failed(Sense.NO_MEDIUM);
    if (this.#isChanged) {
      this.#isChanged = false;
      return failed(Sense.MEDIUM_CHANGED);
    }
    switch (bytes[0]) {
      case Operation.TEST_UNIT_READY:
      case Operation.START_STOP:
      case Operation.PREVENT_REMOVAL:
      case Operation.VERIFY_10:
        return DONE;
      case Operation.SYNCHRONIZE_CACHE:
        return this.#flush();
      case Operation.MODE_SENSE_6:
        return this.#modeSense(view, 4, view.getUint8(4));
      case Operation.MODE_SENSE_10:
        return this.#modeSense(view, 8, view.getUint16(7));
      case Operation.READ_FORMAT_CAPACITIES:
        return this.#formatCapacities(view.getUint16(7));
      case Operation.READ_CAPACITY_10:
        return this.#capacity10();
      case Operation.SERVICE_ACTION_16:
        return this.#capacity16(view);
      default:
        return this.#transfer(view);
    }
  }

  #transfer(view: DataView): ScsiTask {
    const sectors6 = view.getUint8(4) === 0 ? 256 : view.getUint8(4);
    switch (view.getUint8(0)) {
      case Operation.READ_6:
        return this.#move("read", view.getUint32(0) & 0x1f_ffff, sectors6);
      case Operation.WRITE_6:
        return this.#move("write", view.getUint32(0) & 0x1f_ffff, sectors6);
      case Operation.READ_10:
        return this.#move("read", view.getUint32(2), view.getUint16(7));
      case Operation.WRITE_10:
        return this.#move("write", view.getUint32(2), view.getUint16(7));
      case Operation.READ_12:
        return this.#move("read", view.getUint32(2), view.getUint32(6));
      case Operation.WRITE_12:
        return this.#move("write", view.getUint32(2), view.getUint32(6));
      case Operation.READ_16:
        return this.#move("read", Number(view.getBigUint64(2)), view.getUint32(10));
      case Operation.WRITE_16:
        return this.#move("write", Number(view.getBigUint64(2)), view.getUint32(10));
      default:
        return failed(Sense.UNKNOWN_COMMAND);
    }
  }

  #move(kind: "read" | "write", lba: number, sectors: number): ScsiTask {
    if (lba + sectors > this.drive.sectors) return failed(Sense.OUT_OF_RANGE);
    if (kind === "write" && this.drive.readonly) return failed(Sense.WRITE_PROTECTED);
    return sectors === 0 ? DONE : { kind, lba, sectors };
  }

  #flush(): ScsiTask {
    try {
      this.drive.flush?.();
      return DONE;
    } catch (error) {
      return this.drive.failed(error, "flush") === "ignore" ? DONE : failed(Sense.WRITE_ERROR);
    }
  }

  #modeSense(view: DataView, header: 4 | 8, length: number): ScsiTask {
    const page = view.getUint8(2) & 0x3f;
    const known = page === 0x08 || page === 0x3f;
    const pages = known ? CACHING : [];
    if (!known && page !== 0) return failed(Sense.INVALID_FIELD);
    const bytes = new Uint8Array(header + pages.length);
    const protectedBit = this.drive.readonly ? WRITE_PROTECTED : 0;
    const rest = bytes.length - (header === 4 ? 1 : 2);
    bytes.set(header === 4 ? [rest, 0, protectedBit, 0] : [0, rest, 0, protectedBit]);
    bytes.set(pages, header);
    return limited(bytes, length);
  }

  #formatCapacities(length: number): ScsiTask {
    const bytes = new Uint8Array(12);
    const view = new DataView(bytes.buffer);
    bytes[3] = 8;
    view.setUint32(4, Math.min(this.drive.sectors, 0xffff_ffff));
    // Formatted, and bytes of a sector.
    view.setUint32(8, 0x0200_0000 | SECTOR_BYTES);
    return limited(bytes, length);
  }

  #capacity10(): ScsiTask {
    const bytes = new Uint8Array(8);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, Math.min(this.drive.sectors - 1, 0xffff_ffff));
    view.setUint32(4, SECTOR_BYTES);
    return { kind: "answer", bytes };
  }

  #capacity16(view: DataView): ScsiTask {
    if ((view.getUint8(1) & 0x1f) !== READ_CAPACITY_16) return failed(Sense.UNKNOWN_COMMAND);
    const bytes = new Uint8Array(32);
    const answer = new DataView(bytes.buffer);
    answer.setBigUint64(0, BigInt(this.drive.sectors - 1));
    answer.setUint32(8, SECTOR_BYTES);
    return limited(bytes, view.getUint32(10));
  }
}
