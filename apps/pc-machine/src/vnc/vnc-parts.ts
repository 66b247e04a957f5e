/** Parts of the machine and of the host that a VNC server works with. */
import type { ChangedLines } from "./picture.js";

/** A connection's way out. */
export interface VncStream {
  /** Send bytes; they are the stream's from then on. */
  write(bytes: Uint8Array): void;
  /** Bytes that wait for a slow reader. */
  readonly pending: number;
  /** End the connection, when what was written has gone. */
  end(): void;
}

/** The place of an end of a connection, in the words of `query-vnc`. */
export interface VncPlace {
  readonly family: "ipv4" | "ipv6" | "unix";
  /** The address; empty of a socket that is a file. */
  readonly host: string;
  /** The port, or the path; empty of a client at a socket that is a file. */
  readonly service: string;
}

/** The screen while somebody looks. */
export interface WatchedScreen extends Disposable {
  /** The lines that changed since it was last asked; `null` when none did. */
  update(): ChangedLines | null;
}

/** Keyboard and pointer of the guest. */
export interface VncInput {
  /** True if the pointer is put at a place, as of a tablet; false if it is pushed, as of a mouse. */
  readonly isAbsolute: boolean;
  /** @param code the key's set 1 code, 0xe0xx for the extended keys */
  key(code: number, down: boolean): void;
  /**
   * Push the pointer by `dx` to the right and `dy` down, and the wheel by `dz` towards the user.
   * @param buttons bit 0 left, 1 right, 2 middle
   */
  moveBy(dx: number, dy: number, dz: number, buttons: number): void;
  /** Put the pointer at `x`, `y`, each of 0 to 0x7fff over the whole screen. */
  moveTo(x: number, y: number, dz: number, buttons: number): void;
}

/** Proof that a client knows a password (RFB's VNC authentication). */
export interface VncCipher {
  /** Sixteen random bytes. */
  challenge(): Uint8Array;
  /** Answer of who knows the password: the challenge, encrypted by DES with it. */
  response(password: string, challenge: Uint8Array): Uint8Array;
}

/** Events of VNC, as QMP names them. */
export type VncEvent = "VNC_CONNECTED" | "VNC_INITIALIZED" | "VNC_DISCONNECTED";

/** Rule on who may look at the same time: QEMU's `share=`. */
export type SharePolicy = "allow-exclusive" | "force-shared" | "ignore";
