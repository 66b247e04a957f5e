/** Ports of the host that lead to the guest (`hostfwd=`). */
import { formatIpv4, type AddressPlan } from "./addresses.js";
import { forgetOldest } from "./forget-oldest.js";
import type { HostForward, UserSocket } from "./forwards.js";
import type { HostAddress, HostDatagrams, HostNetwork, StreamEvents } from "./host-network.js";
import type { Tcp } from "./tcp.js";
import type { Datagram } from "./udp.js";

/** Surroundings of the forwards. */
export interface ForwardWiring {
  readonly host: HostNetwork;
  readonly plan: AddressPlan;
  readonly tcp: Tcp;
  /** A datagram for the guest. */
  send(datagram: Datagram): void;
}

/** Told `null` when a place is waited at, and why where it cannot be. */
type Opened = (reason: string | null) => void;

const REFUSED: StreamEvents = { opened() {}, received() {}, ended() {}, failed() {}, drained() {} };

/** All of them. */
export class HostForwards {
  readonly #wiring: ForwardWiring;
  readonly #open = new Map<HostForward, { close(): void }>();
  /** Peers on the host that datagrams came from, by the port that the guest knows them by. */
  readonly #peers = new Map<number, { readonly socket: HostDatagrams; readonly at: HostAddress }>();

  constructor(wiring: ForwardWiring) {
    this.#wiring = wiring;
  }

  /** A line for each, the youngest first. */
  get sockets(): readonly UserSocket[] {
    return [...this.#open.keys()].reverse().map(({ protocol, host, guest, guestPort }) => ({
      state: `${protocol.toUpperCase()}[HOST_FORWARD]`,
      source: host.host,
      sourcePort: host.port,
      destination: formatIpv4(guest ?? this.#wiring.plan.guest),
      destinationPort: guestPort,
      received: 0,
      sent: 0,
    }));
  }

  /**
   * A further one.
   * @param opened told `null` when its place on the host is waited at, and why where that cannot be
   * @returns false when the place is one's already
   */
  add(forward: HostForward, opened: Opened): boolean {
    if (this.#find(forward.protocol, forward.host) !== null) return false;
    this.#open.set(
      forward,
      forward.protocol === "tcp" ? this.#listen(forward, opened) : this.#datagrams(forward, opened),
    );
    return true;
  }

  /** One less, with its connections. @returns false when there is none at this place */
  remove(protocol: "tcp" | "udp", at: HostAddress): boolean {
    const found = this.#find(protocol, at);
    if (found === null) return false;
    this.#open.get(found)?.close();
    this.#open.delete(found);
    return true;
  }

  /** The guest answers a datagram. @returns false when none came from there */
  answer(port: number, data: Uint8Array): boolean {
    const peer = this.#peers.get(port);
    peer?.socket.send(data.slice(), peer.at);
    return peer !== undefined;
  }

  /** Whoever sent datagrams is forgotten. */
  forgetPeers(): void {
    this.#peers.clear();
  }

  /** All of them are gone. */
  close(): void {
    for (const { close } of this.#open.values()) close();
    this.#open.clear();
    this.#peers.clear();
  }

  #find(protocol: "tcp" | "udp", { host, port }: HostAddress): HostForward | null {
    const found = [...this.#open.keys()].find(
      (one) => one.protocol === protocol && one.host.host === host && one.host.port === port,
    );
    return found ?? null;
  }

  #listen(forward: HostForward, opened: Opened): { close(): void } {
    const { host: network, plan, tcp } = this.#wiring;
    const { host, guestPort } = forward;
    const ends = { guest: forward.guest ?? plan.guest, guestPort, peer: plan.host };
    return network.listen(
      host,
      (stream) => {
        const events = tcp.call(stream, ends);
        if (events === null) stream.abort();
        return events ?? REFUSED;
      },
      opened,
    );
  }

  #datagrams(forward: HostForward, opened: Opened): HostDatagrams {
    const { host: network, plan, send } = this.#wiring;
    const { host, guestPort } = forward;
    const socket = network.datagrams(
      host,
      (data, from) => {
        if (!this.#peers.has(from.port)) forgetOldest(this.#peers, () => undefined);
        this.#peers.set(from.port, { socket, at: from });
        send({
          source: plan.host,
          sourcePort: from.port,
          destination: forward.guest ?? plan.guest,
          destinationPort: guestPort,
          data,
        });
      },
      opened,
    );
    return socket;
  }
}
