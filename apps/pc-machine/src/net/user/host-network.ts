/** The host's network, as the user network reaches it: sockets of the loopback. */

/** A place on the host. */
export interface HostAddress {
  readonly host: string;
  /** 0 to 65535; 0, of something that listens: any that is free. */
  readonly port: number;
}

/** Events of a connection of the host. */
export interface StreamEvents {
  /** It is there. */
  opened(): void;
  /** Bytes have come; they are the receiver's to keep. */
  received(bytes: Uint8Array): void;
  /** The other end sends no more. */
  ended(): void;
  /** It is gone, or never came to be. */
  failed(): void;
  /** Bytes that waited have left. */
  drained(): void;
}

/** A connection of the host. */
export interface HostStream {
  /** Bytes that were written and have not left yet. */
  readonly pending: number;
  write(bytes: Uint8Array): void;
  /** Nothing more is written. */
  end(): void;
  /** Gone at once. */
  abort(): void;
  /** Let bytes come, or hold them back. */
  flow(open: boolean): void;
}

/** A socket for datagrams. */
export interface HostDatagrams {
  send(bytes: Uint8Array, to: HostAddress): void;
  close(): void;
}

/** Sockets of the host. */
export interface HostNetwork {
  /** Start a program that a shell would, and talk with it. */
  run(command: string, events: StreamEvents): HostStream;
  connect(to: HostAddress, events: StreamEvents): HostStream;
  /**
   * Wait for connections.
   * @param accept answers the events of a new one
   * @param opened told `null` when it waits for them, and why where that is not possible
   */
  listen(
    at: HostAddress,
    accept: (stream: HostStream) => StreamEvents,
    opened: (reason: string | null) => void,
  ): { close(): void };
  /**
   * A socket for datagrams.
   * @param at where they are waited for; `null`: wherever there is room, for answers
   * @param opened told `null` when it waits for them, and why where that is not, or no longer, possible
   */
  datagrams(
    at: HostAddress | null,
    received: (bytes: Uint8Array, from: HostAddress) => void,
    opened: (reason: string | null) => void,
  ): HostDatagrams;
}
