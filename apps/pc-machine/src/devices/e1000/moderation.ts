/** Interrupt moderation (the manual's chapter 3.2.7): interrupts keep a distance from each other. */
import type { Clock, Timer } from "../../host/clock.js";
import type { ReceiveRegisters } from "./receiver.js";
import { Cause, Reg } from "./registers.js";

/** The unit of ITR; RADV and TADV count four of it. */
const UNIT_NS = 256;
const UNITS_OF_DELAYS = 4;
/** The card interrupts 7813 times a second at most. */
const LEAST_UNITS = 500;
const COUNT = 0xffff;

/** Decides when the card may interrupt. */
export class Moderation {
  readonly #clock: Clock;
  readonly #registers: ReceiveRegisters;
  readonly #timer: Timer;

  /** @param over called when an interrupt that was held back may be told */
  constructor(clock: Clock, registers: ReceiveRegisters, over: () => void) {
    this.#clock = clock;
    this.#registers = registers;
    this.#timer = clock.timer(over);
  }

  /** Forget the last interrupt. */
  reset(): void {
    this.#timer.cancel();
  }

  /**
   * Decide whether the card may interrupt now. If so, a while begins in which it may not again.
   * @param causes  bits of ICR that the guest wants to hear of
   * @param delayed whether what was sent may wait, as its descriptors say
   */
  admits(causes: number, delayed: boolean): boolean {
    if (this.#timer.armed) return false;
    const { get } = this.#registers;
    const delays = [get(Reg.ITR) & COUNT];
    if (delayed && (causes & (Cause.SENT | Cause.RING_EMPTY)) !== 0) {
      delays.push((get(Reg.TADV) & COUNT) * UNITS_OF_DELAYS);
    }
    if ((causes & Cause.RECEIVED) !== 0 && (get(Reg.RDTR) & COUNT) !== 0) {
      delays.push((get(Reg.RADV) & COUNT) * UNITS_OF_DELAYS);
    }
    const asked = Math.min(...delays.filter((delay) => delay > 0));
    const units = Math.max(LEAST_UNITS, asked === Infinity ? 0 : asked);
    this.#timer.arm(this.#clock.nowNs() + units * UNIT_NS);
    return true;
  }
}
