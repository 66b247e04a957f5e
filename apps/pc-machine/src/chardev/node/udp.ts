/** `-chardev udp`: datagrams to one place, and from it. */
import { createSocket, type Socket } from "node:dgram";

import type { UdpSpec } from "../backend-spec.js";
import type { CharacterEvent } from "../../host/chardev.js";
import type { CharacterBackend } from "../character-backend.js";
import { CharacterDeviceError } from "../character-devices.js";
import { reasonOf } from "./errors.js";

/** Bytes of a datagram at most. */
const MOST_BYTES = 1024;

/** Sends what was written in one turn of the event loop as a datagram, or several. */
export class UdpBackend implements CharacterBackend {
  receive: ((byte: number) => void) | null = null;
  onEvent: ((event: CharacterEvent) => void) | null = null;
  onDrain: (() => void) | null = null;
  readonly filename = "udp";
  readonly pending = 0;
  readonly ready: Promise<void>;
  readonly #spec: UdpSpec;
  readonly #socket: Socket;
  #bytes: number[] = [];
  #closed = false;

  constructor(spec: UdpSpec) {
    this.#spec = spec;
    const version = `${spec.host}${spec.localHost}`.includes(":") ? "udp6" : "udp4";
    const socket = createSocket(version);
    this.#socket = socket;
    socket.on("message", (message) => {
      for (const byte of message) this.receive?.(byte);
    });
    this.ready = new Promise((resolve, reject) => {
      socket.once("error", (error) => {
        reject(
          new CharacterDeviceError(
            `Failed to bind udp socket to ${spec.localHost}:${spec.localPort}: ${reasonOf(error)}`,
          ),
        );
      });
      socket.bind(spec.localPort, spec.localHost === "" ? undefined : spec.localHost, () => {
        socket.removeAllListeners("error");
        // A peer that is not there is none of the machine's business.
        socket.on("error", () => undefined);
        resolve();
      });
    });
    this.ready.catch(() => undefined);
  }

  get connected(): boolean {
    return !this.#closed;
  }

  get alive(): boolean {
    return !this.#closed;
  }

  write(byte: number): void {
    if (this.#closed) return;
    if (this.#bytes.length === 0) setImmediate(() => this.#send());
    this.#bytes.push(byte);
    if (this.#bytes.length === MOST_BYTES) this.#send();
  }

  writeBytes(bytes: Uint8Array): void {
    for (const byte of bytes) this.write(byte);
  }

  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#send();
    this.#closed = true;
    return new Promise((resolve) => {
      // What is being sent goes out before the socket does.
      setImmediate(() => this.#socket.close(() => resolve()));
    });
  }

  #send(): void {
    if (this.#bytes.length === 0 || this.#closed) return;
    const { host, port } = this.#spec;
    this.#socket.send(Uint8Array.from(this.#bytes), port, host, () => undefined);
    this.#bytes = [];
  }
}
