/** Commands of the 82078: their codes, and how many bytes of parameters each has. */

/** Commands by name, without the bits that modify them. */
export const FdcCommand = {
  READ_TRACK: 0x02,
  SPECIFY: 0x03,
  SENSE_DRIVE: 0x04,
  WRITE: 0x05,
  READ: 0x06,
  RECALIBRATE: 0x07,
  SENSE_INTERRUPT: 0x08,
  WRITE_DELETED: 0x09,
  READ_ID: 0x0a,
  READ_DELETED: 0x0c,
  FORMAT_TRACK: 0x0d,
  DUMP_REGISTERS: 0x0e,
  SEEK: 0x0f,
  VERSION: 0x10,
  SCAN_EQUAL: 0x11,
  PERPENDICULAR: 0x12,
  CONFIGURE: 0x13,
  UNLOCK: 0x14,
  VERIFY: 0x16,
  POWER_DOWN: 0x17,
  PART_ID: 0x18,
  SCAN_LOW: 0x19,
  SCAN_HIGH: 0x1d,
  SAVE: 0x2e,
  OPTION: 0x33,
  RESTORE: 0x4e,
  DRIVE_SPECIFICATION: 0x8e,
  RELATIVE_SEEK_OUT: 0x8f,
  LOCK: 0x94,
  RELATIVE_SEEK_IN: 0xcf,
  INVALID: 0xff,
} as const;

/** A command: its code, which bits of the first byte tell it, and how many bytes follow. */
interface CommandForm {
  readonly code: number;
  readonly mask: number;
  readonly parameters: number;
}

function form(code: number, mask: number, parameters: number): CommandForm {
  return { code, mask, parameters };
}

const C = FdcCommand;
const FORMS: readonly CommandForm[] = [
  form(C.READ, 0x1f, 8),
  form(C.WRITE, 0x3f, 8),
  form(C.READ_DELETED, 0x1f, 8),
  form(C.WRITE_DELETED, 0x3f, 8),
  form(C.READ_TRACK, 0x9f, 8),
  form(C.READ_ID, 0xbf, 1),
  form(C.FORMAT_TRACK, 0xbf, 5),
  form(C.VERIFY, 0x1f, 8),
  form(C.SCAN_EQUAL, 0x1f, 8),
  form(C.SCAN_LOW, 0x1f, 8),
  form(C.SCAN_HIGH, 0x1f, 8),
  form(C.SPECIFY, 0xff, 2),
  form(C.SENSE_DRIVE, 0xff, 1),
  form(C.RECALIBRATE, 0xff, 1),
  form(C.SENSE_INTERRUPT, 0xff, 0),
  form(C.DUMP_REGISTERS, 0xff, 0),
  form(C.SEEK, 0xff, 2),
  form(C.VERSION, 0xff, 0),
  form(C.PERPENDICULAR, 0xff, 1),
  form(C.CONFIGURE, 0xff, 3),
  form(C.UNLOCK, 0xff, 0),
  form(C.LOCK, 0xff, 0),
  form(C.POWER_DOWN, 0xff, 2),
  form(C.PART_ID, 0xff, 0),
  form(C.SAVE, 0xff, 0),
  form(C.OPTION, 0xff, 1),
  form(C.RESTORE, 0xff, 17),
  form(C.DRIVE_SPECIFICATION, 0xff, 5),
  form(C.RELATIVE_SEEK_OUT, 0xff, 2),
  form(C.RELATIVE_SEEK_IN, 0xff, 2),
];

const INVALID = form(C.INVALID, 0, 0);

/** The command that a first byte begins, `INVALID` for none. */
export function commandOf(byte: number): { readonly code: number; readonly parameters: number } {
  return FORMS.find(({ code, mask }) => (byte & mask) === code) ?? INVALID;
}
