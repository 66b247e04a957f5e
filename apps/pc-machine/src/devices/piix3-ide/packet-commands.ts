/** The SCSI (MMC) commands a CD-ROM drive takes in packets. */

/** Bytes of a CD's data sector. */
export const CD_SECTOR_BYTES = 2048;

/** Why a command was refused: sense key, additional code and qualifier. */
export interface Sense {
  readonly key: number;
  readonly code: number;
  readonly qualifier: number;
}

/** The senses this drive reports. */
export const Sense = {
  NONE: { key: 0, code: 0, qualifier: 0 },
  UNREADABLE: { key: 3, code: 0x11, qualifier: 0 },
  UNKNOWN_COMMAND: { key: 5, code: 0x20, qualifier: 0 },
  OUT_OF_RANGE: { key: 5, code: 0x21, qualifier: 0 },
  BAD_FIELD: { key: 5, code: 0x24, qualifier: 0 },
} as const satisfies Record<string, Sense>;

/** What the drive does for a packet: give bytes (maybe none), read sectors, or refuse. */
export type PacketAnswer =
  | { readonly kind: "data"; readonly bytes: Uint8Array }
  | { readonly kind: "read"; readonly sector: number; readonly count: number }
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
  MODE_SENSE_10: 0x5a,
  READ_12: 0xa8,
} as const;

const LEAD_OUT = 0xaa;
const DATA_TRACK = 0x14;
const PROFILE_CD_ROM = 0x0008;

/** The answer to a 12-byte packet, for a disc of `sectors` and the last command's `sense`. */
export function answerPacket(
  packet: Uint8Array,
  drive: { sectors: number; sense: Sense },
): PacketAnswer {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  switch (view.getUint8(0)) {
    case Operation.TEST_UNIT_READY:
    case Operation.START_STOP:
    case Operation.PREVENT_REMOVAL:
    case Operation.SEEK_10:
      return data([], 0);
    case Operation.REQUEST_SENSE: {
      const { key, code, qualifier } = drive.sense;
      return data(
        [0x70, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, code, qualifier, 0, 0, 0, 0],
        view.getUint8(4),
      );
    }
    case Operation.INQUIRY:
      return data(
        // CD-ROM, removable, ATAPI; 31 more bytes.
        [
          5,
          0x80,
          0,
          0x21,
          31,
          0,
          0,
          0,
          ...ascii("MEM", 8),
          ...ascii("MEM DVD-ROM", 16),
          ...ascii("1.0", 4),
        ],
        view.getUint8(4),
      );
    case Operation.READ_CAPACITY:
      return data([...be32(drive.sectors - 1), ...be32(CD_SECTOR_BYTES)], 8);
    case Operation.READ_10:
      return read(view.getUint32(2), view.getUint16(7), drive.sectors);
    case Operation.READ_12:
      return read(view.getUint32(2), view.getUint32(6), drive.sectors);
    case Operation.READ_TOC:
      return toc(view, drive.sectors);
    case Operation.GET_CONFIGURATION:
      return data(
        [0, 0, 0, 4, 0, 0, PROFILE_CD_ROM >> 8, PROFILE_CD_ROM & 0xff],
        view.getUint16(7),
      );
    case Operation.GET_EVENT_STATUS:
      // The media class, no event, a disc present.
      return data([0, 6, 4, 0x10, 0, 2, 0, 0], view.getUint16(7));
    case Operation.MODE_SENSE_10:
      return modeSense(view);
    default:
      return { kind: "refused", sense: Sense.UNKNOWN_COMMAND };
  }
}

function data(bytes: readonly number[], allocated: number): PacketAnswer {
  return { kind: "data", bytes: Uint8Array.from(bytes.slice(0, allocated)) };
}

function read(sector: number, count: number, sectors: number): PacketAnswer {
  if (sector + count > sectors) {
    return { kind: "refused", sense: Sense.OUT_OF_RANGE };
  }
  return { kind: "read", sector, count };
}

/** One data track from the start, and the lead-out. */
function toc(view: DataView, sectors: number): PacketAnswer {
  const format = view.getUint8(2) & 0x0f || view.getUint8(9) >> 6;
  const address = (sector: number): number[] =>
    (view.getUint8(1) & 0x02) !== 0 ? minutes(sector) : be32(sector);
  const allocated = view.getUint16(7);
  const track = (number: number, sector: number): number[] => [
    0,
    DATA_TRACK,
    number,
    0,
    ...address(sector),
  ];
  if (format === 1) {
    return data([0, 10, 1, 1, ...track(1, 0)], allocated);
  }
  const first = view.getUint8(6);
  if (format !== 0 || (first > 1 && first !== LEAD_OUT)) {
    return { kind: "refused", sense: Sense.BAD_FIELD };
  }
  const entries = [...(first <= 1 ? track(1, 0) : []), ...track(LEAD_OUT, sectors)];
  return data([0, entries.length + 2, 1, 1, ...entries], allocated);
}

/** The pages for error recovery (01) and capabilities (2a). */
function modeSense(view: DataView): PacketAnswer {
  const page = view.getUint8(2) & 0x3f;
  const bodies: Readonly<Record<number, readonly number[]>> = {
    0x01: [0x01, 6, 0, 5, 0, 0, 0, 0],
    0x2a: [
      0x2a,
      18,
      0,
      0,
      0x71,
      0x60,
      0x29,
      0,
      ...be16(706),
      0,
      2,
      ...be16(512),
      ...be16(706),
      0,
      0,
      0,
      0,
    ],
  };
  const body = bodies[page];
  if (body === undefined) {
    return { kind: "refused", sense: Sense.BAD_FIELD };
  }
  return data([...be16(6 + body.length), 0x01, 0, 0, 0, 0, 0, ...body], view.getUint16(7));
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
