/** The SCSI (MMC) commands a CD-ROM drive takes in packets. */

/** Bytes of a CD's data sector. */
export const CD_SECTOR_BYTES = 2048;
/** Bytes of a sector with all that surrounds its data. */
export const RAW_SECTOR_BYTES = 2352;

/** Reason why a command was refused: sense key, additional code and qualifier. */
export interface Sense {
  readonly key: number;
  readonly code: number;
  readonly qualifier: number;
}

/** The senses this drive reports. */
export const Sense = {
  NONE: { key: 0, code: 0, qualifier: 0 },
  NO_MEDIUM: { key: 2, code: 0x3a, qualifier: 0 },
  MEDIUM_CHANGED: { key: 6, code: 0x28, qualifier: 0 },
  REMOVAL_PREVENTED: { key: 2, code: 0x53, qualifier: 0 },
  UNREADABLE: { key: 3, code: 0x11, qualifier: 0 },
  UNKNOWN_COMMAND: { key: 5, code: 0x20, qualifier: 0 },
  OUT_OF_RANGE: { key: 5, code: 0x21, qualifier: 0 },
  BAD_FIELD: { key: 5, code: 0x24, qualifier: 0 },
  WRONG_MEDIUM: { key: 5, code: 0x30, qualifier: 0 },
  NOT_SAVED: { key: 5, code: 0x39, qualifier: 0 },
} as const satisfies Record<string, Sense>;

/** Events of the tray, as GET EVENT STATUS NOTIFICATION numbers them. */
export const TrayEvent = { NONE: 0, EJECT_REQUEST: 1, NEW_MEDIA: 2, MEDIA_REMOVAL: 3 } as const;

/** One of them. */
export type TrayEvent = (typeof TrayEvent)[keyof typeof TrayEvent];

/** Drive that packets are answered for. */
export interface PacketDrive {
  /** Sectors of the disc, of {@link CD_SECTOR_BYTES} each. */
  readonly sectors: number;
  /** Reason why the last command was refused. */
  readonly sense: Sense;
  /** The tray is out. */
  readonly open: boolean;
  /** There is a disc, and the tray is in. */
  readonly loaded: boolean;
  /** News of the tray that the host has not been told of. */
  readonly event: TrayEvent;
  /** The host forbade to open the tray. */
  readonly locked: boolean;
  /** Up to 20 characters. */
  readonly serial: string;
}

/** Action of a drive for a packet. */
export type PacketAnswer =
  | { readonly kind: "data"; readonly bytes: Uint8Array }
  /** Gives nothing. The tray is moved, or locked, if told. */
  | { readonly kind: "done"; readonly open?: boolean; readonly locked?: boolean }
  /** Reads sectors: their data, or all 2,352 bytes as they stand on the disc. */
  | {
      readonly kind: "read";
      readonly sector: number;
      readonly count: number;
      readonly raw: boolean;
    }
  | { readonly kind: "refused"; readonly sense: Sense };

const Operation = {
  TEST_UNIT_READY: 0x00,
  REQUEST_SENSE: 0x03,
  INQUIRY: 0x12,
  START_STOP: 0x1b,
  PREVENT_REMOVAL: 0x1e,
  READ_CAPACITY: 0x25,
  READ_10: 0x28,
  SEEK_10: 0x2b,
  READ_TOC: 0x43,
  GET_CONFIGURATION: 0x46,
  GET_EVENT_STATUS: 0x4a,
  READ_DISC_INFORMATION: 0x51,
  MODE_SENSE_10: 0x5a,
  READ_12: 0xa8,
  READ_DVD_STRUCTURE: 0xad,
  SET_CD_SPEED: 0xbb,
  MECHANISM_STATUS: 0xbd,
  READ_CD: 0xbe,
} as const;

const LEAD_OUT = 0xaa;
/** Address and control of the data track, and of the lead-out. */
const DATA_TRACK = 0x14;
const LEAD_OUT_CONTROL = 0x16;
const PROFILE_CD_ROM = 0x0008;
const PROFILE_DVD_ROM = 0x0010;
/** A CD holds 80 minutes of 60 seconds of 75 frames; what is longer is a DVD. */
const MOST_CD_SECTORS = 80 * 60 * 75;
const DONE: PacketAnswer = { kind: "done" };

/** Commands that need no disc. */
const WITHOUT_DISC: ReadonlySet<number> = new Set([
  Operation.REQUEST_SENSE,
  Operation.INQUIRY,
  Operation.START_STOP,
  Operation.PREVENT_REMOVAL,
  Operation.GET_CONFIGURATION,
  Operation.GET_EVENT_STATUS,
  Operation.MODE_SENSE_10,
  Operation.SET_CD_SPEED,
  Operation.MECHANISM_STATUS,
]);

/** Commands that never give data, so that no byte count is needed. */
const WITHOUT_DATA: ReadonlySet<number> = new Set([
  Operation.TEST_UNIT_READY,
  Operation.START_STOP,
  Operation.PREVENT_REMOVAL,
  Operation.SEEK_10,
  Operation.SET_CD_SPEED,
]);

/** True if a command, by its operation code, may give data; one that is not known gives none. */
export function givesData(operation: number): boolean {
  return KNOWN.has(operation) && !WITHOUT_DATA.has(operation);
}

/** The answer to a 12-byte packet. */
export function answerPacket(packet: Uint8Array, drive: PacketDrive): PacketAnswer {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const operation = view.getUint8(0);
  if (!drive.loaded && KNOWN.has(operation) && !WITHOUT_DISC.has(operation)) {
    return refused(Sense.NO_MEDIUM);
  }
  switch (operation) {
    case Operation.TEST_UNIT_READY:
    case Operation.SET_CD_SPEED:
      return DONE;
    case Operation.START_STOP:
      return startStop(view.getUint8(4), drive);
    case Operation.PREVENT_REMOVAL:
      return { kind: "done", locked: (view.getUint8(4) & 1) !== 0 };
    case Operation.SEEK_10:
      return view.getUint32(2) < drive.sectors ? DONE : refused(Sense.OUT_OF_RANGE);
    case Operation.REQUEST_SENSE: {
      const { key, code, qualifier } = drive.sense;
      return data(
        [0xf0, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, code, qualifier, 0, 0, 0, 0],
        view.getUint8(4),
      );
    }
    case Operation.INQUIRY:
      return inquiry(view, drive);
    case Operation.READ_CAPACITY:
      return data([...be32(drive.sectors - 1), ...be32(CD_SECTOR_BYTES)], 8);
    case Operation.READ_10:
      return read(view.getUint32(2), view.getUint16(7), drive.sectors);
    case Operation.READ_12:
      return read(view.getUint32(2), view.getUint32(6), drive.sectors);
    case Operation.READ_CD:
      return readCd(view, drive.sectors);
    case Operation.READ_TOC:
      return toc(view, drive.sectors);
    case Operation.GET_CONFIGURATION:
      return configuration(view, drive);
    case Operation.GET_EVENT_STATUS:
      return eventStatus(view, drive);
    case Operation.READ_DISC_INFORMATION:
      return view.getUint8(1) === 0
        ? // A finished disc of one session and one track, of unrestricted use.
          data([0, 32, 0x0e, 1, 1, 1, 1, 0x20, ...zeros(26)], view.getUint16(7))
        : refused(Sense.BAD_FIELD);
    case Operation.READ_DVD_STRUCTURE:
      return refused(isDvd(drive.sectors) ? Sense.BAD_FIELD : Sense.WRONG_MEDIUM);
    case Operation.MECHANISM_STATUS:
      // No changer: one slot, and nothing moves.
      return data([0, 0, 0, 0, 0, 1, 0, 0], view.getUint16(8));
    case Operation.MODE_SENSE_10:
      return modeSense(view, drive);
    default:
      return refused(Sense.UNKNOWN_COMMAND);
  }
}

/** True if a command, by its operation code, is carried out before news of a changed medium is told. */
export function precedesAttention(operation: number): boolean {
  return AHEAD.has(operation) || !KNOWN.has(operation);
}

/** True if a command, by its operation code, tells of the tray's news. */
export function tellsEvents(operation: number): boolean {
  return operation === Operation.GET_EVENT_STATUS;
}

const AHEAD: ReadonlySet<number> = new Set([
  Operation.INQUIRY,
  Operation.REQUEST_SENSE,
  Operation.GET_CONFIGURATION,
  Operation.GET_EVENT_STATUS,
]);

const KNOWN: ReadonlySet<number> = new Set(Object.values(Operation));

function refused(sense: Sense): PacketAnswer {
  return { kind: "refused", sense };
}

function data(bytes: readonly number[], allocated: number): PacketAnswer {
  return { kind: "data", bytes: Uint8Array.from(bytes.slice(0, allocated)) };
}

function isDvd(sectors: number): boolean {
  return sectors > MOST_CD_SECTORS;
}

/** Open or close the tray, where the "load or eject" bit asks for it. */
function startStop(how: number, drive: PacketDrive): PacketAnswer {
  if ((how & 2) === 0) return DONE;
  const open = (how & 1) === 0;
  return open && drive.locked ? refused(Sense.REMOVAL_PREVENTED) : { kind: "done", open };
}

/** Answer of INQUIRY; with EVPD, the list of the pages of vital data, or the drive's identity. */
function inquiry(view: DataView, drive: PacketDrive): PacketAnswer {
  const allocated = view.getUint8(4);
  const page = view.getUint8(2);
  if ((view.getUint8(1) & 1) === 0) {
    return data(
      // CD-ROM, removable, ATAPI; 31 more bytes.
      [
        ...[5, 0x80, 0, 0x21, 31, 0, 0, 0],
        ...ascii("QEMU", 8),
        ...ascii("QEMU DVD-ROM", 16),
        ...ascii("2.5+", 4),
      ],
      allocated,
    );
  }
  switch (page) {
    case 0x00:
      return data([5, 0, 0, 2, 0x00, 0x83], allocated);
    case 0x83:
      return data([5, 0x83, 0, 24, 2, 0, 0, 20, ...ascii(drive.serial, 20)], allocated);
    default:
      return refused(Sense.BAD_FIELD);
  }
}

function read(sector: number, count: number, sectors: number, raw = false): PacketAnswer {
  if (count === 0) return DONE;
  if (sector + count > sectors) return refused(Sense.OUT_OF_RANGE);
  return { kind: "read", sector, count, raw };
}

/** The parts of a sector that are wanted: nothing, the user data, or everything. */
function readCd(view: DataView, sectors: number): PacketAnswer {
  const count = view.getUint32(5) & 0xff_ffff;
  switch (view.getUint8(9) & 0xf8) {
    case 0x00:
      return DONE;
    case 0x10:
      return read(view.getUint32(2), count, sectors);
    case 0xf8:
      return read(view.getUint32(2), count, sectors, true);
    default:
      return refused(Sense.BAD_FIELD);
  }
}

/** The list of profiles, which is the one feature there is. */
function configuration(view: DataView, drive: PacketDrive): PacketAnswer {
  if (view.getUint16(2) !== 0) return refused(Sense.BAD_FIELD);
  const dvd = isDvd(drive.sectors);
  const current = !drive.loaded ? 0 : dvd ? PROFILE_DVD_ROM : PROFILE_CD_ROM;
  const profile = (number: number): number[] => [...be16(number), current === number ? 1 : 0, 0];
  return data(
    [
      ...be32(16),
      ...be16(0),
      ...be16(current),
      // Feature 0, persistent and current, 8 more bytes.
      ...be16(0),
      0x03,
      8,
      ...profile(PROFILE_DVD_ROM),
      ...profile(PROFILE_CD_ROM),
    ],
    view.getUint16(7),
  );
}

/** The media class, where it is asked for: no event, and where the tray and the disc are. */
function eventStatus(view: DataView, drive: PacketDrive): PacketAnswer {
  const MEDIA_CLASS = 0x10;
  // Asynchronous notices are not offered.
  if ((view.getUint8(1) & 1) === 0) return refused(Sense.BAD_FIELD);
  const allocated = view.getUint16(7);
  return (view.getUint8(4) & MEDIA_CLASS) === 0
    ? data([0, 0, 0x80, MEDIA_CLASS], allocated)
    : data(
        [0, 4, 4, MEDIA_CLASS, drive.event, (drive.open ? 1 : 0) | (drive.loaded ? 2 : 0), 0, 0],
        allocated,
      );
}

/** One data track from the start, and the lead-out. The format is where ATAPI has it, in byte 9. */
function toc(view: DataView, sectors: number): PacketAnswer {
  const address = (sector: number): number[] =>
    (view.getUint8(1) & 0x02) !== 0 ? minutes(sector) : be32(sector);
  const allocated = view.getUint16(7);
  const first = view.getUint8(6);
  switch (view.getUint8(9) >> 6) {
    case 0: {
      if (first > 1 && first !== LEAD_OUT) return refused(Sense.BAD_FIELD);
      const track = [0, DATA_TRACK, 1, 0, ...address(0)];
      const leadOut = [0, LEAD_OUT_CONTROL, LEAD_OUT, 0, ...address(sectors)];
      const entries = [...(first <= 1 ? track : []), ...leadOut];
      return data([0, entries.length + 2, 1, 1, ...entries], allocated);
    }
    case 1:
      return data([0, 10, 1, 1, ...zeros(8)], allocated);
    case 2: {
      const point = (number: number, where: number[]): number[] => [
        ...[1, DATA_TRACK, 0, number, 0, 0, 0],
        ...where,
      ];
      const entries = [
        ...point(0xa0, [0, 1, 0, 0]),
        ...point(0xa1, [0, 1, 0, 0]),
        ...point(0xa2, address(sectors)),
        ...point(1, address(0)),
      ];
      return data([...be16(entries.length + 2), 1, 1, ...entries], allocated);
    }
    default:
      return refused(Sense.BAD_FIELD);
  }
}

/** The pages for error recovery (01), timeouts of audio (0e) and capabilities (2a). */
function modeSense(view: DataView, drive: PacketDrive): PacketAnswer {
  const CURRENT = 0;
  const SAVED = 3;
  const control = view.getUint8(2) >> 6;
  if (control !== CURRENT) return refused(control === SAVED ? Sense.NOT_SAVED : Sense.BAD_FIELD);
  const bodies: Readonly<Record<number, readonly number[]>> = {
    0x01: [0x01, 6, 0, 5, 0, 0, 0, 0],
    0x0e: [0x0e, 14, ...zeros(14)],
    0x2a: [
      ...[0x2a, 20, 0x3b, 0, 0x71, 0x60, drive.locked ? 0x2b : 0x29, 0],
      // 704 kB/s, two volume levels, a buffer of 512 kB.
      ...[...be16(704), ...be16(2), ...be16(512), ...be16(704)],
      ...zeros(6),
    ],
  };
  const body = bodies[view.getUint8(2) & 0x3f];
  if (body === undefined) return refused(Sense.BAD_FIELD);
  return data([...be16(6 + body.length), 0x70, 0, 0, 0, 0, 0, ...body], view.getUint16(7));
}

/** The bytes of a sector as they stand on a disc, without the codes for its correction. */
export function rawSector(sector: number, user: Uint8Array, into: Uint8Array): void {
  into.fill(0);
  into.fill(0xff, 1, 11);
  into.set(minutes(sector).slice(1), 12);
  into[15] = 1; // Mode 1: 2,048 bytes of data
  into.set(user, 16);
}

function zeros(count: number): number[] {
  return new Array<number>(count).fill(0);
}

function be16(value: number): number[] {
  return [(value >> 8) & 0xff, value & 0xff];
}

function be32(value: number): number[] {
  return [...be16(value >>> 16), ...be16(value & 0xffff)];
}

/** A sector as minute, second and frame: 75 frames a second, the disc begins at 2 seconds. */
function minutes(sector: number): number[] {
  const frames = sector + 150;
  return [0, Math.floor(frames / 4500), Math.floor(frames / 75) % 60, frames % 75];
}

function ascii(text: string, length: number): number[] {
  return [...text.padEnd(length, " ")].slice(0, length).map((c) => c.charCodeAt(0));
}
