/** The main counter: 64 bits that count ticks of 10 ns, read in halves without allocating. */
import type { Clock } from "../../host/clock.js";

/** Nanoseconds a tick. */
export const TICK_NS = 10;

const HALF = 2 ** 32;

/** Counts while it runs. */
export class HpetCounter {
  readonly #clock: Clock;
  #running = false;
  /** The count while it stands; what is added to the clock's ticks while it runs. */
  #low = 0;
  #high = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Bits 0 to 31 of the count. */
  get low(): number {
    return this.#running ? (this.#low + (this.#ticks() % HALF)) % HALF : this.#low;
  }

  /** Bits 32 to 63 of the count. */
  get high(): number {
    if (!this.#running) return this.#high;
    const ticks = this.#ticks();
    const carry = this.#low + (ticks % HALF) >= HALF ? 1 : 0;
    return (this.#high + Math.floor(ticks / HALF) + carry) % HALF;
  }

  /** The whole count. */
  get value(): bigint {
    return (BigInt(this.high) << 32n) | BigInt(this.low);
  }

  set value(count: bigint) {
    const base = this.#running ? count - BigInt(this.#ticks()) : count;
    this.#low = Number(BigInt.asUintN(32, base));
    this.#high = Number(BigInt.asUintN(32, base >> 32n));
  }

  /** True if it counts. */
  get running(): boolean {
    return this.#running;
  }

  set running(runs: boolean) {
    const { value } = this;
    this.#running = runs;
    this.value = value;
  }

  #ticks(): number {
    return Math.floor(this.#clock.nowNs() / TICK_NS);
  }
}
