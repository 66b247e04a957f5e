/** Networks of a command line, made when the machine is. */
import { LoopbackNetwork } from "../../net/node/loopback.js";
import { TftpFolder } from "../../net/node/tftp-folder.js";
import { UserNetwork, type UserNetworkOptions } from "../../net/user/user-network.js";
import type { Network } from "../../net/network.js";
import { optionError } from "../cli-error.js";

/** A network of `-netdev user`. */
export interface NetdevLine extends Omit<UserNetworkOptions, "host" | "complain" | "tftp"> {
  /** Folder whose files the gateway gives by TFTP, `null` for none. */
  readonly tftpFolder: string | null;
}

/** Networks by their IDs, each for one card. */
export class Networks implements Disposable {
  readonly #lines: ReadonlyMap<string, NetdevLine>;
  readonly #complain: (text: string) => void;
  readonly #made = new Map<string, UserNetwork>();

  /** @param complain told what a network cannot do */
  constructor(lines: ReadonlyMap<string, NetdevLine>, complain: (text: string) => void) {
    this.#lines = lines;
    this.#complain = complain;
  }

  /** The network `id`, for a card. @throws CliError when there is none, or another card has it */
  take(id: string, option: string): Network {
    const line = this.#lines.get(id);
    if (line === undefined) throw optionError(option, `there is no network "${id}" (see -netdev)`);
    if (this.#made.has(id)) throw optionError(option, `network "${id}" has a card already`);
    const { tftpFolder, ...options } = line;
    const network = new UserNetwork({
      ...options,
      ...(tftpFolder === null ? {} : { tftp: new TftpFolder(tftpFolder) }),
      host: new LoopbackNetwork(),
      complain: (text) => this.#complain(`-netdev ${id}: ${text}`),
    });
    this.#made.set(id, network);
    return network;
  }

  /** Every socket is closed. */
  [Symbol.dispose](): void {
    for (const network of this.#made.values()) network[Symbol.dispose]();
  }
}
