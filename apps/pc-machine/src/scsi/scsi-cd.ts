/** A CD drive by SCSI commands: those of its kind (MMC) are answered as the drives on the IDE controller answer them. */
import {
  answerPacket,
  CD_SECTOR_BYTES,
  precedesAttention,
  Sense as PacketSense,
  tellsEvents,
  TrayEvent,
  type PacketAnswer,
} from "./packet-commands.js";
import { SECTOR_BYTES } from "../storage/block-backend.js";
import type { DriveBackend, DriveFrontEnd } from "../storage/drive-backend.js";
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
  REQUEST_SENSE: 0x03,
  INQUIRY: 0x12,
  MODE_SENSE_6: 0x1a,
  MODE_SENSE_10: 0x5a,
  REPORT_LUNS: 0xa0,
  READ_CD: 0xbe,
} as const;
/** Kind of device, as INQUIRY tells it. */
const CD_DRIVE = 5;
const PACKET_BYTES = 12;
const SECTORS_PER_SECTOR = CD_SECTOR_BYTES / SECTOR_BYTES;
/** Bytes before the pages of MODE SENSE(10). */
const MODE_HEADER = 8;

/** The drive, whose disc may come and go. */
export class ScsiCd implements ScsiUnit {
  readonly drive: DriveBackend;
  /** The tray, for whoever moves it from outside. */
  readonly tray: NonNullable<DriveFrontEnd["tray"]>;
  readonly #identity: ScsiIdentity;
  #sense: SenseCode = Sense.NONE;
  #open = false;
  #locked = false;
  #event: TrayEvent = TrayEvent.NONE;
  /** There is another disc than the host knows of. */
  #isChanged = false;

  constructor(drive: DriveBackend, identity: ScsiIdentity) {
    this.drive = drive;
    this.#identity = identity;
    const cd = this;
    this.tray = {
      get open(): boolean {
        return cd.#open;
      },
      get locked(): boolean {
        return cd.#locked;
      },
      move: (open) => this.#moveTray(open),
      pressButton: () => (this.#event = TrayEvent.EJECT_REQUEST),
    };
  }

  fail(sense: SenseCode): void {
    this.#sense = sense;
  }

  takeSense(): Uint8Array {
    const bytes = senseBytes(this.#sense);
    this.#sense = Sense.NONE;
    return bytes;
  }

  mediumChanged(): void {
    this.#isChanged = this.drive.present;
    this.#event = this.drive.present ? TrayEvent.NEW_MEDIA : TrayEvent.MEDIA_REMOVAL;
  }

  reset(): void {
    this.#sense = Sense.NONE;
    this.#locked = false;
  }

  begin(command: Uint8Array): ScsiTask {
    const bytes = new Uint8Array(16);
    bytes.set(command.subarray(0, 16));
    if (bytes[0] === Operation.REQUEST_SENSE) return limited(this.takeSense(), bytes[4] ?? 0);
    const task = this.#begin(bytes);
    this.#sense = task.kind === "failed" ? task.sense : Sense.NONE;
    return task;
  }

  #begin(bytes: Uint8Array): ScsiTask {
    const view = new DataView(bytes.buffer);
    const operation = view.getUint8(0);
    if (operation === Operation.INQUIRY) return inquiry(view, this.#identity, CD_DRIVE);
    if (operation === Operation.REPORT_LUNS) return reportLuns(view);
    if (this.#isChanged && this.#loaded && !precedesAttention(operation)) {
      this.#isChanged = false;
      return failed(Sense.MEDIUM_CHANGED);
    }
    if (operation === Operation.MODE_SENSE_6) return this.#modeSense6(view);
    // What stands around the data of a sector is told on the IDE controller alone, as QEMU has it.
    if (operation === Operation.READ_CD) return failed(Sense.UNKNOWN_COMMAND);
    return this.#packet(bytes.subarray(0, PACKET_BYTES));
  }

  #packet(packet: Uint8Array): ScsiTask {
    const answer = answerPacket(packet, {
      sectors: Math.floor(this.drive.sectors / SECTORS_PER_SECTOR),
      sense: PacketSense.NONE,
      open: this.#open,
      loaded: this.#loaded,
      event: this.#event,
      locked: this.#locked,
      serial: this.#identity.serial,
    });
    if (tellsEvents(packet[0] ?? 0)) this.#event = TrayEvent.NONE;
    return this.#taskOf(answer);
  }

  #taskOf(answer: PacketAnswer): ScsiTask {
    switch (answer.kind) {
      case "refused": {
        const { key, code, qualifier } = answer.sense;
        return failed([key, code, qualifier]);
      }
      case "read":
        return {
          kind: "read",
          lba: answer.sector * SECTORS_PER_SECTOR,
          sectors: answer.count * SECTORS_PER_SECTOR,
        };
      case "data":
        return { kind: "answer", bytes: answer.bytes };
      case "done":
        if (answer.open !== undefined && answer.open !== this.#open) {
          this.#open = answer.open;
          this.drive.trayMoved(answer.open);
        }
        this.#locked = answer.locked ?? this.#locked;
        return DONE;
    }
  }

  /** The pages of MODE SENSE(10) behind a header of four bytes. */
  #modeSense6(view: DataView): ScsiTask {
    const packet = new Uint8Array(PACKET_BYTES);
    packet.set([Operation.MODE_SENSE_10, 0, view.getUint8(2), 0, 0, 0, 0, 0xff, 0xff]);
    const task = this.#packet(packet);
    if (task.kind !== "answer") return task;
    const pages = task.bytes.subarray(MODE_HEADER);
    const head = [3 + pages.length, task.bytes[2] ?? 0, 0, 0];
    return limited(Uint8Array.from([...head, ...pages]), view.getUint8(4));
  }

  #moveTray(open: boolean): void {
    if (open === this.#open) return;
    this.#open = open;
    if (open) this.#locked = false;
    this.#event = open ? TrayEvent.MEDIA_REMOVAL : TrayEvent.NEW_MEDIA;
    this.#isChanged = !open && this.drive.present;
    this.drive.trayMoved(open);
  }

  get #loaded(): boolean {
    return this.drive.present && !this.#open;
  }
}
