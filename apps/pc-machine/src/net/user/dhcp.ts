/** The server of DHCP (RFC 2131): one guest, one address. */
import type { AddressPlan } from "./addresses.js";

export const DHCP_PORTS = { SERVER: 67, CLIENT: 68 } as const;
const COOKIE = 0x6382_5363;
const OPTIONS = 240;
/** The field for the name of the file to boot. */
const BOOT_FILE = { OFFSET: 108, BYTES: 128 } as const;
const LEAST_BYTES = 300;
const LEASE_SECONDS = 86_400;

const Kind = { DISCOVER: 1, OFFER: 2, REQUEST: 3, ACK: 5, NAK: 6 } as const;
const Option = {
  MASK: 1,
  ROUTER: 3,
  DNS: 6,
  HOST_NAME: 12,
  DOMAIN: 15,
  REQUESTED: 50,
  LEASE: 51,
  KIND: 53,
  SERVER: 54,
  TFTP_SERVER: 66,
  END: 255,
} as const;

/** Names that the guest is told. */
export interface DhcpNames {
  /** File to boot, which it gets by TFTP: 127 bytes at most. */
  readonly bootFile?: string;
  /** Name of the server of TFTP, where it is not the gateway: 63 bytes at most. */
  readonly tftpServer?: string;
  readonly hostName?: string;
  readonly domain?: string;
}

/** The answer to a client's message, `null` where there is none. */
export function answerDhcp(
  message: Uint8Array,
  plan: AddressPlan,
  names: DhcpNames,
): Uint8Array | null {
  if (message.length < OPTIONS + 1 || message[0] !== 1) return null;
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  if (view.getUint32(OPTIONS - 4) !== COOKIE) return null;
  const options = readOptions(message);
  const kind = options.get(Option.KIND)?.[0];
  if (kind !== Kind.DISCOVER && kind !== Kind.REQUEST) return null;
  const server = addressIn(options.get(Option.SERVER));
  if (server !== null && server !== plan.host) return null;
  const asked = addressIn(options.get(Option.REQUESTED)) ?? view.getUint32(12);
  const refuses = kind === Kind.REQUEST && asked !== 0 && asked !== plan.guest;
  const answer = refuses ? Kind.NAK : kind === Kind.DISCOVER ? Kind.OFFER : Kind.ACK;
  const head = new Uint8Array(OPTIONS);
  const out = new DataView(head.buffer);
  head.set([2, 1, 6, 0]);
  head.set(message.subarray(4, 12), 4); // transaction, flags
  if (!refuses) out.setUint32(16, plan.guest);
  out.setUint32(20, plan.host);
  head.set(message.subarray(28, 44), 28);
  out.setUint32(OPTIONS - 4, COOKIE);
  const file = new TextEncoder().encode(names.bootFile ?? "");
  head.set(file.subarray(0, BOOT_FILE.BYTES - 1), BOOT_FILE.OFFSET);
  const bytes = [...head, Option.KIND, 1, answer, Option.SERVER, 4, ...word(plan.host)];
  if (!refuses) {
    bytes.push(Option.MASK, 4, ...word(plan.mask), Option.ROUTER, 4, ...word(plan.host));
    bytes.push(Option.DNS, 4, ...word(plan.dns), Option.LEASE, 4, ...word(LEASE_SECONDS));
    if (names.hostName !== undefined) bytes.push(...text(Option.HOST_NAME, names.hostName));
    if (names.domain !== undefined) bytes.push(...text(Option.DOMAIN, names.domain));
    if (names.tftpServer !== undefined) bytes.push(...text(Option.TFTP_SERVER, names.tftpServer));
  }
  bytes.push(Option.END);
  while (bytes.length < LEAST_BYTES) bytes.push(0);
  return Uint8Array.from(bytes);
}

function readOptions(message: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  for (let at = OPTIONS; at < message.length;) {
    const option = message[at] ?? Option.END;
    if (option === Option.END) break;
    if (option === 0) {
      at++;
      continue;
    }
    const length = message[at + 1] ?? 0;
    found.set(option, message.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return found;
}

function addressIn(bytes: Uint8Array | undefined): number | null {
  if (bytes?.length !== 4) return null;
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
}

function word(value: number): number[] {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);
}

function text(option: number, value: string): number[] {
  const bytes = new TextEncoder().encode(value).slice(0, 255);
  return [option, bytes.length, ...bytes];
}
