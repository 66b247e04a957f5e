/** Frames that a network card's driver wants (section 5.1.6.5): by their addresses, and by their VLANs. */

const ADDRESS_BYTES = 6;
const VLANS = 4096;
/** Most addresses of either kind that are kept; with more of them, any is wanted. */
const MOST_ADDRESSES = 64;
const TYPE_AT = 12;
const VLAN_TYPE = 0x8100;

/** Modes, by the numbers of the commands that switch them. */
export const Mode = {
  PROMISCUOUS: 0,
  ALL_MULTICAST: 1,
  ALL_UNICAST: 2,
  NO_MULTICAST: 3,
  NO_UNICAST: 4,
  NO_BROADCAST: 5,
} as const;

/** The filter. */
export class ReceiveFilter {
  readonly #modes = new Set<number>();
  #unicast: ReadonlySet<string> | null = new Set();
  #multicast: ReadonlySet<string> | null = new Set();
  readonly #vlans = new Uint8Array(VLANS);

  constructor() {
    this.reset();
  }

  /** Back to the power-on state, in which every frame is wanted. */
  reset(): void {
    this.#modes.clear();
    this.#modes.add(Mode.PROMISCUOUS);
    this.#unicast = new Set();
    this.#multicast = new Set();
    this.setVlans(true);
  }

  /** Switch one of {@link Mode}. @returns false where there is no such mode */
  setMode(mode: number, on: boolean): boolean {
    if (mode > Mode.NO_BROADCAST) return false;
    if (on) this.#modes.add(mode);
    else this.#modes.delete(mode);
    return true;
  }

  /** Set the addresses that are wanted, six bytes each. */
  setAddresses(unicast: Uint8Array, multicast: Uint8Array): void {
    this.#unicast = addressesOf(unicast);
    this.#multicast = addressesOf(multicast);
  }

  /** Want all VLANs, or none. */
  setVlans(wanted: boolean): void {
    this.#vlans.fill(wanted ? 1 : 0);
  }

  /** Want VLAN `id`, or not. @returns false where there is no such VLAN */
  setVlan(id: number, wanted: boolean): boolean {
    if (id >= VLANS) return false;
    this.#vlans[id] = wanted ? 1 : 0;
    return true;
  }

  /** True if a frame is wanted by the driver of the card with address `mac`. */
  accepts(frame: Uint8Array, mac: Uint8Array): boolean {
    if (this.#modes.has(Mode.PROMISCUOUS)) return true;
    if (word(frame, TYPE_AT) === VLAN_TYPE && this.#vlans[word(frame, TYPE_AT + 2) & 0xfff] === 0) {
      return false;
    }
    const to = frame.subarray(0, ADDRESS_BYTES);
    if (((to[0] ?? 0) & 1) === 0) {
      if (this.#modes.has(Mode.NO_UNICAST)) return false;
      if (this.#modes.has(Mode.ALL_UNICAST) || this.#unicast === null) return true;
      return keyOf(to) === keyOf(mac) || this.#unicast.has(keyOf(to));
    }
    if (to.every((byte) => byte === 0xff)) return !this.#modes.has(Mode.NO_BROADCAST);
    if (this.#modes.has(Mode.NO_MULTICAST)) return false;
    if (this.#modes.has(Mode.ALL_MULTICAST) || this.#multicast === null) return true;
    return this.#multicast.has(keyOf(to));
  }
}

/** The addresses, `null` where there are too many. */
function addressesOf(bytes: Uint8Array): ReadonlySet<string> | null {
  const count = bytes.length / ADDRESS_BYTES;
  if (count > MOST_ADDRESSES) return null;
  const keys = Array.from({ length: count }, (_none, at) =>
    keyOf(bytes.subarray(at * ADDRESS_BYTES, (at + 1) * ADDRESS_BYTES)),
  );
  return new Set(keys);
}

function keyOf(address: Uint8Array): string {
  return address.join(":");
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
