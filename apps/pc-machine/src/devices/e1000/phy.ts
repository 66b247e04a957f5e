/** The PHY behind MDIC: a link of 1000 Mbit/s. */

const ADDRESS = 1;
const READ = 2;
const WRITE = 1;
const READY = 0x1000_0000;
const ERROR = 0x4000_0000;
/** MDIC: tell the end by an interrupt. */
export const MDIO_INTERRUPT = 0x2000_0000;

const CONTROL = 0;
const STATUS = 1;
const PARTNER = 5;
const STATUS_LINK = 0x0004;
const STATUS_NEGOTIATED = 0x0020;
const PARTNER_ACKNOWLEDGED = 0x4000;
const SELF_CLEARING = 0x8200; // reset, restart of the negotiation

/** Registers after a reset: negotiation done, the partner offers everything. */
const INITIAL: Readonly<Record<number, number>> = {
  [CONTROL]: 0x1140,
  1: 0x796d,
  2: 0x0141,
  3: 0x0c20,
  4: 0x0de1,
  5: 0x01e0,
  6: 0x0001,
  9: 0x0e00,
  10: 0x3c00,
  15: 0x3000,
  16: 0x0360,
  17: 0xac00,
  20: 0x0d60,
};
/** Registers that the guest can write. */
const WRITABLE: readonly number[] = [CONTROL, 4, 9, 16, 18, 20, 29, 30];

/** The PHY's registers. */
export class Phy {
  readonly #registers = new Uint16Array(32);

  constructor() {
    this.reset();
  }

  /** Values after a reset. */
  reset(): void {
    this.#registers.fill(0);
    for (const [at, value] of Object.entries(INITIAL)) this.#registers[Number(at)] = value;
  }

  /** The cable has been pulled, or what is at its other end has been agreed with. */
  setLink(up: boolean): void {
    const change = (at: number, bits: number): void => {
      const value = this.#registers[at] ?? 0;
      this.#registers[at] = up ? value | bits : value & ~bits;
    };
    change(STATUS, STATUS_LINK | STATUS_NEGOTIATED);
    change(PARTNER, PARTNER_ACKNOWLEDGED);
  }

  /** Carry out what is written to MDIC. @returns what MDIC holds then */
  command(mdic: number): number {
    const register = (mdic >> 16) & 31;
    const operation = (mdic >> 26) & 3;
    if (((mdic >> 21) & 31) !== ADDRESS) return (mdic | READY | ERROR) >>> 0;
    if (operation === WRITE && WRITABLE.includes(register)) {
      this.#registers[register] = mdic & (register === CONTROL ? ~SELF_CLEARING : -1);
    }
    const data = operation === READ ? (this.#registers[register] ?? 0) : mdic & 0xffff;
    return ((mdic & ~0xffff) | data | READY) >>> 0;
  }
}
