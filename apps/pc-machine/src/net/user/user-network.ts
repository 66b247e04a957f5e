/**
 * A network in the program, without privileges (QEMU's `-netdev user`): a gateway, a name server and
 * DHCP for one guest. What is not forwarded reaches nothing.
 */
import type { Timer } from "../../host/clock.js";
import type { Network, NetworkCard } from "../network.js";
import { DEFAULT_PLAN, formatIpv4, macOf, type AddressPlan } from "./addresses.js";
import { answerDhcp, DHCP_PORTS, type DhcpNames } from "./dhcp.js";
import { answerDns, DNS_PORT } from "./dns.js";
import { forgetOldest } from "./forget-oldest.js";
import type { GuestForward, HostForward, UserSocket } from "./forwards.js";
import { HostForwards } from "./host-forwards.js";
import type { HostAddress, HostDatagrams, HostNetwork } from "./host-network.js";
import {
  checksum,
  ETHERNET_BYTES,
  EtherType,
  Protocol,
  readPacket,
  writePacket,
  type Packet,
} from "./ipv4.js";
import { Tcp } from "./tcp.js";
import { Tftp, TFTP_PORT, type TftpFiles } from "./tftp.js";
import { readDatagram, writeDatagram, type Datagram } from "./udp.js";

/** Frames for the guest that wait, at most; further ones are lost, as on a wire. */
const MOST_FRAMES = 512;
const LONGEST_DATAGRAM = 1472;
const BROADCAST = 0xffff_ffff;
const Icmp = { ECHO_REPLY: 0, ECHO: 8 } as const;

/** Options of a network. */
export interface UserNetworkOptions {
  readonly host: HostNetwork;
  /** Default: 10.0.2.0/24, as in QEMU. */
  readonly plan?: AddressPlan;
  /** Names that DHCP gives. */
  readonly dhcp?: DhcpNames;
  /** The name server's table: names in small letters, and addresses. */
  readonly names?: ReadonlyMap<string, number>;
  /** Files that the gateway gives by TFTP. Default: no server. */
  readonly tftp?: TftpFiles;
  readonly hostForwards?: readonly HostForward[];
  readonly guestForwards?: readonly GuestForward[];
  /** Told of a place on the host that cannot be had. */
  readonly complain?: (text: string) => void;
}

/** QEMU's words for a forward that cannot be had. */
function failedForward({ protocol, host, guest, guestPort }: HostForward): string {
  const to = guest === null ? "" : formatIpv4(guest);
  const rule = `${protocol}:${host.host}:${host.port}-${to}:${guestPort}`;
  return `Could not set up host forwarding rule '${rule}'`;
}

/** The network. */
export class UserNetwork implements Network, Disposable {
  /** Settles with what is wrong with forwards that it was made with, when all are open or cannot be. */
  readonly ready: Promise<readonly string[]>;
  readonly #options: UserNetworkOptions;
  readonly #plan: AddressPlan;
  readonly #tcp: Tcp;
  readonly #tftp: Tftp | null;
  readonly #forwards: HostForwards;
  /** Sockets behind `guestfwd=udp`, by the guest's port and the place in the network. */
  readonly #sockets = new Map<string, HostDatagrams>();
  #card: NetworkCard | null = null;
  #guestMac = new Uint8Array(6);
  #frames: Uint8Array[] = [];
  #delivery: Timer | null = null;
  #retry: Timer | null = null;
  #packets = 0;

  constructor(options: UserNetworkOptions) {
    this.#options = options;
    this.#plan = options.plan ?? DEFAULT_PLAN;
    this.#tftp = options.tftp === undefined ? null : new Tftp(options.tftp);
    this.#tcp = new Tcp({
      host: options.host,
      nowNs: () => this.#card?.clock.nowNs() ?? 0,
      send: (packet) => this.#reply(packet),
      waits: () => this.#armRetry(),
    });
    this.#forwards = new HostForwards({
      host: options.host,
      plan: this.#plan,
      tcp: this.#tcp,
      send: (datagram) => this.#sendDatagram(datagram),
    });
    const opening = (options.hostForwards ?? []).map((forward) => this.#opened(forward));
    this.ready = Promise.all(opening).then((all) => all.filter((problem) => problem !== null));
  }

  /** Settles with what is wrong with a forward, `null` when its place on the host is waited at. */
  #opened(forward: HostForward): Promise<string | null> {
    return new Promise((resolve) => {
      const opened = (reason: string | null): void => {
        resolve(reason === null ? null : `${failedForward(forward)}: ${reason}`);
      };
      if (!this.#forwards.add(forward, opened)) opened("there is one like it already");
    });
  }

  get summary(): string {
    const { host, mask } = this.#plan;
    return `type=user,net=${formatIpv4(host & mask)},restrict=on`;
  }

  /** Number of TCP connections. */
  get connections(): number {
    return this.#tcp.count;
  }

  /** The sockets that there are, the youngest first. */
  get sockets(): readonly UserSocket[] {
    return [...this.#forwards.sockets, ...this.#tcp.sockets];
  }

  /** Have a port of the host lead to the guest. @returns false when one like it does */
  addHostForward(forward: HostForward): boolean {
    return this.#forwards.add(forward, (reason) => {
      if (reason !== null) this.#options.complain?.(`${failedForward(forward)}: ${reason}`);
    });
  }

  /** A port of the host leads to the guest no more. @returns false when it did not */
  removeHostForward(protocol: "tcp" | "udp", at: HostAddress): boolean {
    return this.#forwards.remove(protocol, at);
  }

  connect(card: NetworkCard): void {
    this.#card = card;
    this.#guestMac = card.mac.slice();
    this.#delivery = card.clock.timer(() => this.#deliver());
    this.#retry = card.clock.timer(() => {
      this.#tcp.tick();
      this.#armRetry();
    });
    // Somebody may have called before there was a card.
    this.#armRetry();
  }

  disconnect(): void {
    this.#tcp.abort();
    this.#tftp?.[Symbol.dispose]();
    this.#delivery?.cancel();
    this.#retry?.cancel();
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
    this.#forwards.forgetPeers();
    this.#frames = [];
    this.#card = null;
  }

  /** It is no more: the host's sockets are closed, and the card has lost its link. */
  cut(): void {
    const card = this.#card;
    this[Symbol.dispose]();
    card?.setLink?.(false);
  }

  /** The host's sockets are closed. */
  [Symbol.dispose](): void {
    this.disconnect();
    this.#forwards.close();
  }

  send(frame: Uint8Array): void {
    if (frame.length < ETHERNET_BYTES) return;
    const type = ((frame[12] ?? 0) << 8) | (frame[13] ?? 0);
    this.#guestMac = frame.slice(6, 12);
    if (type === EtherType.ARP) this.#answerArp(frame);
    else if (type === EtherType.IPV4) {
      const packet = readPacket(frame);
      if (packet !== null) this.#take(packet);
    }
  }

  roomForFrames(): void {
    if (this.#frames.length > 0) this.#armDelivery();
  }

  #take(packet: Packet): void {
    switch (packet.protocol) {
      case Protocol.ICMP:
        this.#answerEcho(packet);
        break;
      case Protocol.UDP: {
        const datagram = readDatagram(packet);
        if (datagram !== null) this.#takeDatagram(datagram);
        break;
      }
      case Protocol.TCP:
        this.#tcp.take(packet, (address, port) => this.#guestForward("tcp", address, port));
        break;
    }
  }

  #plays(address: number): boolean {
    const { host, dns } = this.#plan;
    return (
      address === host ||
      address === dns ||
      (this.#options.guestForwards ?? []).some(({ server }) => server === address)
    );
  }

  #answerArp(frame: Uint8Array): void {
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
    if (frame.length < 42 || view.getUint16(20) !== 1) return;
    const target = view.getUint32(38);
    if (!this.#plays(target)) return;
    const mac = macOf(target);
    const answer = new Uint8Array(42);
    answer.set(frame.subarray(6, 12));
    answer.set(mac, 6);
    answer.set(frame.subarray(12, 20), 12);
    answer[21] = 2;
    answer.set(mac, 22);
    answer.set(frame.subarray(38, 42), 28);
    answer.set(frame.subarray(22, 32), 32);
    this.#queue(answer);
  }

  #answerEcho(packet: Packet): void {
    const { payload, source, destination, protocol } = packet;
    if (payload[0] !== Icmp.ECHO || payload.length < 8 || !this.#plays(destination)) return;
    if (checksum(payload) !== 0) return;
    const answer = payload.slice();
    answer[0] = Icmp.ECHO_REPLY;
    answer.fill(0, 2, 4);
    const sum = checksum(answer);
    answer[2] = sum >> 8;
    answer[3] = sum & 0xff;
    this.#reply({ source: destination, destination: source, protocol, payload: answer });
  }

  #takeDatagram(datagram: Datagram): void {
    const { destination, destinationPort, data } = datagram;
    const { host, dns, mask } = this.#plan;
    const isBroadcast = destination === BROADCAST || destination === (host | ~mask) >>> 0;
    if (destinationPort === DHCP_PORTS.SERVER && (isBroadcast || destination === host)) {
      const answer = answerDhcp(data, this.#plan, this.#options.dhcp ?? {});
      if (answer === null) return;
      this.#sendDatagram({
        source: host,
        sourcePort: DHCP_PORTS.SERVER,
        destination: BROADCAST,
        destinationPort: DHCP_PORTS.CLIENT,
        data: answer,
      });
    } else if (destination === dns && destinationPort === DNS_PORT) {
      const answer = answerDns(data, this.#options.names ?? new Map());
      if (answer !== null) this.#answerDatagram(datagram, answer);
    } else if (destination === host && destinationPort === TFTP_PORT && this.#tftp !== null) {
      const answer = this.#tftp.answer(datagram.sourcePort, data);
      if (answer !== null) this.#answerDatagram(datagram, answer);
    } else {
      const answered = destination === host && this.#forwards.answer(destinationPort, data);
      if (!answered) this.#forwardDatagram(datagram);
    }
  }

  #forwardDatagram(datagram: Datagram): void {
    const { source, sourcePort, destination, destinationPort, data } = datagram;
    const forward = this.#guestForward("udp", destination, destinationPort);
    if (forward === null || "command" in forward.host) return;
    const key = `${source}:${sourcePort}-${destination}:${destinationPort}`;
    let socket = this.#sockets.get(key);
    if (socket === undefined) {
      forgetOldest(this.#sockets, (old) => old.close());
      socket = this.#options.host.datagrams(
        null,
        (bytes) => this.#answerDatagram(datagram, bytes),
        (reason) => {
          if (reason !== null) this.#sockets.delete(key);
        },
      );
      this.#sockets.set(key, socket);
    }
    socket.send(data.slice(), forward.host);
  }

  #answerDatagram(
    { source, sourcePort, destination, destinationPort }: Datagram,
    data: Uint8Array,
  ): void {
    this.#sendDatagram({
      source: destination,
      sourcePort: destinationPort,
      destination: source,
      destinationPort: sourcePort,
      data,
    });
  }

  #sendDatagram(datagram: Datagram): void {
    if (datagram.data.length <= LONGEST_DATAGRAM) this.#reply(writeDatagram(datagram));
  }

  #guestForward(protocol: "tcp" | "udp", address: number, port: number): GuestForward | null {
    const found = (this.#options.guestForwards ?? []).find(
      (forward) =>
        forward.protocol === protocol && forward.server === address && forward.serverPort === port,
    );
    return found ?? null;
  }

  #reply(packet: Packet): void {
    const isBroadcast = packet.destination === BROADCAST;
    const to = isBroadcast ? new Uint8Array(6).fill(0xff) : this.#guestMac;
    this.#queue(writePacket(macOf(packet.source), to, packet, this.#packets++));
  }

  #queue(frame: Uint8Array): void {
    if (this.#card === null || this.#frames.length >= MOST_FRAMES) return;
    this.#frames.push(frame);
    this.#armDelivery();
  }

  /** Frames reach the card between the guest's instructions. */
  #armDelivery(): void {
    if (this.#card !== null && this.#delivery?.armed === false) {
      this.#delivery.arm(this.#card.clock.nowNs());
    }
  }

  #deliver(): void {
    const frames = this.#frames;
    let taken = 0;
    for (const frame of frames) {
      if (this.#card?.receive(frame) !== true) break;
      taken++;
    }
    this.#frames = frames.slice(taken);
  }

  #armRetry(): void {
    const { deadlineNs } = this.#tcp;
    if (deadlineNs === Infinity) this.#retry?.cancel();
    else this.#retry?.arm(deadlineNs);
  }
}
