/** Commands that any unit answers: what it is (SPC-3, section 6.4), and which others there are beside it (6.21). */
import { failed, limited, Sense, type ScsiTask } from "./scsi-unit.js";

const Page = { LIST: 0x00, SERIAL: 0x80, IDENTIFICATION: 0x83 } as const;

/** Identity of a unit. */
export interface ScsiIdentity {
  readonly vendor: string;
  readonly product: string;
  readonly revision: string;
  readonly serial: string;
  readonly removable: boolean;
}

/** The answer of INQUIRY. @param type kind of device: 0 a disk, 5 a CD drive */
export function inquiry(command: DataView, identity: ScsiIdentity, type: number): ScsiTask {
  const { vendor, product, revision, serial, removable } = identity;
  const length = command.getUint16(3);
  const page = command.getUint8(2);
  if ((command.getUint8(1) & 1) === 0) {
    if (page !== 0) return failed(Sense.INVALID_FIELD);
    const text = vendor.padEnd(8).slice(0, 8) + product.padEnd(16).slice(0, 16);
    const head = [type, removable ? 0x80 : 0, 0x05, 0x02, 31, 0, 0, 0];
    return limited(
      Uint8Array.from([...head, ...ascii(text + revision.padEnd(4).slice(0, 4))]),
      length,
    );
  }
  const body = pageBody(page, serial);
  if (body === null) return failed(Sense.INVALID_FIELD);
  return limited(Uint8Array.from([type, page, 0, body.length, ...body]), length);
}

function pageBody(page: number, serial: string): readonly number[] | null {
  switch (page) {
    case Page.LIST:
      return [Page.LIST, Page.SERIAL, Page.IDENTIFICATION];
    case Page.SERIAL:
      return ascii(serial);
    case Page.IDENTIFICATION:
      // A designator in ASCII, of the vendor's choice.
      return [2, 0, 0, serial.length, ...ascii(serial)];
    default:
      return null;
  }
}

/** The answer of REPORT LUNS: unit 0 alone. */
export function reportLuns(command: DataView): ScsiTask {
  const bytes = new Uint8Array(16);
  bytes[3] = 8;
  return limited(bytes, command.getUint32(6));
}

function ascii(text: string): readonly number[] {
  return [...new TextEncoder().encode(text)];
}
