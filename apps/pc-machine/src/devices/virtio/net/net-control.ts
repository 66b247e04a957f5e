/** The control queue of a network card (section 5.1.6.5): a class, a command, its data, and a byte for the outcome. */
import type { QueueElement } from "../queue/queue-element.js";
import type { ReceiveFilter } from "./receive-filter.js";

const Class = { RECEIVE: 0, ADDRESS: 1, VLAN: 2, OFFLOADS: 5 } as const;
const Address = { TABLE: 0, SET: 1 } as const;
const Vlan = { ADD: 0, REMOVE: 1 } as const;
const Outcome = { OK: 0, ERROR: 1 } as const;
const HEADER_BYTES = 2;
const ADDRESS_BYTES = 6;
/** Most bytes of a command's data that are looked at: two tables of addresses, longer than they ever are. */
const MOST_BYTES = 0x1_0000;

/** The card, as commands see it. */
export interface ControlledCard {
  readonly filter: ReceiveFilter;
  setMac(mac: Uint8Array): void;
}

/** Carry a command out. @returns false where the driver broke a rule: there is no command, or no room for the outcome */
export function control(element: QueueElement, card: ControlledCard): boolean {
  const header = new Uint8Array(HEADER_BYTES);
  if (!element.read(0, header) || element.writableBytes === 0) return false;
  const data = element.readAll(HEADER_BYTES, MOST_BYTES);
  if (data === null) return false;
  const [kind = 0, command = 0] = header;
  const isDone = carriedOut(kind, command, data, card);
  const outcome = isDone ? Outcome.OK : Outcome.ERROR;
  return element.write(element.writableBytes - 1, Uint8Array.of(outcome));
}

function carriedOut(
  kind: number,
  command: number,
  data: Uint8Array,
  { filter, setMac }: ControlledCard,
): boolean {
  switch (kind) {
    case Class.RECEIVE:
      return data.length >= 1 && filter.setMode(command, data[0] !== 0);
    case Class.ADDRESS:
      if (command === Address.TABLE) return setTables(data, filter);
      if (command !== Address.SET || data.length !== ADDRESS_BYTES) return false;
      setMac(data);
      return true;
    case Class.VLAN: {
      const [low = 0, high = 0] = data;
      const isKnown = command === Vlan.ADD || command === Vlan.REMOVE;
      return (
        isKnown && data.length === 2 && filter.setVlan(low | (high << 8), command === Vlan.ADD)
      );
    }
    case Class.OFFLOADS:
      // There are none: switching none on is all that can be asked.
      return data.length === 8 && data.every((byte) => byte === 0);
    default:
      return false;
  }
}

/** Two tables, of single addresses and of groups: the number of entries, and these. */
function setTables(data: Uint8Array, filter: ReceiveFilter): boolean {
  const unicast = tableAt(data, 0);
  const multicast = unicast === null ? null : tableAt(data, 4 + unicast.length);
  if (unicast === null || multicast === null) return false;
  filter.setAddresses(unicast, multicast);
  return true;
}

function tableAt(data: Uint8Array, at: number): Uint8Array | null {
  if (at + 4 > data.length) return null;
  const count = new DataView(data.buffer, data.byteOffset).getUint32(at, true);
  const end = at + 4 + count * ADDRESS_BYTES;
  return end > data.length ? null : data.subarray(at + 4, end);
}
