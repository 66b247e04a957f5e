/** Rules by which a user network lets something through, and the sockets that come of them. */
import type { HostAddress } from "./host-network.js";

/** Ports of the host that lead to the guest (`hostfwd=`). */
export interface HostForward {
  readonly protocol: "tcp" | "udp";
  /** Place on the host that is waited at. */
  readonly host: HostAddress;
  /** The guest's address, `null`: the one that it is given. */
  readonly guest: number | null;
  readonly guestPort: number;
}

/** A program of the host that answers for a server, by its standard input and output: one a connection. */
export interface HostCommand {
  /** Command line for a shell. */
  readonly command: string;
}

/** Addresses of the network that lead to the host (`guestfwd=`). */
export interface GuestForward {
  readonly protocol: "tcp" | "udp";
  readonly server: number;
  readonly serverPort: number;
  /** The place or the program that answers; a program answers connections alone. */
  readonly host: HostAddress | HostCommand;
}

/** A socket, as `info usernet` shows it. */
export interface UserSocket {
  /** `TCP[HOST_FORWARD]` and the like. */
  readonly state: string;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  /** Bytes for the guest, and from it, that wait. */
  readonly received: number;
  readonly sent: number;
}
