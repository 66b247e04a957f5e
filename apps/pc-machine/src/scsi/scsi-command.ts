/** One SCSI command with its data, carried out in pieces. */
import { SECTOR_BYTES } from "../storage/block-backend.js";
import { Sense, type ScsiTask, type ScsiUnit } from "./scsi-unit.js";

/** Memory of the host for a command's data. */
export interface ScsiBuffers {
  /** Bytes that it has room for. */
  readonly room: number;
  /** Bytes that it gives. */
  readonly given: number;
  /** Store bytes at an offset. @returns false where it cannot */
  put(offset: number, bytes: Uint8Array): boolean;
  /** Fetch bytes from an offset. @returns false where it cannot */
  take(offset: number, into: Uint8Array): boolean;
}

/** Status that the host is told (SAM-3, section 5.3). */
export const ScsiStatus = { GOOD: 0x00, CHECK_CONDITION: 0x02 } as const;

/** Bytes that are moved at once. */
const PIECE_BYTES = 0x2_0000;
const PIECE_SECTORS = PIECE_BYTES / SECTOR_BYTES;

/** A command. */
export class ScsiCommand {
  readonly #unit: ScsiUnit;
  readonly #buffers: ScsiBuffers;
  readonly #command: Uint8Array;
  #task: ScsiTask | null = null;
  #moved = 0;
  #status: number = ScsiStatus.GOOD;

  /** @param command 6 to 16 bytes, and more that do not count */
  constructor(unit: ScsiUnit, buffers: ScsiBuffers, command: Uint8Array) {
    this.#unit = unit;
    this.#buffers = buffers;
    this.#command = command;
  }

  /** One of {@link ScsiStatus}, when it is done. */
  get status(): number {
    return this.#status;
  }

  /** Bytes of data that went either way. */
  get moved(): number {
    return this.#moved;
  }

  /** The host's buffers are too small for the data: nothing more is moved. */
  get overruns(): boolean {
    const task = this.#task;
    switch (task?.kind) {
      case "read":
        return task.sectors * SECTOR_BYTES > this.#buffers.room;
      case "write":
        return task.sectors * SECTOR_BYTES > this.#buffers.given;
      case "answer":
        return task.bytes.length > this.#buffers.room;
      default:
        return false;
    }
  }

  /**
   * Carry the next piece out.
   * @returns `held`: it may be tried again when the drive says so; `fault`: the buffers are not there
   */
  run(): "more" | "done" | "held" | "fault" {
    this.#task ??= this.#unit.begin(this.#command);
    if (this.overruns) return "done";
    const task = this.#task;
    switch (task.kind) {
      case "failed":
        this.#status = ScsiStatus.CHECK_CONDITION;
        return "done";
      case "done":
        return "done";
      case "answer":
        if (!this.#buffers.put(0, task.bytes)) return "fault";
        this.#moved = task.bytes.length;
        return "done";
      default:
        return this.#move(task.kind, task.lba, task.sectors);
    }
  }

  #move(kind: "read" | "write", lba: number, sectors: number): "more" | "done" | "held" | "fault" {
    const { drive } = this.#unit;
    const done = this.#moved / SECTOR_BYTES;
    const bytes = new Uint8Array(Math.min(sectors - done, PIECE_SECTORS) * SECTOR_BYTES);
    if (kind === "write" && !this.#buffers.take(this.#moved, bytes)) return "fault";
    try {
      if (kind === "read") drive.read(lba + done, bytes);
      else drive.write(lba + done, bytes);
    } catch (error) {
      switch (drive.failed(error, kind)) {
        case "ignore":
          break;
        case "hold":
          return "held";
        case "report":
          this.#unit.fail(kind === "read" ? Sense.READ_ERROR : Sense.WRITE_ERROR);
          this.#status = ScsiStatus.CHECK_CONDITION;
          return "done";
      }
    }
    if (kind === "read" && !this.#buffers.put(this.#moved, bytes)) return "fault";
    this.#moved += bytes.length;
    return this.#moved < sectors * SECTOR_BYTES ? "more" : "done";
  }
}
