/** The configuration of an input device: the driver selects what it wants to read (section 5.8.4). */

/** Kinds of facts that may be selected. */
export const Fact = {
  NAME: 0x01,
  SERIAL: 0x02,
  IDS: 0x03,
  EVENTS: 0x11,
  AXIS: 0x12,
} as const;

/** A fact: its kind, what it is about, such as a type of events, and its bytes. */
export interface InputFact {
  readonly select: number;
  readonly about: number;
  readonly bytes: Uint8Array;
}

const FACT_BYTES = 128;
const HEADER_BYTES = 8;
/** Bytes of the configuration. */
export const INPUT_CONFIG_BYTES = HEADER_BYTES + FACT_BYTES;

/** The registers: two bytes to select by, and the fact that is selected. */
export class InputConfig {
  readonly #facts: readonly InputFact[];
  #select = 0;
  #about = 0;

  constructor(facts: readonly InputFact[]) {
    this.#facts = facts;
  }

  /** The bytes as they are now; nothing is told of what there is not. */
  read(): Uint8Array {
    const bytes = new Uint8Array(INPUT_CONFIG_BYTES);
    const found = this.#facts.find(
      ({ select, about }) => select === this.#select && about === this.#about,
    );
    const fact = found?.bytes.subarray(0, FACT_BYTES) ?? new Uint8Array(0);
    bytes.set([this.#select, this.#about, fact.length]);
    bytes.set(fact, HEADER_BYTES);
    return bytes;
  }

  /** Select; other bytes are not the driver's to write. */
  write(offset: number, bytes: Uint8Array): void {
    this.#select = bytes[0 - offset] ?? this.#select;
    this.#about = bytes[1 - offset] ?? this.#about;
  }

  /** Back to the power-on state. */
  reset(): void {
    this.#select = 0;
    this.#about = 0;
  }
}

/** A text, which ends in a zero. */
export function textFact(select: number, text: string): InputFact {
  return { select, about: 0, bytes: new TextEncoder().encode(`${text}\0`) };
}

/** The numbers by which a device is known: of its bus, vendor, product and version. */
export function idsFact(product: number, version: number): InputFact {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  const [virtualBus, vendor] = [0x06, 0x0627];
  for (const [at, id] of [virtualBus, vendor, product, version].entries()) {
    view.setUint16(2 * at, id, true);
  }
  return { select: Fact.IDS, about: 0, bytes };
}

/** The codes of a type's events, as bits; for a type without codes, a byte that says that there is the type. */
export function eventsFact(type: number, codes: readonly number[]): InputFact {
  const bytes = new Uint8Array(1 + Math.floor(Math.max(0, ...codes) / 8));
  for (const code of codes) bytes[code >> 3] = (bytes[code >> 3] ?? 0) | (1 << (code & 7));
  return { select: Fact.EVENTS, about: type, bytes };
}

/** The range of an axis: 0 to `most`. */
export function axisFact(axis: number, most: number): InputFact {
  const bytes = new Uint8Array(20);
  new DataView(bytes.buffer).setUint32(4, most, true);
  return { select: Fact.AXIS, about: axis, bytes };
}
