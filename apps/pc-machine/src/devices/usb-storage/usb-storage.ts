/**
 * A disk on the USB: commands in wrappers, by bulk transfers (USB Mass Storage Class, Bulk-Only
 * Transport 1.0).
 */
import type { DeviceContext } from "../../device/context.js";
import { ScsiDisk } from "../../scsi/scsi-disk.js";
import { Sense, type ScsiTask } from "../../scsi/scsi-unit.js";
import { BlockError, SECTOR_BYTES } from "../../storage/block-backend.js";
import type { DriveBackend } from "../../storage/drive-backend.js";
import { UsbResult, type UsbRequest } from "../../usb/requests.js";
import { UsbDevice } from "../../usb/usb-device.js";

const Request = { RESET: 0xff, GET_MAX_LUN: 0xfe } as const;
const Wrapper = {
  COMMAND_SIGNATURE: 0x4342_5355,
  STATUS_SIGNATURE: 0x5342_5355,
  COMMAND_BYTES: 31,
  STATUS_BYTES: 13,
  COMMAND: 15,
} as const;
const Endpoint = { IN: 0x81, OUT: 0x02 } as const;
const PACKET_BYTES = 64;
/** Bytes that are read or written at once. */
const PIECE_BYTES = 65_536;
const NOTHING = new Uint8Array(0);

/** Stage of a command. */
type Stage = "command" | "data-in" | "data-out" | "status";

/** QEMU's `usb-storage`. */
export class UsbStorage extends UsbDevice {
  readonly #drive: DriveBackend;
  readonly #disk: ScsiDisk;
  #stage: Stage = "command";
  #tag = 0;
  /** Bytes that the host still sends or wants. */
  #left = 0;
  #status = 0;
  #task: ScsiTask = { kind: "done" };
  /** Sectors of the task that are done. */
  #done = 0;
  /** Bytes on their way: of the answer, of sectors that were read, or of those to be written. */
  #piece: Uint8Array = NOTHING;
  #at = 0;
  /** A transfer waits until the machine goes on. */
  #held = false;

  /** @param options.removable true of a stick whose medium comes and goes */
  constructor(
    context: DeviceContext,
    options: { drive: DriveBackend; serial: string; removable: boolean },
  ) {
    const { drive, removable } = options;
    const serial = options.serial === "" ? "1" : options.serial;
    super(context, "usb-storage", {
      vendorId: 0x46f4,
      productId: 0x0001,
      manufacturer: "QEMU",
      product: "QEMU USB HARDDRIVE",
      serial,
      interfaceClass: [8, 6, 0x50],
      controlPacket: 8,
      endpoints: [
        { address: Endpoint.IN, type: "bulk", maxPacket: PACKET_BYTES },
        { address: Endpoint.OUT, type: "bulk", maxPacket: PACKET_BYTES },
      ],
      wakes: false,
    });
    this.#drive = drive;
    const identity = { vendor: "QEMU", product: "QEMU HARDDISK", revision: "1.0" };
    this.#disk = new ScsiDisk(drive, { ...identity, serial, removable });
    drive.connect({
      qdev: context.id ?? this.object.canonicalPath() ?? "",
      removable,
      tray: null,
      mediumChanged: () => this.#disk.mediumChanged(),
    });
  }

  override dispose(): void {
    super.dispose();
    this.#drive.disconnect();
  }

  protected override resetFunction(): void {
    this.#stage = "command";
    this.#piece = NOTHING;
    this.#held = false;
    this.#disk.reset();
  }

  protected override classRequest({ request }: UsbRequest): Uint8Array | null {
    switch (request) {
      case Request.RESET:
        this.#stage = "command";
        return NOTHING;
      case Request.GET_MAX_LUN:
        return Uint8Array.of(0);
      default:
        return null;
    }
  }

  protected override receive(_endpoint: number, data: Uint8Array): number {
    switch (this.#stage) {
      case "command":
        return this.#command(data);
      case "data-out":
        return this.#take(data);
      default:
        this.halt(Endpoint.OUT);
        return UsbResult.STALL;
    }
  }

  protected override send(_endpoint: number, data: Uint8Array): number {
    switch (this.#stage) {
      case "data-in":
        return this.#give(data);
      case "status":
        return this.#tell(data);
      default:
        // The host asks before it has said what it wants, or while it should send.
        return UsbResult.NAK;
    }
  }

  #command(data: Uint8Array): number {
    const view = new DataView(data.buffer, data.byteOffset, data.length);
    if (
      data.length !== Wrapper.COMMAND_BYTES ||
      view.getUint32(0, true) !== Wrapper.COMMAND_SIGNATURE
    ) {
      this.context.log("guest_error", "usb-storage: no command is in the wrapper");
      this.halt(Endpoint.IN);
      this.halt(Endpoint.OUT);
      return UsbResult.STALL;
    }
    this.#tag = view.getUint32(4, true);
    this.#left = view.getUint32(8, true);
    const isIn = (view.getUint8(12) & 0x80) !== 0;
    const length = Math.min(16, view.getUint8(14) & 0x1f);
    this.#task =
      view.getUint8(13) === 0
        ? this.#disk.begin(data.subarray(Wrapper.COMMAND, Wrapper.COMMAND + length))
        : { kind: "failed", sense: Sense.INVALID_FIELD };
    this.#status = this.#task.kind === "failed" ? 1 : 0;
    this.#done = 0;
    this.#at = 0;
    this.#piece = this.#task.kind === "answer" ? this.#task.bytes : NOTHING;
    this.#stage = this.#left === 0 ? "status" : isIn ? "data-in" : "data-out";
    return data.length;
  }

  /** Bytes for the host; zeros where it wants more than there are. */
  #give(data: Uint8Array): number {
    if (this.#held) return UsbResult.NAK;
    if (this.#at === this.#piece.length && !this.#readPiece()) return UsbResult.NAK;
    const wanted = Math.min(data.length, this.#left);
    const part = this.#piece.subarray(this.#at, this.#at + wanted);
    data.set(part);
    data.fill(0, part.length, wanted);
    this.#at += part.length;
    this.#left -= wanted;
    if (this.#left === 0) this.#stage = "status";
    return wanted;
  }

  /** @returns false when the transfer has to wait */
  #readPiece(): boolean {
    if (this.#task.kind !== "read" || this.#done === this.#task.sectors) return true;
    const { lba, sectors } = this.#task;
    const count = Math.min(sectors - this.#done, PIECE_BYTES / SECTOR_BYTES);
    const bytes = new Uint8Array(count * SECTOR_BYTES);
    if (!this.#tried("read", () => this.#drive.read(lba + this.#done, bytes))) return false;
    this.#piece = bytes;
    this.#at = 0;
    this.#done += count;
    return true;
  }

  /** Bytes of the host: they are written by the piece. */
  #take(data: Uint8Array): number {
    if (this.#held) return UsbResult.NAK;
    if (this.#task.kind === "write") {
      if (this.#at === this.#piece.length && !this.#writePiece()) return UsbResult.NAK;
      const part = data.subarray(0, this.#piece.length - this.#at);
      this.#piece.set(part, this.#at);
      this.#at += part.length;
    }
    this.#left -= Math.min(this.#left, data.length);
    if (this.#left === 0) this.#stage = "status";
    return data.length;
  }

  /** Write the piece, which is full or the last, and begin the next. @returns false when it has to wait */
  #writePiece(): boolean {
    if (this.#task.kind !== "write") return true;
    const { lba, sectors } = this.#task;
    const count = Math.floor(this.#at / SECTOR_BYTES);
    if (count > 0) {
      const bytes = this.#piece.subarray(0, count * SECTOR_BYTES);
      const isDone = this.#tried("write", () => this.#drive.write(lba + this.#done, bytes));
      if (!isDone) return false;
      this.#done += count;
    }
    const next = Math.min(sectors - this.#done, PIECE_BYTES / SECTOR_BYTES);
    this.#piece = new Uint8Array(this.#status === 0 ? next * SECTOR_BYTES : 0);
    this.#at = 0;
    return true;
  }

  /** @returns false when the transfer has to wait; a failure is told at the end */
  #tried(operation: "read" | "write", action: () => void): boolean {
    try {
      action();
      return true;
    } catch (error) {
      if (!(error instanceof BlockError)) throw error;
      switch (this.#drive.failed(error, operation)) {
        case "ignore":
          return true;
        case "hold":
          this.#held = true;
          this.#drive.hold(() => {
            this.#held = false;
          });
          return false;
        case "report":
          this.#status = 1;
          this.#disk.fail(operation === "read" ? Sense.READ_ERROR : Sense.WRITE_ERROR);
          this.#task = { kind: "done" };
          return true;
      }
    }
  }

  #tell(data: Uint8Array): number {
    if (this.#held) return UsbResult.NAK;
    if (this.#task.kind === "write" && this.#at > 0 && !this.#writePiece()) return UsbResult.NAK;
    if (data.length < Wrapper.STATUS_BYTES) return UsbResult.BABBLE;
    const view = new DataView(data.buffer, data.byteOffset, data.length);
    view.setUint32(0, Wrapper.STATUS_SIGNATURE, true);
    view.setUint32(4, this.#tag, true);
    view.setUint32(8, this.#left, true);
    view.setUint8(12, this.#status);
    this.#stage = "command";
    return Wrapper.STATUS_BYTES;
  }
}
