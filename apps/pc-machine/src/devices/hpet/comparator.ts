/** One comparator: an interrupt when the counter reaches its value, once or again and again. */
import type { Clock, Timer } from "../../host/clock.js";
import { TICK_NS, type HpetCounter } from "./counter.js";

/** Bits of its configuration. */
export const ComparatorBit = {
  LEVEL: 1 << 1,
  ENABLE: 1 << 2,
  PERIODIC: 1 << 3,
  CAN_BE_PERIODIC: 1 << 4,
  IS_WIDE: 1 << 5,
  SET_VALUE: 1 << 6,
  NARROW: 1 << 8,
  ROUTE_SHIFT: 9,
  ROUTE: 0x1f << 9,
} as const;

const WRITABLE =
  ComparatorBit.LEVEL |
  ComparatorBit.ENABLE |
  ComparatorBit.PERIODIC |
  ComparatorBit.SET_VALUE |
  ComparatorBit.NARROW |
  ComparatorBit.ROUTE;
const ALL = (1n << 64n) - 1n;
const LOW = (1n << 32n) - 1n;
/** A period is at least this long, so that time goes on between two interrupts. */
const LEAST_PERIOD = 100n;

/** Connections of a comparator. */
export interface ComparatorWiring {
  readonly clock: Clock;
  readonly counter: HpetCounter;
  /** The value was reached. */
  fire(): void;
}

/** A comparator. */
export class Comparator {
  readonly #counter: HpetCounter;
  readonly #clock: Clock;
  readonly #timer: Timer;
  #config = 0;
  #value = ALL;
  #period = 0n;

  constructor({ clock, counter, fire }: ComparatorWiring) {
    this.#clock = clock;
    this.#counter = counter;
    this.#timer = clock.timer(() => {
      const again = this.#advance();
      fire();
      if (again) this.arm();
    });
    this.reset();
  }

  /** Back to the power-on state. */
  reset(): void {
    this.#timer.cancel();
    this.#config = ComparatorBit.CAN_BE_PERIODIC | ComparatorBit.IS_WIDE;
    this.#value = ALL;
    this.#period = 0n;
  }

  /** The lower half of its configuration. */
  get config(): number {
    return this.#config;
  }

  set config(value: number) {
    this.#config = (value & WRITABLE) | (this.#config & ~WRITABLE);
    if (this.#isNarrow) {
      this.#value &= LOW;
      this.#period &= LOW;
    }
    this.arm();
  }

  get isEnabled(): boolean {
    return (this.#config & ComparatorBit.ENABLE) !== 0;
  }

  get isLevel(): boolean {
    return (this.#config & ComparatorBit.LEVEL) !== 0;
  }

  /** The interrupt that it is routed to. */
  get route(): number {
    return (this.#config & ComparatorBit.ROUTE) >> ComparatorBit.ROUTE_SHIFT;
  }

  /** Half of the value: 0 the lower, 1 the upper. */
  readValue(half: 0 | 1): number {
    return Number((this.#value >> BigInt(32 * half)) & LOW);
  }

  /** The guest writes half of the value; of a periodic comparator, the period too. */
  writeValue(half: 0 | 1, written: number): void {
    if (half === 1 && this.#isNarrow) return;
    const shift = BigInt(32 * half);
    const put = (old: bigint): bigint =>
      (old & (ALL ^ (LOW << shift))) | (BigInt(written) << shift);
    if (!this.#isPeriodic || (this.#config & ComparatorBit.SET_VALUE) !== 0) {
      this.#value = put(this.#value) & this.#mask;
    }
    if (this.#isPeriodic) this.#period = put(this.#period) & (this.#mask >> 1n);
    // With the value set, both halves of it may follow; the bit falls with the second at the latest.
    this.#config &= ~ComparatorBit.SET_VALUE;
    this.arm();
  }

  /** Wait for the value while the counter runs and the interrupt is wanted. */
  arm(): void {
    if (!this.#counter.running || !this.isEnabled) {
      this.#timer.cancel();
      return;
    }
    // A value that has just gone by counts as reached, as in QEMU.
    const ahead = this.#ahead();
    const ticks = ahead > 0n ? ahead : 1n;
    this.#timer.arm(this.#clock.nowNs() + Number(ticks) * TICK_NS);
  }

  /** Wait no more. */
  cancel(): void {
    this.#timer.cancel();
  }

  get #isPeriodic(): boolean {
    return (this.#config & ComparatorBit.PERIODIC) !== 0;
  }

  get #isNarrow(): boolean {
    return (this.#config & ComparatorBit.NARROW) !== 0;
  }

  get #mask(): bigint {
    return this.#isNarrow ? LOW : ALL;
  }

  /** Ticks until the value is reached; not positive for one that lies behind. */
  #ahead(): bigint {
    const width = this.#isNarrow ? 32 : 64;
    return BigInt.asIntN(width, this.#value - this.#counter.value);
  }

  /** After an interrupt: the next value, if there is one. */
  #advance(): boolean {
    if (!this.#isPeriodic || this.#period === 0n) return false;
    const period = this.#period > LEAST_PERIOD ? this.#period : LEAST_PERIOD;
    const late = -this.#ahead();
    const periods = late < 0n ? 1n : late / period + 1n;
    this.#value = (this.#value + periods * period) & this.#mask;
    return true;
  }
}
