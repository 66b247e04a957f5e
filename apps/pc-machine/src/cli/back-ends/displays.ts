/** VNC servers of the command line, before the machine that they show. */
import { CharacterDeviceError } from "../../chardev/character-devices.js";
import { vncCipher } from "../../vnc/node/cipher.js";
import { deflate } from "../../vnc/node/deflate.js";
import { VncListener } from "../../vnc/node/vnc-listener.js";
import { VncServers } from "../../vnc/vnc-list.js";
import { VncServer } from "../../vnc/vnc-server.js";
import { optionError } from "../cli-error.js";
import type { CommandLine } from "../command-line.js";
import type { EmitEvent } from "../run/controls.js";
import type { Session } from "../run/session.js";
import { NAME } from "../version.js";
import { guestInput } from "./guest-input.js";

/** Surroundings of the servers. */
export interface DisplayHost {
  /** The run of the machine, `null` before it is made. */
  session(): Session | null;
  readonly emit: EmitEvent;
  /** Told, in a line, of a client that was sent away. */
  log(text: string): void;
}

/** Makes the servers, and closes them at the end. */
export class Displays {
  readonly servers = new VncServers();
  readonly #host: DisplayHost;
  readonly #listeners: VncListener[] = [];
  readonly #ready: Promise<void>[] = [];

  constructor(host: DisplayHost) {
    this.#host = host;
  }

  /** True if somebody may look, and type, now or later. */
  get isOpen(): boolean {
    return this.#listeners.some(({ isOpen }) => isOpen);
  }

  /** Make the servers of `line`. @throws CliError when one cannot be had, as far as that shows at once */
  open(line: CommandLine): void {
    for (const asked of line.vnc) {
      const cipher = asked.password ? vncCipher() : null;
      if (asked.password && cipher === null) {
        throw optionError(asked.option, "this Node has no DES, which passwords of VNC need");
      }
      const server = new VncServer({
        id: asked.id,
        name: line.name === null ? NAME : `${NAME} (${line.name})`,
        input: guestInput(() => this.#host.session()),
        watch: () => this.#host.session()?.pc.board?.vga?.watchScreen() ?? null,
        deflate,
        ...(cipher === null ? {} : { cipher }),
        share: asked.share,
        ...(asked.connections === null ? {} : { connections: asked.connections }),
        onEvent: this.#host.emit,
        log: (text) => this.#host.log(text),
      });
      if (asked.secret !== null) server.setPassword(this.#secretOf(asked.secret, asked.option));
      const listener = new VncListener(server, asked.place, asked.lastPort ?? undefined);
      this.#listeners.push(listener);
      this.servers.add(listener);
      this.#ready.push(
        listener.ready.catch((error: unknown) => {
          if (!(error instanceof CharacterDeviceError)) throw error;
          throw optionError(asked.option, error.message);
        }),
      );
    }
  }

  /** The text of a secret. @throws CliError when there is none of this name */
  #secretOf(id: string, option: string): string {
    const bytes = this.#host.session()?.objects.secret(id) ?? null;
    if (bytes === null) throw optionError(option, `No secret with id '${id}'`);
    return new TextDecoder().decode(bytes);
  }

  /** Settles when all listen. @throws CliError when one cannot */
  async ready(): Promise<void> {
    await Promise.all(this.#ready);
  }

  /** Send all clients away. May be called any number of times. */
  async close(): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.close()));
  }
}
