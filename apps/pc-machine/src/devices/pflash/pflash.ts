/** A parallel flash chip with Intel's command set: QEMU's `cfi.pflash01`. */
import type { MemoryRegion } from "@mem/core";
import type { QomObject } from "@mem/qom";

import type { DeviceContext } from "../../device/context.js";
import type { Device } from "../../device/device.js";
import { createDeviceObject } from "../../device/device-object.js";
import type { MemoryWindow } from "../../device/windows/io-window.js";
import { BlockError, SECTOR_BYTES } from "../../storage/block-backend.js";
import type { DriveBackend } from "../../storage/drive-backend.js";
import { cfiTable } from "./cfi-table.js";

/** Bytes that are erased at once. */
export const FLASH_SECTOR_BYTES = 0x1000;
/** Bytes of the buffer for writes. */
const BUFFER_BYTES = 256;

const Command = {
  READ_ARRAY: 0xff,
  RESET: 0x00,
  AMD_RESET: 0xf0,
  PROGRAM: 0x40,
  PROGRAM_TOO: 0x10,
  ERASE: 0x20,
  CLEAR_STATUS: 0x50,
  LOCK: 0x60,
  READ_STATUS: 0x70,
  READ_ID: 0x90,
  QUERY: 0x98,
  BUFFER: 0xe8,
  CONFIRM: 0xd0,
  SET_LOCK: 0x01,
} as const;
const Status = { READY: 0x80, ERASE_ERROR: 0x20, PROGRAM_ERROR: 0x10 } as const;
const ERASED = 0xff;

/** Meaning of the next access. */
type Mode =
  "array" | "status" | "id" | "query" | "program" | "confirm" | "count" | "fill" | "commit";

/** The chip. */
export class PFlash implements Device {
  readonly object: QomObject;
  readonly region: MemoryRegion;
  readonly memoryWindows: readonly MemoryWindow[];
  readonly #context: DeviceContext;
  readonly #drive: DriveBackend;
  readonly #bytes: Uint8Array;
  readonly #query: Uint8Array;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #mode: Mode = "array";
  #status: number = Status.READY;
  #confirms: "erase" | "lock" = "erase";
  /** Writes that the buffer still takes, and the place of its first byte in the chip. */
  #left = 0;
  #first = 0;

  /** @param options.address place of the first byte */
  constructor(
    context: DeviceContext,
    options: { readonly name: string; readonly drive: DriveBackend; readonly address: number },
  ) {
    const { name, drive, address } = options;
    const size = drive.sectors * SECTOR_BYTES;
    this.#context = context;
    this.#drive = drive;
    this.#query = cfiTable(size, FLASH_SECTOR_BYTES);
    this.object = createDeviceObject(context.machine, "cfi.pflash01", name);
    this.region = context.machine.romDevice({
      name,
      size,
      owner: this.object,
      read: (offset, width) => this.#read(offset, width),
      write: (offset, value, width) => this.#write(offset, value, width),
    });
    this.#bytes = this.region.ramBytes();
    drive.read(0, this.#bytes);
    this.memoryWindows = [{ address, region: this.region }];
    drive.connect({
      qdev: context.id ?? this.object.canonicalPath() ?? name,
      removable: false,
      tray: null,
      mediumChanged: () => undefined,
    });
  }

  reset(): void {
    this.#status = Status.READY;
    this.#enter("array");
  }

  dispose(): void {
    this.#drive.disconnect();
  }

  /** Only in read array mode the bytes are reached without being asked for. */
  #enter(mode: Mode): void {
    this.#mode = mode;
    const isArray = mode === "array";
    if (this.region.romd !== isArray) this.region.romd = isArray;
  }

  #read(offset: number, width: number): number {
    switch (this.#mode) {
      case "array":
        return littleEndian(this.#bytes, offset, width);
      case "id":
        return 0;
      case "query":
        return offset < this.#query.length ? (this.#query[offset] ?? 0) : 0;
      default:
        return statusWord(this.#status, width);
    }
  }

  #write(offset: number, value: number, width: number): void {
    const byte = value & 0xff;
    switch (this.#mode) {
      case "program":
        this.#program(offset, value, width);
        this.#enter("status");
        break;
      case "confirm":
        this.#confirm(byte);
        break;
      case "count":
        this.#left = byte + 1;
        this.#first = offset - (offset % BUFFER_BYTES);
        this.#buffer.set(this.#bytes.subarray(this.#first, this.#first + BUFFER_BYTES));
        this.#enter("fill");
        break;
      case "fill":
        this.#fill(offset, value, width);
        break;
      case "commit":
        this.#commit(byte);
        break;
      case "query":
        // Nothing but this ends it.
        if (byte === Command.READ_ARRAY) this.#enter("array");
        break;
      default:
        this.#command(byte, offset);
    }
  }

  #command(command: number, offset: number): void {
    switch (command) {
      case Command.PROGRAM:
      case Command.PROGRAM_TOO:
        this.#enter("program");
        break;
      case Command.ERASE:
        this.#erase(offset);
        this.#confirms = "erase";
        this.#enter("confirm");
        break;
      case Command.LOCK:
        this.#confirms = "lock";
        this.#enter("confirm");
        break;
      case Command.CLEAR_STATUS:
        // As in QEMU, the next program or erase says again that the chip is ready.
        this.#status = 0;
        this.#enter("array");
        break;
      case Command.READ_STATUS:
        this.#enter("status");
        break;
      case Command.READ_ID:
        this.#enter("id");
        break;
      case Command.QUERY:
        this.#enter("query");
        break;
      case Command.BUFFER:
        this.#status |= Status.READY;
        this.#enter("count");
        break;
      case Command.READ_ARRAY:
      case Command.RESET:
      case Command.AMD_RESET:
        this.#enter("array");
        break;
      default:
        this.#context.log("guest_error", `pflash: no command 0x${command.toString(16)}`);
        this.#enter("array");
    }
  }

  /** As in QEMU the sector is erased by the command, before it is confirmed. */
  #erase(offset: number): void {
    const first = offset - (offset % FLASH_SECTOR_BYTES);
    if (this.#drive.readonly) {
      this.#status |= Status.ERASE_ERROR;
      return;
    }
    this.#bytes.fill(ERASED, first, first + FLASH_SECTOR_BYTES);
    if (!this.#store(first, FLASH_SECTOR_BYTES)) this.#status |= Status.ERASE_ERROR;
    this.#status |= Status.READY;
  }

  #confirm(byte: number): void {
    // Locks of sectors are taken note of, and hold nobody.
    const isLock = this.#confirms === "lock" && byte === Command.SET_LOCK;
    if (byte !== Command.CONFIRM && !isLock) {
      this.#enter("array");
      return;
    }
    this.#status |= Status.READY;
    this.#enter("status");
  }

  /** As in QEMU what is programmed is what is read then, also where a bit was 0. */
  #program(offset: number, value: number, width: number): void {
    if (this.#drive.readonly) {
      this.#status |= Status.PROGRAM_ERROR;
    } else {
      put(this.#bytes, offset, value, width);
      if (!this.#store(offset, width)) this.#status |= Status.PROGRAM_ERROR;
    }
    this.#status |= Status.READY;
  }

  #fill(offset: number, value: number, width: number): void {
    const at = offset - this.#first;
    if (this.#drive.readonly || at < 0 || at + width > BUFFER_BYTES) {
      this.#status |= Status.PROGRAM_ERROR;
    } else {
      put(this.#buffer, at, value, width);
    }
    this.#status |= Status.READY;
    this.#left--;
    if (this.#left === 0) this.#enter("commit");
  }

  #commit(byte: number): void {
    if (byte !== Command.CONFIRM || (this.#status & Status.PROGRAM_ERROR) !== 0) {
      this.#enter("array");
      return;
    }
    this.#bytes.set(this.#buffer, this.#first);
    if (!this.#store(this.#first, BUFFER_BYTES)) this.#status |= Status.PROGRAM_ERROR;
    this.#status |= Status.READY;
    this.#enter("status");
  }

  /** Write what changed to the image. False when the host could not, and that is not to be ignored. */
  #store(offset: number, length: number): boolean {
    const first = Math.floor(offset / SECTOR_BYTES);
    const end = Math.ceil((offset + length) / SECTOR_BYTES);
    try {
      this.#drive.write(first, this.#bytes.subarray(first * SECTOR_BYTES, end * SECTOR_BYTES));
      return true;
    } catch (error) {
      if (!(error instanceof BlockError)) throw error;
      return this.#drive.failed(error, "write") === "ignore";
    }
  }
}

function littleEndian(bytes: Uint8Array, offset: number, width: number): number {
  let value = 0;
  for (let at = width - 1; at >= 0; at--) value = value * 0x100 + (bytes[offset + at] ?? 0);
  return value;
}

function put(bytes: Uint8Array, offset: number, value: number, width: number): void {
  for (let at = 0; at < width; at++) bytes[offset + at] = value >>> (8 * at);
}

/** The status on lines of `width` bytes: QEMU's chip repeats it in each 16 bits. */
function statusWord(status: number, width: number): number {
  return width > 2 ? status * 0x10001 : status;
}
