/** Networks of a command line, made when the machine is. */
import { LoopbackNetwork } from "../../net/node/loopback.js";
import { TftpFolder } from "../../net/node/tftp-folder.js";
import { UserNetwork, type UserNetworkOptions } from "../../net/user/user-network.js";
import type { Network } from "../../net/network.js";
import { optionError } from "../cli-error.js";
import type { DeviceLine, GlobalLine } from "../command-line.js";

/** Cards, which have an address each. */
const CARD = "e1000";
/** The first five bytes of the addresses that QEMU gives, and the last of the first one. */
const ADDRESSES = { PREFIX: "52:54:00:12:34:", FIRST: 0x56 } as const;

/** `devices`, with an address for each card that none was said for: QEMU's, one after the other. */
export function withAddresses(
  devices: readonly DeviceLine[],
  globals: readonly GlobalLine[],
): readonly DeviceLine[] {
  const isTold = globals.some(({ driver, property }) => driver === CARD && property === "mac");
  const taken = new Set(devices.map(({ properties }) => properties["mac"]?.toLowerCase()));
  let last: number = ADDRESSES.FIRST;
  return devices.map((device) => {
    const { driver, properties } = device;
    if (driver !== CARD || isTold || "mac" in properties) return device;
    const next = (): string =>
      `${ADDRESSES.PREFIX}${(last++ & 0xff).toString(16).padStart(2, "0")}`;
    let mac = next();
    while (taken.has(mac)) mac = next();
    return { ...device, properties: { ...properties, mac } };
  });
}

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
