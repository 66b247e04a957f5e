/** Datagrams of UDP. */
import { checksum, Protocol, pseudoSum, type Packet } from "./ipv4.js";

const HEADER_BYTES = 8;

/** A datagram. */
export interface Datagram {
  readonly source: number;
  readonly sourcePort: number;
  readonly destination: number;
  readonly destinationPort: number;
  readonly data: Uint8Array;
}

/** The datagram in a packet, `null` for a damaged one. */
export function readDatagram(packet: Packet): Datagram | null {
  const { payload, source, destination } = packet;
  if (payload.length < HEADER_BYTES) return null;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const length = view.getUint16(4);
  if (length < HEADER_BYTES || length > payload.length) return null;
  const whole = payload.subarray(0, length);
  if (view.getUint16(6) !== 0 && checksum(whole, pseudoSum(packet, length)) !== 0) return null;
  return {
    source,
    sourcePort: view.getUint16(0),
    destination,
    destinationPort: view.getUint16(2),
    data: whole.subarray(HEADER_BYTES),
  };
}

/** A packet with a datagram in it. */
export function writeDatagram(datagram: Datagram): Packet {
  const { source, destination, data } = datagram;
  const payload = new Uint8Array(HEADER_BYTES + data.length);
  const view = new DataView(payload.buffer);
  view.setUint16(0, datagram.sourcePort);
  view.setUint16(2, datagram.destinationPort);
  view.setUint16(4, payload.length);
  payload.set(data, HEADER_BYTES);
  const ends = { source, destination, protocol: Protocol.UDP };
  view.setUint16(6, checksum(payload, pseudoSum(ends, payload.length)) || 0xffff);
  return { ...ends, payload };
}
