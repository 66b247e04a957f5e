/** Addresses of Ethernet and IPv4. */

/** Text of an IPv4 address as a number, `null` when it is none. */
export function parseIpv4(text: string): number | null {
  const parts = text.split(".");
  const bytes = parts.map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : Number.NaN));
  if (parts.length !== 4 || !bytes.every((byte) => byte <= 255)) return null;
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

/** A number as the text of an IPv4 address. */
export function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join(".");
}

/** The plan of addresses of a user network. */
export interface AddressPlan {
  /** The network's mask. */
  readonly mask: number;
  /** The gateway: this host. */
  readonly host: number;
  /** The name server. */
  readonly dns: number;
  /** The address that the guest is given. */
  readonly guest: number;
}

/** QEMU's plan: 10.0.2.0/24, the host at .2, the name server at .3, the guest at .15. */
export const DEFAULT_PLAN: AddressPlan = {
  mask: 0xffff_ff00,
  host: 0x0a00_0202,
  dns: 0x0a00_0203,
  guest: 0x0a00_020f,
};

/** The Ethernet address of something at `ip` that this network plays. */
export function macOf(ip: number): Uint8Array {
  return Uint8Array.of(0x52, 0x55, ip >>> 24, ip >>> 16, ip >>> 8, ip);
}
