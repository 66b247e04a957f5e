/** Packets of IPv4 within frames of Ethernet, read and written. */

/** Protocols of IPv4. */
export const Protocol = { ICMP: 1, TCP: 6, UDP: 17 } as const;
export const EtherType = { IPV4: 0x0800, ARP: 0x0806 } as const;

export const ETHERNET_BYTES = 14;
const IP_BYTES = 20;
const TIME_TO_LIVE = 64;
const MORE_FRAGMENTS = 0x2000;
const OFFSET = 0x1fff;

/** A packet. */
export interface Packet {
  readonly source: number;
  readonly destination: number;
  readonly protocol: number;
  readonly payload: Uint8Array;
}

/** Ones' complement sum of 16-bit words; an odd last byte is an upper half. */
export function checksum(bytes: Uint8Array, sum = 0): number {
  let total = sum;
  for (let at = 0; at < bytes.length; at += 2) {
    total += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  }
  while (total > 0xffff) total = (total & 0xffff) + Math.floor(total / 0x1_0000);
  return ~total & 0xffff;
}

/** The part of a checksum that TCP and UDP take from the addresses. */
export function pseudoSum(
  { source, destination, protocol }: Omit<Packet, "payload">,
  length: number,
): number {
  const halves = (address: number): number => (address >>> 16) + (address & 0xffff);
  return halves(source) + halves(destination) + protocol + length;
}

/** The packet in a frame; `null` for what is damaged, a fragment, or no IPv4. */
export function readPacket(frame: Uint8Array): Packet | null {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  if (frame.length < ETHERNET_BYTES + IP_BYTES || view.getUint16(12) !== EtherType.IPV4)
    return null;
  const head = view.getUint8(ETHERNET_BYTES);
  const headBytes = (head & 15) * 4;
  const total = view.getUint16(ETHERNET_BYTES + 2);
  const isWhole = (view.getUint16(ETHERNET_BYTES + 6) & (MORE_FRAGMENTS | OFFSET)) === 0;
  const fits =
    headBytes >= IP_BYTES && total >= headBytes && frame.length >= ETHERNET_BYTES + total;
  if (head >> 4 !== 4 || !fits || !isWhole) return null;
  if (checksum(frame.subarray(ETHERNET_BYTES, ETHERNET_BYTES + headBytes)) !== 0) return null;
  return {
    source: view.getUint32(ETHERNET_BYTES + 12),
    destination: view.getUint32(ETHERNET_BYTES + 16),
    protocol: view.getUint8(ETHERNET_BYTES + 9),
    payload: frame.subarray(ETHERNET_BYTES + headBytes, ETHERNET_BYTES + total),
  };
}

/** A frame with a packet in it. */
export function writePacket(from: Uint8Array, to: Uint8Array, packet: Packet, id = 0): Uint8Array {
  const { payload } = packet;
  const frame = new Uint8Array(ETHERNET_BYTES + IP_BYTES + payload.length);
  const view = new DataView(frame.buffer);
  frame.set(to, 0);
  frame.set(from, 6);
  view.setUint16(12, EtherType.IPV4);
  view.setUint8(ETHERNET_BYTES, 0x45);
  view.setUint16(ETHERNET_BYTES + 2, IP_BYTES + payload.length);
  view.setUint16(ETHERNET_BYTES + 4, id & 0xffff);
  view.setUint8(ETHERNET_BYTES + 8, TIME_TO_LIVE);
  view.setUint8(ETHERNET_BYTES + 9, packet.protocol);
  view.setUint32(ETHERNET_BYTES + 12, packet.source);
  view.setUint32(ETHERNET_BYTES + 16, packet.destination);
  const head = frame.subarray(ETHERNET_BYTES, ETHERNET_BYTES + IP_BYTES);
  view.setUint16(ETHERNET_BYTES + 10, checksum(head));
  frame.set(payload, ETHERNET_BYTES + IP_BYTES);
  return frame;
}
