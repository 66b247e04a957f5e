/** `-chardev socket`: a stream socket, as client or as server. */
import { lstatSync, unlinkSync } from "node:fs";
import { createServer, Socket, type AddressInfo, type Server } from "node:net";

import { placeText, type SocketSpec } from "../backend-spec.js";
import type { CharacterEvent } from "../../host/chardev.js";
import type { CharacterBackend } from "../character-backend.js";
import { CharacterDeviceError } from "../character-devices.js";
import { TELNET_GREETING, telnetEscape, TelnetFilter } from "../telnet.js";
import { listenReasonOf, reasonOf } from "./errors.js";
import { StreamEnd } from "./stream-end.js";

/** A stream socket. One peer at a time; further ones of a server wait until it has gone. */
export class SocketBackend implements CharacterBackend {
  receive: ((byte: number) => void) | null = null;
  onEvent: ((event: CharacterEvent) => void) | null = null;
  onDrain: (() => void) | null = null;
  readonly ready: Promise<void>;
  readonly #spec: SocketSpec;
  #end: StreamEnd | null = null;
  #telnet: TelnetFilter | null = null;
  #server: Server | null = null;
  #port: number | null = null;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #waiting: Socket[] = [];
  #paused = false;
  #closed = false;

  /** @param say told what a user should know, such as that a server waits for its client */
  constructor(spec: SocketSpec, say: (text: string) => void = () => undefined) {
    this.#spec = spec;
    this.ready = spec.server ? this.#listen(say) : this.#connect();
    // Whoever waits for it is told; nobody has to.
    this.ready.catch(() => undefined);
  }

  get filename(): string {
    const { place, server, telnet } = this.#spec;
    const kind = place.type === "unix" ? "unix" : telnet ? "telnet" : "tcp";
    const port = this.#port;
    const where = placeText(place.type === "inet" && port !== null ? { ...place, port } : place);
    return `${this.connected ? "" : "disconnected:"}${kind}:${where}${server ? ",server=on" : ""}`;
  }

  get connected(): boolean {
    return this.#end !== null;
  }

  get alive(): boolean {
    return !this.#closed && (this.connected || this.#server !== null || this.#retry !== null);
  }

  get pending(): number {
    return this.#end?.pending ?? 0;
  }

  /** The port that a server listens at, `null` where there is none. */
  get port(): number | null {
    return this.#port;
  }

  write(byte: number): void {
    if (this.#telnet !== null && byte === 255) this.#end?.write(byte);
    this.#end?.write(byte);
  }

  writeBytes(bytes: Uint8Array): void {
    this.#end?.writeBytes(this.#telnet === null ? bytes : telnetEscape(bytes));
  }

  setPaused(paused: boolean): void {
    this.#paused = paused;
    if (paused) this.#end?.stream.pause();
    else this.#end?.stream.resume();
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    for (const socket of this.#waiting.splice(0)) socket.destroy();
    this.#server?.close();
    this.#server = null;
    await this.#end?.end();
    this.#end = null;
  }

  #connect(): Promise<void> {
    const { place, reconnect } = this.#spec;
    return new Promise((resolve, reject) => {
      const socket = new Socket();
      const refused = (error: unknown): void => {
        if (reconnect > 0) {
          this.#again();
          resolve();
        } else {
          const why = reasonOf(error);
          reject(new CharacterDeviceError(`Failed to connect to '${placeText(place)}': ${why}`));
        }
      };
      socket.once("error", refused);
      socket.once("connect", () => {
        socket.off("error", refused);
        if (this.#closed) socket.destroy();
        else this.#take(socket);
        resolve();
      });
      if (place.type === "unix") socket.connect(place.path);
      else socket.connect(place.port, place.host);
    });
  }

  #again(): void {
    if (this.#closed) return;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.#connect().catch(() => undefined);
    }, this.#spec.reconnect * 1000);
    this.#retry.unref();
  }

  #listen(say: (text: string) => void): Promise<void> {
    const { place, wait } = this.#spec;
    if (place.type === "unix") removeStaleSocket(place.path);
    const server = createServer((socket) => {
      if (this.#end === null) this.#take(socket);
      else {
        socket.pause();
        socket.on("error", () => undefined);
        this.#waiting.push(socket);
      }
    });
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once("error", (error) => {
        this.#server = null;
        const verb = place.type === "unix" ? "bind socket to" : "listen at";
        const why = listenReasonOf(error, place);
        reject(new CharacterDeviceError(`Failed to ${verb} ${placeText(place)}: ${why}`));
      });
      const listening = (): void => {
        const address: AddressInfo | string | null = server.address();
        if (typeof address === "object" && address !== null) this.#port = address.port;
        if (!wait) {
          resolve();
          return;
        }
        say(`waiting for connection on: ${this.filename}`);
        server.once("connection", () => resolve());
      };
      if (place.type === "unix") server.listen(place.path, listening);
      else server.listen(place.port, place.host === "" ? undefined : place.host, listening);
    });
  }

  #take(socket: Socket): void {
    const { telnet, nodelay, server, reconnect } = this.#spec;
    const end = new StreamEnd(socket, () => this.onDrain?.());
    this.#end = end;
    this.#telnet = telnet ? new TelnetFilter(() => this.onEvent?.("break")) : null;
    if (nodelay) socket.setNoDelay(true);
    if (telnet && server) socket.write(TELNET_GREETING);
    socket.on("data", (chunk: Uint8Array) => {
      const bytes = this.#telnet === null ? chunk : this.#telnet.filter(chunk);
      for (const byte of bytes) this.receive?.(byte);
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      if (this.#end !== end) return;
      this.#end = null;
      this.onEvent?.("closed");
      if (!server && reconnect > 0) this.#again();
      const next = this.#waiting.shift();
      if (next !== undefined && !this.#closed) this.#take(next);
    });
    if (this.#paused) socket.pause();
    else socket.resume();
    this.onEvent?.("opened");
  }
}

/** A server's socket file that an earlier run left behind. Anything else in its place stays. */
function removeStaleSocket(path: string): void {
  try {
    if (lstatSync(path).isSocket()) unlinkSync(path);
  } catch {
    // There is none, which is best.
  }
}
