/** The VNC servers of a machine, as monitors ask about them. */
import type { VncPlace } from "./vnc-parts.js";
import type { VncServer } from "./vnc-server.js";

/** A server with the places where it listens. */
export interface ListeningServer {
  readonly server: VncServer;
  /** Empty until it listens. */
  readonly places: readonly VncPlace[];
}

/** All servers, in the order in which they were asked for. */
export class VncServers {
  readonly #list: ListeningServer[] = [];

  get all(): readonly ListeningServer[] {
    return this.#list;
  }

  /** A further one. */
  add(server: ListeningServer): void {
    this.#list.push(server);
  }

  /** The server of an ID, or the first; `null` when there is none. */
  find(id?: string): VncServer | null {
    const found = this.#list.find(({ server }) => id === undefined || server.id === id);
    return found?.server ?? null;
  }
}
