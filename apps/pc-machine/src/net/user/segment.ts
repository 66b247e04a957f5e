/** Segments of TCP (RFC 9293), read and written. */
import { checksum, Protocol, pseudoSum, type Packet } from "./ipv4.js";

const HEADER_BYTES = 20;

/** Bits of a segment. */
export const TcpFlag = { FIN: 0x01, SYN: 0x02, RST: 0x04, PSH: 0x08, ACK: 0x10 } as const;

/** The two ends of a connection: the guest's and the other. */
export interface TcpEnds {
  readonly guest: number;
  readonly guestPort: number;
  readonly peer: number;
  readonly peerPort: number;
}

/** A segment. */
export interface Segment {
  readonly flags: number;
  readonly sequence: number;
  readonly acknowledged: number;
  readonly window: number;
  /** The longest segment that the sender takes, of its SYN; 0 where it does not say. */
  readonly mss: number;
  readonly data: Uint8Array;
}

/** The segment in a packet from the guest, `null` for a damaged one. */
export function readSegment(packet: Packet): { ends: TcpEnds; segment: Segment } | null {
  const { payload, source, destination } = packet;
  if (payload.length < HEADER_BYTES) return null;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const start = (view.getUint8(12) >> 4) * 4;
  if (start < HEADER_BYTES || start > payload.length) return null;
  if (checksum(payload, pseudoSum(packet, payload.length)) !== 0) return null;
  return {
    ends: {
      guest: source,
      guestPort: view.getUint16(0),
      peer: destination,
      peerPort: view.getUint16(2),
    },
    segment: {
      flags: view.getUint8(13),
      sequence: view.getUint32(4),
      acknowledged: view.getUint32(8),
      window: view.getUint16(14),
      mss: readMss(payload.subarray(HEADER_BYTES, start)),
      data: payload.subarray(start),
    },
  };
}

function readMss(options: Uint8Array): number {
  for (let at = 0; at < options.length;) {
    const kind = options[at];
    if (kind === 0) break;
    if (kind === 2) return ((options[at + 2] ?? 0) << 8) | (options[at + 3] ?? 0);
    at += kind === 1 ? 1 : Math.max(2, options[at + 1] ?? 2);
  }
  return 0;
}

/** A packet to the guest with a segment in it. */
export function writeSegment(ends: TcpEnds, segment: Segment): Packet {
  const options = segment.mss === 0 ? 0 : 4;
  const payload = new Uint8Array(HEADER_BYTES + options + segment.data.length);
  const view = new DataView(payload.buffer);
  view.setUint16(0, ends.peerPort);
  view.setUint16(2, ends.guestPort);
  view.setUint32(4, segment.sequence);
  view.setUint32(8, segment.acknowledged);
  view.setUint8(12, ((HEADER_BYTES + options) / 4) << 4);
  view.setUint8(13, segment.flags);
  view.setUint16(14, segment.window);
  if (options > 0) {
    view.setUint16(HEADER_BYTES, 0x0204);
    view.setUint16(HEADER_BYTES + 2, segment.mss);
  }
  payload.set(segment.data, HEADER_BYTES + options);
  const packet = { source: ends.peer, destination: ends.guest, protocol: Protocol.TCP };
  view.setUint16(16, checksum(payload, pseudoSum(packet, payload.length)));
  return { ...packet, payload };
}

/** Distance from sequence number `b` to `a`, within 2^31 either way. */
export function distance(a: number, b: number): number {
  return (a - b) | 0;
}
