/** Pace of a clock that fell behind the host's time. */

/** Factor by which the guest's time passes faster than the host's while it is a little behind. */
const HURRY = 4;
/** Further behind than this it passes faster still, so that a host that gives little is kept up with. */
const FAR_BEHIND_NS = 200e6;
/** Further behind than this, instructions may take longer than they do. */
const TOO_FAR_BEHIND_NS = 500e6;
/** By so much more either factor grows by 1. */
const GROWTH_NS = 50e6;
/** Further behind than this, time is given up: the host slept, or cannot run the guest in time. */
const MOST_BEHIND_NS = 1e9;
/**
 * Nanoseconds that an instruction takes at most as the guest sees it. What took longer was not the
 * guest's doing: the host ran another process, compiled, or collected garbage. A guest that measures
 * one timer by another, in a loop, must not see that.
 */
const INSTRUCTION_NS = 200;
/** Time that passes at least between two looks at the clock. */
const LEAST_NS = 100;
/** A limit so close is reached at once: what is left would be a step too short for a guest that measures. */
const CLOSE_NS = 500;

/** The guest's time: never back, never past a limit, and soon where the host's is. */
export class CatchUp {
  #nowNs = 0;
  #hostNs = 0;

  /**
   * The guest's time.
   * @param hostNs the host's time in nanoseconds; never goes back
   * @param limitNs time that may be reached, not passed; one that has been passed does not hold
   * @param instructions what the guest has executed since the last look; as much as it likes, unless
   *   given
   */
  at(hostNs: number, limitNs: number, instructions = Infinity): number {
    const behind = hostNs - this.#nowNs;
    const hurried =
      (hostNs - this.#hostNs) * (HURRY + Math.max(0, behind - FAR_BEHIND_NS) / GROWTH_NS);
    const slowest = INSTRUCTION_NS * (1 + Math.max(0, behind - TOO_FAR_BEHIND_NS) / GROWTH_NS);
    const step = Math.min(behind, hurried, Math.max(LEAST_NS, slowest * instructions));
    const left = limitNs - this.#nowNs - step;
    const close = left > 0 && left < Math.min(CLOSE_NS, step / 2);
    return this.#moveTo(close ? limitNs : this.#nowNs + step, hostNs, limitNs);
  }

  /** The guest's time when it need not pass gradually. */
  jump(hostNs: number, limitNs: number): number {
    return this.#moveTo(hostNs, hostNs, limitNs);
  }

  #moveTo(wantedNs: number, hostNs: number, limitNs: number): number {
    let now = Math.max(this.#nowNs, Math.min(wantedNs, limitNs));
    if (hostNs - now > MOST_BEHIND_NS) now = hostNs;
    this.#nowNs = now;
    this.#hostNs = hostNs;
    return now;
  }
}
