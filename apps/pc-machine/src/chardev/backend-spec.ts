/** Description of a character device's back end: QEMU's `-chardev`, as data. */

/** The place where a stream socket is, or will be. */
export type SocketPlace =
  | { readonly type: "unix"; readonly path: string }
  | { readonly type: "inet"; readonly host: string; readonly port: number };

/** A back end of `-chardev socket`. */
export interface SocketSpec {
  readonly backend: "socket";
  readonly place: SocketPlace;
  /** Listen, in place of connecting. */
  readonly server: boolean;
  /** Of a server: the machine starts when a client is there. */
  readonly wait: boolean;
  readonly telnet: boolean;
  readonly nodelay: boolean;
  /** Of a client: seconds until it connects again, 0 for never. */
  readonly reconnect: number;
}

/** A back end of `-chardev udp`. */
export interface UdpSpec {
  readonly backend: "udp";
  readonly host: string;
  readonly port: number;
  readonly localHost: string;
  /** 0: any. */
  readonly localPort: number;
}

/** A back end, by QEMU's name of it. The terminal, files and `null` are targets of their own. */
export type BackendSpec =
  | SocketSpec
  | UdpSpec
  | { readonly backend: "pipe"; readonly path: string }
  | { readonly backend: "ringbuf"; readonly size: number }
  | { readonly backend: "vc"; readonly columns: number; readonly rows: number };

/** The back ends there are, as `-chardev help` and `query-chardev-backends` list them. */
export const BACKEND_NAMES = [
  "stdio",
  "ringbuf",
  "mux",
  "pipe",
  "null",
  "socket",
  "vc",
  "udp",
  "file",
] as const;

/** `place` as QEMU writes it. */
export function placeText(place: SocketPlace): string {
  if (place.type === "unix") return place.path;
  const host = place.host.includes(":") ? `[${place.host}]` : place.host;
  return `${host}:${place.port}`;
}
