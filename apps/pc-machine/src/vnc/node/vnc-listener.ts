/** The socket of a VNC server. */
import { lstatSync, unlinkSync } from "node:fs";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

import { placeText, type SocketPlace } from "../../chardev/backend-spec.js";
import { CharacterDeviceError } from "../../chardev/character-devices.js";
import { listenReasonOf } from "../../chardev/node/errors.js";
import type { ListeningServer } from "../vnc-list.js";
import type { VncPlace, VncStream } from "../vnc-parts.js";
import type { VncServer } from "../vnc-server.js";

/** Time between two pictures. */
const PICTURE_MS = 33;
/** Time that a client has for the last bytes. */
const PATIENCE_MS = 200;

/** Listens, hands clients to the server, and paces the pictures. */
export class VncListener implements ListeningServer {
  readonly server: VncServer;
  /** Settles when it listens. Rejects with a CharacterDeviceError when it cannot. */
  readonly ready: Promise<void>;
  readonly #socket: Server;
  readonly #clients = new Set<Socket>();
  #place: VncPlace | null = null;
  #timer: ReturnType<typeof setInterval> | null = null;

  /** @param lastPort ports up to this one are tried, too, where the first is taken */
  constructor(server: VncServer, place: SocketPlace, lastPort?: number) {
    this.server = server;
    this.#socket = createServer((socket) => this.#take(socket));
    this.ready = this.#listen(place, lastPort);
    // Whoever waits for it is told; nobody has to.
    this.ready.catch(() => undefined);
  }

  get places(): readonly VncPlace[] {
    return this.#place === null ? [] : [this.#place];
  }

  /** True while clients may come. */
  get isOpen(): boolean {
    return this.#socket.listening;
  }

  /** Send clients away, and listen no more. */
  close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.server[Symbol.dispose]();
    for (const socket of this.#clients) socket.destroy();
    return new Promise((resolve) => {
      if (this.#socket.listening) this.#socket.close(() => resolve());
      else resolve();
    });
  }

  async #listen(place: SocketPlace, lastPort?: number): Promise<void> {
    if (place.type === "unix") {
      removeStaleSocket(place.path);
      await this.#bind({ path: place.path }, place);
      this.#place = { family: "unix", host: "", service: place.path };
      return;
    }
    for (let { port } = place; ; port++) {
      try {
        await this.#bind({ host: place.host, port }, place);
        break;
      } catch (error) {
        if (lastPort === undefined || port >= lastPort) throw error;
      }
    }
    this.#place = placeOf(this.#socket.address());
  }

  #bind(
    where: { readonly path: string } | { readonly host: string; readonly port: number },
    place: SocketPlace,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const refused = (error: Error): void => {
        const why = listenReasonOf(error, place);
        const verb = place.type === "unix" ? "bind socket to" : "listen at";
        reject(new CharacterDeviceError(`Failed to ${verb} ${placeText(place)}: ${why}`));
      };
      this.#socket.once("error", refused);
      this.#socket.listen(where, () => {
        this.#socket.off("error", refused);
        this.#socket.on("error", () => undefined);
        resolve();
      });
    });
  }

  #take(socket: Socket): void {
    const place = this.#place;
    if (place === null) {
      socket.destroy();
      return;
    }
    this.#clients.add(socket);
    socket.setNoDelay(true);
    const client: VncPlace =
      place.family === "unix"
        ? { family: "unix", host: "", service: "" }
        : {
            family: socket.remoteFamily === "IPv6" ? "ipv6" : "ipv4",
            host: socket.remoteAddress ?? "",
            service: String(socket.remotePort ?? ""),
          };
    const connection = this.server.connect(streamOf(socket), client, place);
    socket.on("data", (bytes: Uint8Array) => connection.receive(bytes));
    socket.on("drain", () => connection.flush());
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#clients.delete(socket);
      connection.closed();
      if (this.#clients.size === 0 && this.#timer !== null) {
        clearInterval(this.#timer);
        this.#timer = null;
      }
    });
    this.#timer ??= setInterval(() => this.server.refresh(), PICTURE_MS);
  }
}

function streamOf(socket: Socket): VncStream {
  return {
    write: (bytes) => {
      if (socket.writable) socket.write(bytes);
    },
    get pending() {
      return socket.writableLength;
    },
    end: () => {
      socket.end();
      setTimeout(() => socket.destroy(), PATIENCE_MS).unref();
    },
  };
}

function placeOf(address: AddressInfo | string | null): VncPlace {
  if (address === null || typeof address === "string") {
    return { family: "unix", host: "", service: address ?? "" };
  }
  return {
    family: address.family === "IPv6" ? "ipv6" : "ipv4",
    host: address.address,
    service: String(address.port),
  };
}

/** A server's socket file that an earlier run left behind. Anything else in its place stays. */
function removeStaleSocket(path: string): void {
  try {
    if (lstatSync(path).isSocket()) unlinkSync(path);
  } catch {
    // There is none, which is best.
  }
}
