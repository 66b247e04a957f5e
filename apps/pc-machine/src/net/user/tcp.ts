/** Every connection of the guest's. */
import { formatIpv4 } from "./addresses.js";
import type { GuestForward, UserSocket } from "./forwards.js";
import type { HostNetwork, HostStream, StreamEvents } from "./host-network.js";
import type { Packet } from "./ipv4.js";
import { readSegment, TcpFlag, writeSegment, type Segment, type TcpEnds } from "./segment.js";
import { TcpConnection } from "./tcp-connection.js";

/** Connections at a time, at most. */
const MOST_CONNECTIONS = 256;
const FIRST_PORT = 49_152;
const PORTS = 16_384;

/** Surroundings of the connections. */
export interface TcpWiring {
  readonly host: HostNetwork;
  nowNs(): number;
  /** A packet for the guest. */
  send(packet: Packet): void;
  /** A connection waits for time to pass. */
  waits(): void;
}

/** The connections, by their ends. */
export class Tcp {
  readonly #wiring: TcpWiring;
  readonly #connections = new Map<string, TcpConnection>();
  #port = 0;
  #initial = 0x1000_0000;

  constructor(wiring: TcpWiring) {
    this.#wiring = wiring;
  }

  /** Number of connections. */
  get count(): number {
    return this.#connections.size;
  }

  /** A line for each. */
  get sockets(): readonly UserSocket[] {
    return [...this.#connections.values()].map(({ ends, state, waitingBytes, pendingBytes }) => ({
      state: `TCP[${state}]`,
      source: formatIpv4(ends.peer),
      sourcePort: ends.peerPort,
      destination: formatIpv4(ends.guest),
      destinationPort: ends.guestPort,
      received: waitingBytes,
      sent: pendingBytes,
    }));
  }

  /** Time of the next attempt of any connection, `Infinity`: none is due. */
  get deadlineNs(): number {
    let nearest = Infinity;
    for (const { deadlineNs } of this.#connections.values())
      nearest = Math.min(nearest, deadlineNs);
    return nearest;
  }

  /** Time has passed. */
  tick(): void {
    for (const connection of [...this.#connections.values()]) connection.tick();
  }

  /** A packet from the guest. @param forward answers what is behind a place in the network */
  take(packet: Packet, forward: (address: number, port: number) => GuestForward | null): void {
    const read = readSegment(packet);
    if (read === null) return;
    const { ends, segment } = read;
    const connection = this.#connections.get(keyOf(ends));
    if (connection !== undefined) {
      connection.take(segment);
    } else if ((segment.flags & TcpFlag.RST) === 0) {
      const target = forward(ends.peer, ends.peerPort);
      const asks = (segment.flags & (TcpFlag.SYN | TcpFlag.ACK)) === TcpFlag.SYN;
      if (asks && target !== null && this.count < MOST_CONNECTIONS) {
        this.#open(ends, segment, target.host);
      } else {
        this.#refuse(ends, segment);
      }
    }
    this.#wiring.waits();
  }

  /** A connection of the host's that leads to the guest. @returns its events */
  call(stream: HostStream, ends: Omit<TcpEnds, "peerPort">): StreamEvents | null {
    if (this.count >= MOST_CONNECTIONS) return null;
    let whole: TcpEnds;
    do {
      whole = { ...ends, peerPort: FIRST_PORT + (this.#port++ % PORTS) };
    } while (this.#connections.has(keyOf(whole)));
    const connection = this.#connect(whole, null);
    connection.join(stream);
    this.#wiring.waits();
    return this.#watched(connection);
  }

  /** Every connection is gone. */
  abort(): void {
    for (const connection of [...this.#connections.values()]) connection.abort();
  }

  #open(ends: TcpEnds, segment: Segment, to: GuestForward["host"]): void {
    const connection = this.#connect(ends, segment);
    const events = this.#watched(connection);
    const { host } = this.#wiring;
    connection.join("command" in to ? host.run(to.command, events) : host.connect(to, events));
  }

  #connect(ends: TcpEnds, syn: Segment | null): TcpConnection {
    const key = keyOf(ends);
    this.#initial = (this.#initial + 0x1_0001) >>> 0;
    const connection = new TcpConnection(
      {
        nowNs: () => this.#wiring.nowNs(),
        send: (segment) => this.#wiring.send(writeSegment(ends, segment)),
        closed: () => this.#connections.delete(key),
      },
      ends,
      this.#initial,
      syn,
    );
    this.#connections.set(key, connection);
    return connection;
  }

  /** The connection's events, each of which may have something wait. */
  #watched(connection: TcpConnection): StreamEvents {
    const then = (act: () => void) => (): void => {
      act();
      this.#wiring.waits();
    };
    return {
      opened: then(() => connection.opened()),
      received: (bytes) => {
        connection.received(bytes);
        this.#wiring.waits();
      },
      ended: then(() => connection.ended()),
      failed: then(() => connection.failed()),
      drained: then(() => connection.drained()),
    };
  }

  #refuse(ends: TcpEnds, { flags, sequence, acknowledged, data }: Segment): void {
    const isAcknowledging = (flags & TcpFlag.ACK) !== 0;
    const length = data.length + ((flags & (TcpFlag.SYN | TcpFlag.FIN)) === 0 ? 0 : 1);
    const segment = {
      flags: TcpFlag.RST | (isAcknowledging ? 0 : TcpFlag.ACK),
      sequence: isAcknowledging ? acknowledged : 0,
      acknowledged: isAcknowledging ? 0 : (sequence + length) >>> 0,
      window: 0,
      mss: 0,
      data: new Uint8Array(0),
    };
    this.#wiring.send(writeSegment(ends, segment));
  }
}

function keyOf({ guest, guestPort, peer, peerPort }: TcpEnds): string {
  return `${guest}:${guestPort}-${peer}:${peerPort}`;
}
