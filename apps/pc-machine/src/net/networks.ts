/** The networks of a machine by their IDs: QEMU's netdevs. */
import { MemError } from "@mem/qom";

import type { HostForward } from "./user/forwards.js";
import type { UserNetwork } from "./user/user-network.js";

/** A network that is not there, or has a card. Rule `network`. */
export class NetworkError extends MemError {
  static override readonly name: string = "NetworkError";

  constructor(message: string) {
    super(message, { rule: "network" });
  }
}

/** One of them. */
export interface NamedNetwork {
  readonly id: string;
  readonly network: UserNetwork;
}

/** Makes networks and rules from what `-netdev` and `hostfwd=` take. */
export interface NetworkMaker {
  /** @throws NetworkError for what is wrong with it */
  network(text: string): NamedNetwork;
  /** A rule such as `tcp::2222-:22`. @throws NetworkError for what is none */
  rule(text: string): HostForward;
}

/** All of them, each for one card. */
export class Networks implements Disposable {
  readonly #maker: NetworkMaker;
  readonly #all: NamedNetwork[] = [];
  readonly #taken = new Set<UserNetwork>();
  /** Their IDs, also of those that are gone while a card knows them. */
  readonly #ids = new WeakMap<object, string>();

  constructor(maker: NetworkMaker) {
    this.#maker = maker;
  }

  /** All of them, in the order in which they came. */
  get all(): readonly NamedNetwork[] {
    return this.#all;
  }

  /** The network of an ID, `null` when there is none. */
  get(id: string): UserNetwork | null {
    return this.#all.find((one) => one.id === id)?.network ?? null;
  }

  /** The ID of a network, or that which it had; `null` of one that never was here. */
  idOf(network: unknown): string | null {
    return typeof network === "object" && network !== null
      ? (this.#ids.get(network) ?? null)
      : null;
  }

  /** A further one, as `-netdev` and `netdev_add` describe it. @throws NetworkError */
  create(text: string): void {
    this.add(this.#maker.network(text));
  }

  /** A rule by which a port of the host leads to the guest. @throws NetworkError for what is none */
  rule(text: string): HostForward {
    return this.#maker.rule(text);
  }

  /** A further one. @throws NetworkError when the ID is taken; the network is closed then */
  add(named: NamedNetwork): void {
    if (this.get(named.id) !== null) {
      named.network[Symbol.dispose]();
      throw new NetworkError(`Duplicate ID '${named.id}'`);
    }
    this.#all.push(named);
    this.#ids.set(named.network, named.id);
  }

  /** One less: its sockets are closed, and a card on it has lost its link. @throws NetworkError */
  remove(id: string): void {
    const at = this.#all.findIndex((one) => one.id === id);
    const [gone] = at < 0 ? [] : this.#all.splice(at, 1);
    if (gone === undefined) throw new NetworkError(`Device '${id}' not found`);
    gone.network.cut();
  }

  /** The network of an ID, for a card. @throws NetworkError when there is none, or it has a card */
  take(id: string, property: string): UserNetwork {
    const network = this.get(id);
    if (network === null) {
      throw new NetworkError(`Property '${property}' can't find value '${id}'`);
    }
    if (this.#taken.has(network)) {
      throw new NetworkError(`Property '${property}' can't take value '${id}', it's in use`);
    }
    this.#taken.add(network);
    return network;
  }

  /** A card is gone: another one may have its network. */
  release(network: unknown): void {
    for (const one of this.#taken) if (one === network) this.#taken.delete(one);
  }

  /** Every socket is closed. */
  [Symbol.dispose](): void {
    for (const { network } of this.#all) network[Symbol.dispose]();
  }
}
