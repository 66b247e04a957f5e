/** A naive guest: ARP, UDP and TCP as a small system has them, over whatever carries its frames. */
import {
  EtherType,
  Protocol,
  readPacket,
  writePacket,
  type Packet,
} from "../../src/net/user/ipv4.js";
import { readSegment, TcpFlag, writeSegment, type Segment } from "../../src/net/user/segment.js";
import { readDatagram, writeDatagram, type Datagram } from "../../src/net/user/udp.js";

export const GUEST = 0x0a00_020f;
export const GATEWAY = 0x0a00_0202;
export const MAC = Uint8Array.of(0x52, 0x54, 0, 0x12, 0x34, 0x56);
const GATEWAY_MAC = Uint8Array.of(0x52, 0x55, 10, 0, 2, 2);

/** What carries frames. */
export interface Carrier {
  send(frame: Uint8Array): void;
  /** Lets time pass, and answers the frames that have come. */
  poll(): Promise<readonly Uint8Array[]>;
}

/** One connection of the guest's. */
export class GuestConnection {
  readonly received: Uint8Array[] = [];
  /** Bytes that came. */
  length = 0;
  open = false;
  ended = false;
  reset = false;
  /** Room that it tells of; a slow reader has none. */
  window = 0xffff;
  acknowledged: number;
  next: number;
  expected = 0;
  peerWindow = 0;

  readonly port: number;
  readonly peer: number;
  readonly peerPort: number;

  constructor(port: number, peer: number, peerPort: number, first: number) {
    this.port = port;
    this.peer = peer;
    this.peerPort = peerPort;
    this.acknowledged = first;
    this.next = first;
  }
}

export class GuestStack {
  readonly #carrier: Carrier;
  readonly connections: GuestConnection[] = [];
  readonly datagrams: Datagram[] = [];
  readonly others: Uint8Array[] = [];
  /** Segments that came. */
  segments = 0;
  /** Ports that take connections. */
  readonly listening = new Set<number>();
  /** Frames that are lost on the way: asked for each that comes or goes. */
  loses: () => boolean = () => false;

  constructor(carrier: Carrier) {
    this.#carrier = carrier;
  }

  send(packet: Packet): void {
    if (!this.loses()) this.#carrier.send(writePacket(MAC, GATEWAY_MAC, packet));
  }

  datagram(port: number, to: number, toPort: number, data: Uint8Array, source = GUEST): void {
    this.send(
      writeDatagram({ source, sourcePort: port, destination: to, destinationPort: toPort, data }),
    );
  }

  connect(
    peer: number,
    peerPort: number,
    port = 40_000 + this.connections.length,
  ): GuestConnection {
    const connection = new GuestConnection(port, peer, peerPort, 0xffff_f000);
    this.connections.push(connection);
    this.segment(connection, TcpFlag.SYN, connection.next);
    connection.next = (connection.next + 1) >>> 0;
    return connection;
  }

  segment(
    connection: GuestConnection,
    flags: number,
    sequence: number,
    data: Uint8Array = new Uint8Array(),
  ): void {
    // What a guest sends goes from it to its peer: the ends are the other way round.
    const ends = {
      guest: connection.peer,
      guestPort: connection.peerPort,
      peer: GUEST,
      peerPort: connection.port,
    };
    const mss = (flags & TcpFlag.SYN) === 0 ? 0 : 1460;
    const { window, expected: acknowledged } = connection;
    this.send(writeSegment(ends, { flags, sequence, acknowledged, window, mss, data }));
  }

  /** Writes all of `data`, as the peer has room for it; again from where it is not acknowledged. */
  async write(connection: GuestConnection, data: Uint8Array): Promise<void> {
    const start = connection.next;
    for (let idle = 0; connection.acknowledged !== (start + data.length) >>> 0;) {
      if (connection.reset) throw new Error("the connection was reset");
      const done = (connection.acknowledged - start) | 0;
      const room = Math.min(connection.peerWindow, 32 * 1460);
      for (let at = done; at < data.length && at < done + room; at += 1460) {
        const part = data.subarray(at, Math.min(at + 1460, done + room, data.length));
        this.segment(connection, TcpFlag.ACK, (start + at) >>> 0, part);
      }
      const before = connection.acknowledged;
      await this.poll();
      idle = before === connection.acknowledged ? idle + 1 : 0;
      if (idle > 5000) throw new Error("nothing is acknowledged any more");
    }
    connection.next = (start + data.length) >>> 0;
  }

  end(connection: GuestConnection): void {
    this.segment(connection, TcpFlag.FIN | TcpFlag.ACK, connection.next);
    connection.next = (connection.next + 1) >>> 0;
  }

  async poll(): Promise<void> {
    for (const frame of await this.#carrier.poll()) {
      if (!this.loses()) this.#take(frame);
    }
  }

  /** Polls until something is so. */
  async until(what: string, isSo: () => boolean): Promise<void> {
    for (let turn = 0; !isSo(); turn++) {
      if (turn > 20_000) throw new Error(`it does not come to this: ${what}`);
      await this.poll();
    }
  }

  #take(frame: Uint8Array): void {
    const type = ((frame[12] ?? 0) << 8) | (frame[13] ?? 0);
    const packet = type === EtherType.IPV4 ? readPacket(frame) : null;
    if (packet?.protocol === Protocol.UDP) {
      const datagram = readDatagram(packet);
      if (datagram !== null) this.datagrams.push({ ...datagram, data: datagram.data.slice() });
    } else if (packet?.protocol === Protocol.TCP) {
      this.#takeSegment(packet);
    } else {
      this.others.push(frame);
    }
  }

  #takeSegment(packet: Packet): void {
    const read = readSegment(packet);
    if (read === null) throw new Error("a segment's checksum is wrong");
    this.segments++;
    const { ends, segment } = read;
    let connection = this.connections.find(
      ({ port, peer, peerPort }) =>
        port === ends.peerPort && peer === ends.guest && peerPort === ends.guestPort,
    );
    if (connection === undefined) {
      if ((segment.flags & TcpFlag.SYN) === 0 || !this.listening.has(ends.peerPort)) return;
      connection = new GuestConnection(ends.peerPort, ends.guest, ends.guestPort, 7);
      this.connections.push(connection);
      connection.next = 8;
    }
    this.#step(connection, segment);
  }

  #step(connection: GuestConnection, segment: Segment): void {
    const { flags, sequence, acknowledged, data } = segment;
    if ((flags & TcpFlag.RST) !== 0) {
      connection.reset = true;
      return;
    }
    connection.peerWindow = segment.window;
    if ((flags & TcpFlag.SYN) !== 0) {
      connection.expected = (sequence + 1) >>> 0;
      if ((flags & TcpFlag.ACK) === 0) {
        this.segment(connection, TcpFlag.SYN | TcpFlag.ACK, (connection.next - 1) >>> 0);
        return;
      }
    }
    if ((flags & TcpFlag.ACK) !== 0) {
      connection.open = true;
      if (((acknowledged - connection.acknowledged) | 0) > 0)
        connection.acknowledged = acknowledged;
    }
    const hasFin = (flags & TcpFlag.FIN) !== 0;
    if (sequence === connection.expected && data.length <= connection.window) {
      connection.received.push(data.slice());
      connection.length += data.length;
      connection.expected = (connection.expected + data.length + (hasFin ? 1 : 0)) >>> 0;
      if (hasFin) connection.ended = true;
    }
    if (data.length > 0 || hasFin || (flags & TcpFlag.SYN) !== 0) {
      this.segment(connection, TcpFlag.ACK, connection.next);
    }
  }
}
