/** An ATAPI CD-ROM drive: SCSI commands in packets, answered by PIO or with a DMA engine. */
import { SECTOR_BYTES } from "../../storage/block-backend.js";
import type { DriveBackend } from "../../storage/drive-backend.js";
import {
  AtaCommand,
  AtaDevice,
  AtaError,
  AtaFeature,
  AtaStatus,
  FEATURES_WITHOUT_EFFECT,
} from "./ata.js";
import type { DmaEngine, DriveHost, IdeDrive } from "./drive.js";
import { type PacketDriveIdentity, TransferMode, writeIdentifyPacket } from "./identify.js";
import {
  answerPacket,
  CD_SECTOR_BYTES,
  givesData,
  precedesAttention,
  RAW_SECTOR_BYTES,
  rawSector,
  Sense,
  tellsEvents,
  TrayEvent,
} from "../../scsi/packet-commands.js";
import { PioTransfer } from "./pio-transfer.js";
import { TaskFile } from "./task-file.js";

const PACKET_BYTES = 12;
/** Interrupt reason, in the count register: a command is wanted; data goes to the host. */
const REASON_COMMAND = 0x01;
const REASON_TO_HOST = 0x02;
/** Bits of the features of PACKET: data by DMA; the bus is released meanwhile, which no drive here does. */
const FEATURE_DMA = 0x01;
const FEATURE_OVERLAP = 0x02;
/** The longest piece of data put up at once. */
const MOST_BYTES = 0x8000;
const READY = AtaStatus.DRDY | AtaStatus.DSC;
const CACHE_FEATURES: readonly number[] = [
  AtaFeature.ENABLE_WRITE_CACHE,
  AtaFeature.DISABLE_WRITE_CACHE,
];
/** Parts and identity of a CD drive. */
export interface PacketDriveOptions {
  readonly backend: DriveBackend;
  /** Name of the device, as programs know it. */
  readonly qdev: string;
  readonly model: string;
  readonly serial: string;
  /** Up to 8 characters: the firmware's. */
  readonly version: string;
  /** True if the channel has a DMA engine, so that packets may use it. */
  readonly dma: boolean;
}

const NOTHING = new Uint8Array(0);

/** One CD-ROM drive (QEMU's `ide-cd`), whose disc may come and go. */
export class AtapiDrive implements IdeDrive {
  readonly packet = true;
  readonly task = new TaskFile();
  readonly pio = new PioTransfer(MOST_BYTES);
  readonly #backend: DriveBackend;
  readonly #host: DriveHost;
  readonly #identity: PacketDriveIdentity;
  /** Rest of the answer: bytes in hand, then sectors to read. */
  #data: Uint8Array = NOTHING;
  #nextSector = 0;
  #sectorsLeft = 0;
  #raw = false;
  #takingPacket = false;
  /** Most bytes of a DRQ block; 0 when the driver gave none. */
  #limit = 0;
  /** The packet's data go through the DMA engine. */
  #byDma = false;
  #dmaWaiting = false;
  #sense: Sense = Sense.NONE;
  #open = false;
  #locked = false;
  #event: TrayEvent = TrayEvent.NONE;
  /** There is another disc than the host knows of. */
  #changed = false;
  /** Mark of the command that waits for the machine to go on. */
  #held: object | null = null;

  constructor(host: DriveHost, options: PacketDriveOptions) {
    const { backend, qdev, model, serial, version, dma } = options;
    this.#host = host;
    this.#backend = backend;
    this.#identity = { model, serial, version, dma, transferMode: new TransferMode() };
    const drive = this;
    backend.connect({
      qdev,
      removable: true,
      tray: {
        get open(): boolean {
          return drive.#open;
        },
        get locked(): boolean {
          return drive.#locked;
        },
        move: (open) => this.#moveTray(open),
        pressButton: () => (this.#event = TrayEvent.EJECT_REQUEST),
      },
      mediumChanged: () => {
        this.#changed = backend.present;
        this.#event = backend.present ? TrayEvent.NEW_MEDIA : TrayEvent.MEDIA_REMOVAL;
      },
    });
    this.reset();
  }

  dispose(): void {
    this.#backend.disconnect();
  }

  /** Somebody outside moves the tray. */
  #moveTray(open: boolean): void {
    if (open === this.#open) return;
    this.#open = open;
    if (open) this.#locked = false;
    this.#event = open ? TrayEvent.MEDIA_REMOVAL : TrayEvent.NEW_MEDIA;
    this.#changed = !open && this.#backend.present;
    this.#backend.trayMoved(open);
  }

  /** True if there is a disc in the drive, and the tray is in. */
  get #loaded(): boolean {
    return this.#backend.present && !this.#open;
  }

  /** True if a packet's data wait for the engine. */
  get dmaWaiting(): boolean {
    return this.#dmaWaiting;
  }

  get busy(): boolean {
    return (this.task.status & (AtaStatus.BSY | AtaStatus.DRQ)) !== 0;
  }

  reset(): void {
    this.#stop();
    this.#sense = Sense.NONE;
    this.#locked = false;
    this.task.device = AtaDevice.OBSOLETE;
    this.task.features = 0;
    this.task.setSignature(true);
  }

  /** A packet device is not "ready" after it (ATA/ATAPI-6, 9.2). */
  softReset(): void {
    this.reset();
    this.task.status = 0;
  }

  diagnose(): void {
    this.#stop();
    this.task.device = AtaDevice.OBSOLETE;
    this.task.setSignature(true);
    // Nor after its self-test (9.10).
    this.task.status = 0;
  }

  /** The engine was started: move what is left of the answer with it. */
  runDma(engine: DmaEngine): boolean {
    while (this.#dmaWaiting) {
      if (this.#data.length === 0 && this.#sectorsLeft > 0 && !this.#load()) {
        return false;
      }
      if (this.#data.length === 0) {
        this.#finish(READY);
        return false;
      }
      const moved = engine.move(this.#data, true);
      if (moved < this.#data.length) {
        // The list ended before the transfer: the drive gives up, without an interrupt.
        this.#stop();
        this.task.status = READY;
        return false;
      }
      this.#data = NOTHING;
    }
    return false;
  }

  execute(command: number): void {
    const { task } = this;
    task.error = 0;
    task.status = READY;
    switch (command) {
      case AtaCommand.PACKET:
        this.#startPacket();
        break;
      case AtaCommand.IDENTIFY_PACKET:
        this.#stop();
        writeIdentifyPacket(this.#identity, this.pio.begin(SECTOR_BYTES, false));
        task.status = READY | AtaStatus.DRQ;
        this.#host.interrupt();
        break;
      case AtaCommand.DEVICE_RESET:
        // Answered by the registers alone, without an interrupt.
        this.reset();
        task.status = 0;
        break;
      case AtaCommand.SET_FEATURES:
        if (this.#takesFeature(task.features)) this.#host.interrupt();
        else this.#abort();
        break;
      case AtaCommand.FLUSH:
      case AtaCommand.IDLE_IMMEDIATE:
      case AtaCommand.STANDBY_IMMEDIATE:
        this.#host.interrupt();
        break;
      case AtaCommand.IDENTIFY:
      case AtaCommand.READ_SECTORS:
        // Refused with the signature, which tells what kind of drive this is.
        task.setSignature(true);
        this.#abort();
        break;
      default:
        this.#abort();
        break;
    }
  }

  blockDone(): void {
    if (this.#takingPacket) {
      this.#takingPacket = false;
      this.#answer(this.pio.bytes.slice());
    } else if (this.#limit > 0) {
      this.#offer();
    } else {
      this.task.status = READY;
    }
  }

  #takesFeature(feature: number): boolean {
    return feature === AtaFeature.SET_TRANSFER_MODE
      ? this.#identity.transferMode.set(this.task.current[0] ?? 0)
      : CACHE_FEATURES.includes(feature) || FEATURES_WITHOUT_EFFECT.has(feature);
  }

  #startPacket(): void {
    const { task } = this;
    this.#byDma = (task.features & FEATURE_DMA) !== 0;
    if ((task.features & FEATURE_OVERLAP) !== 0 || (this.#byDma && !this.#identity.dma)) {
      this.#abort();
      return;
    }
    const [, , low = 0, high = 0] = task.current;
    // An odd limit cannot be met at a 16-bit port.
    this.#limit = Math.min(((high << 8) | low) & ~1, MOST_BYTES);
    this.#takingPacket = true;
    this.pio.begin(PACKET_BYTES, true);
    task.current[0] = REASON_COMMAND;
    task.status = READY | AtaStatus.DRQ;
  }

  #answer(packet: Uint8Array): void {
    if (!this.#byDma && this.#limit === 0 && givesData(packet[0] ?? 0)) {
      this.#abort();
      return;
    }
    const operation = packet[0] ?? 0;
    if (this.#changed && this.#loaded && !precedesAttention(operation)) {
      this.#changed = false;
      this.#check(Sense.MEDIUM_CHANGED);
      return;
    }
    const answer = answerPacket(packet, {
      sectors: Math.floor((this.#backend.sectors * SECTOR_BYTES) / CD_SECTOR_BYTES),
      sense: this.#sense,
      open: this.#open,
      loaded: this.#loaded,
      event: this.#event,
      locked: this.#locked,
      serial: this.#identity.serial,
    });
    if (tellsEvents(operation)) this.#event = TrayEvent.NONE;
    this.#data = NOTHING;
    this.#sectorsLeft = 0;
    switch (answer.kind) {
      case "refused":
        this.#check(answer.sense);
        return;
      case "read":
        this.#nextSector = answer.sector;
        this.#sectorsLeft = answer.count;
        this.#raw = answer.raw;
        break;
      case "data":
        this.#data = answer.bytes;
        break;
      case "done":
        if (answer.open !== undefined && answer.open !== this.#open) {
          this.#open = answer.open;
          this.#backend.trayMoved(answer.open);
        }
        this.#locked = answer.locked ?? this.#locked;
        break;
    }
    this.#sense = Sense.NONE;
    if (this.#byDma && answer.kind !== "done") {
      this.#dmaWaiting = true;
      // The drive is busy while it reads its disc; the reason is told at the end, as in QEMU.
      this.task.status = READY | AtaStatus.DRQ | (answer.kind === "read" ? AtaStatus.BSY : 0);
      this.#host.dmaReady();
    } else {
      this.#offer();
    }
  }

  /** Put up the next piece of the answer, or complete the command. */
  #offer(): void {
    if (this.#data.length === 0 && this.#sectorsLeft > 0 && !this.#load()) {
      return;
    }
    const length = Math.min(this.#data.length, this.#limit);
    if (length === 0) {
      this.#finish(READY);
      return;
    }
    const { task } = this;
    this.pio.begin(length + (length & 1), false).set(this.#data.subarray(0, length));
    this.#data = this.#data.subarray(length);
    task.current.set([REASON_TO_HOST], 0);
    task.current.set([length & 0xff, length >> 8], 2);
    task.status = READY | AtaStatus.DRQ;
    this.#host.interrupt();
  }

  /** Read the next sectors; false after failing the command. */
  #load(): boolean {
    const count = this.#raw ? 1 : Math.min(this.#sectorsLeft, MOST_BYTES / CD_SECTOR_BYTES);
    const bytes = new Uint8Array(count * CD_SECTOR_BYTES);
    try {
      this.#backend.read(this.#nextSector * (CD_SECTOR_BYTES / SECTOR_BYTES), bytes);
    } catch (error) {
      if (this.#readFailed(error) === "over") return false;
    }
    this.#data = bytes;
    if (this.#raw) {
      this.#data = new Uint8Array(RAW_SECTOR_BYTES);
      rawSector(this.#nextSector, bytes, this.#data);
    }
    this.#nextSector += count;
    this.#sectorsLeft -= count;
    return true;
  }

  /** The host could not read: `over` if the command goes no further now. */
  #readFailed(error: unknown): "ignored" | "over" {
    const action = this.#backend.failed(error, "read");
    if (action === "ignore") return "ignored";
    if (action === "report") {
      this.#host.log(error instanceof Error ? error.message : String(error));
      this.#check(Sense.UNREADABLE);
      return "over";
    }
    const token = {};
    this.#held = token;
    this.task.status = READY | AtaStatus.BSY;
    this.#backend.hold(() => {
      // A reset has ended the command meanwhile.
      if (this.#held !== token) return;
      this.#held = null;
      if (this.#byDma) {
        this.#dmaWaiting = true;
        this.#host.dmaReady();
      } else {
        this.#offer();
      }
    });
    return "over";
  }

  /** CHECK CONDITION: the host may ask for the sense data. */
  #check(sense: Sense): void {
    this.#sense = sense;
    this.task.error = sense.key << 4;
    this.#finish(AtaStatus.DRDY | AtaStatus.ERR);
  }

  #finish(status: number): void {
    this.#stop();
    this.task.current[0] = REASON_TO_HOST | REASON_COMMAND;
    this.task.status = status;
    this.#host.interrupt();
  }

  #stop(): void {
    this.#takingPacket = false;
    this.#held = null;
    this.#limit = 0;
    this.#dmaWaiting = false;
    this.#data = NOTHING;
    this.#sectorsLeft = 0;
    this.pio.end();
  }

  #abort(): void {
    this.#stop();
    this.task.error = AtaError.ABRT;
    this.task.status = AtaStatus.DRDY | AtaStatus.ERR;
    this.#host.interrupt();
  }
}
