/** The EEPROM: 64 words behind four wires (Microwire), or read at once by EERD. */

const WORDS = 64;
const CHECKSUM_WORD = 0x3f;
const CHECKSUM = 0xbaba;
const ADDRESS_BITS = 6;
const OPCODE_BITS = 3;
const READ = 0b110;

/** Bits of EECD. */
const Wire = { CLOCK: 0x01, SELECT: 0x02, DATA_IN: 0x04, DATA_OUT: 0x08 } as const;
const REQUEST = 0x40;
const GRANT = 0x80;
const PRESENT = 0x100;

/** Contents, and the state of the wires. */
export class Eeprom {
  readonly #words = new Uint16Array(WORDS);
  #wires = 0;
  /** Bits shifted in since the chip was selected, and how many. */
  #shifted = 0;
  #count = 0;
  /** The word that is shifted out. */
  #word = 0;
  #reads = false;

  /** @param mac six bytes that the words begin with */
  constructor(mac: Uint8Array) {
    const words = this.#words;
    for (let at = 0; at < 3; at++) words[at] = (mac[2 * at] ?? 0) | ((mac[2 * at + 1] ?? 0) << 8);
    words.set([0x0000, 0xffff, 0x0000, 0x0000, 0x0000], 3);
    words.set([0x4408, 0x1100, 0x1af4, 0x100e, 0x8086, 0x3040], 0x0a);
    let sum = 0;
    for (let at = 0; at < CHECKSUM_WORD; at++) sum += words[at] ?? 0;
    words[CHECKSUM_WORD] = CHECKSUM - sum;
  }

  /** Word `address`; beyond the last one all bits are set. */
  word(address: number): number {
    return this.#words[address] ?? 0xffff;
  }

  /** EECD as the guest reads it. */
  get wires(): number {
    const bit = this.#reads ? this.#outgoing() : 1;
    const granted = (this.#wires & REQUEST) === 0 ? 0 : GRANT;
    return this.#wires | PRESENT | granted | (bit === 0 ? 0 : Wire.DATA_OUT);
  }

  /** The guest drives the wires. */
  set wires(value: number) {
    const rises = (value & ~this.#wires & Wire.CLOCK) !== 0;
    this.#wires = value & (Wire.CLOCK | Wire.SELECT | Wire.DATA_IN | REQUEST);
    if ((value & Wire.SELECT) === 0) this.reset();
    else if (rises) this.#clock((value & Wire.DATA_IN) === 0 ? 0 : 1);
  }

  /** Nothing was shifted in yet. */
  reset(): void {
    this.#shifted = 0;
    this.#count = 0;
    this.#reads = false;
  }

  #clock(bit: number): void {
    // What comes before the start bit does not count.
    if (this.#count === 0 && bit === 0) return;
    this.#count++;
    if (this.#count <= OPCODE_BITS + ADDRESS_BITS) {
      this.#shifted = (this.#shifted << 1) | bit;
      if (this.#count === OPCODE_BITS + ADDRESS_BITS) {
        this.#reads = this.#shifted >> ADDRESS_BITS === READ;
        this.#word = this.word(this.#shifted & (WORDS - 1));
      }
    }
  }

  #outgoing(): number {
    const sent = this.#count - OPCODE_BITS - ADDRESS_BITS;
    return sent === 0 ? 0 : (this.#word >> (15 - ((sent - 1) & 15))) & 1;
  }
}
