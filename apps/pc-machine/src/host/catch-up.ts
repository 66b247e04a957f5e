/** Pace of a clock that fell behind the host's time. */

/** Factor by which the guest's time passes faster than the host's while it is behind. */
const HURRY = 4;
/** Further behind than this, time is given up: the host slept, or cannot run the guest in time. */
const MOST_BEHIND_NS = 1e9;

/** The guest's time: never back, never past a limit, and soon where the host's is. */
export class CatchUp {
  #nowNs = 0;
  #hostNs = 0;

  /**
   * The guest's time.
   * @param hostNs the host's time in nanoseconds; never goes back
   * @param limitNs time that may be reached, not passed; one that has been passed does not hold
   */
  at(hostNs: number, limitNs: number): number {
    const hurried = this.#nowNs + HURRY * (hostNs - this.#hostNs);
    return this.#moveTo(Math.min(hostNs, hurried), hostNs, limitNs);
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
