/**
 * A clock that notices when the guest waits for something that cannot come.
 *
 * A guest with nothing to do halts, and only its timer ticks wake it. While nobody can give it input
 * such waiting is not worth the host's time: the clock skips it, and when the guest has waited a
 * minute of its time without a sign of life, the clock says so. A guest that waits in a tight loop
 * instead of halting is found out after a few seconds.
 */
import type { MachineClock, TimedCpu, Timer } from "../../host/clock.js";
import { InstructionClock } from "../../host/instruction-clock.js";
import { RealTimeClock } from "../../host/real-time-clock.js";
import type { Activity } from "./activity.js";
import { WaitLoop, type LoopSample } from "./wait-loop.js";

const NS_PER_MS = 1e6;
/** Guest time without a sign of life after which waiting is skipped, in ns. */
const GRACE_NS = 300 * NS_PER_MS;
/** Guest time without a sign of life after which the guest counts as halted for good, in ns. */
const QUIET_NS = 60_000 * NS_PER_MS;
/** Guest time over which it is measured how busy the guest is, in ns. */
const WINDOW_NS = 200 * NS_PER_MS;
/** A guest that computes for more than this share of the time is not waiting. */
const BUSY_SHARE = 0.5;
/** Time that the run loop is asked to wait while the machine is being stopped, in ms. */
const PAUSE_MS = 1;
/** Guest time after which any guest should be ready for input, in ns. */
const READY_NS = 3_000 * NS_PER_MS;
/** Guest time between two looks at where the guest is, in ns. */
const SAMPLE_NS = 10 * NS_PER_MS;

/** Calls between the clock and its host. */
export interface IdleOptions {
  /** State of the guest: busy or waiting. */
  readonly activity: Activity;
  /** True if input can still reach the guest, or somebody may look into it. */
  canReceive(): boolean;
  /** A change that neither {@link activity} nor the processor's load shows, such as the screen's. */
  fingerprint(): string;
  /** The place where the guest is, `null` when that cannot be told. */
  sample(): LoopSample | null;
  /** The guest has come to rest, or has run for a while: it should be ready for input. */
  onReady(): void;
  /** The guest is halted for good. Called between instructions, maybe more than once. */
  onHalted(): void;
  /** 2 to this power is the time of an instruction in ns; `null`: follow the host. */
  readonly icountShift: number | null;
  /** Monotonic host milliseconds. Default: `performance.now`. */
  readonly hostMs?: () => number;
}

/** A {@link MachineClock} with an eye on idleness. */
export class IdleClock implements MachineClock {
  readonly followsHost: boolean;
  readonly #inner: MachineClock;
  readonly #options: IdleOptions;
  /** Host milliseconds skipped so far. */
  #skippedMs = 0;
  #quietSinceNs = 0;
  #seenActivity = -1;
  #seenFingerprint = "";
  #windowStartNs = 0;
  #windowIdleNs = 0;
  /** Time at which the wait under way began, `null` while the guest runs. */
  #waitStartNs: number | null = null;
  readonly #loop = new WaitLoop();
  #sampledNs = 0;

  constructor(options: IdleOptions) {
    this.#options = options;
    const { hostMs = () => performance.now() } = options;
    this.#inner =
      options.icountShift === null
        ? new RealTimeClock(() => hostMs() + this.#skippedMs)
        : new InstructionClock(2 ** options.icountShift);
    this.followsHost = this.#inner.followsHost;
  }

  get nextDeadlineNs(): number {
    return this.#inner.nextDeadlineNs;
  }

  nowNs(): number {
    return this.#inner.nowNs();
  }

  timer(fire: () => void): Timer {
    return this.#inner.timer(fire);
  }

  attachCpu(cpu: TimedCpu): void {
    this.#inner.attachCpu(cpu);
  }

  instructionBudget(limit: number): number {
    return this.#inner.instructionBudget(limit);
  }

  sliceEnded(): void {
    this.#inner.sliceEnded();
  }

  setRunning(running: boolean): void {
    this.#inner.setRunning(running);
  }

  runDue(): number {
    if (this.#waitStartNs !== null) {
      this.#windowIdleNs += this.nowNs() - this.#waitStartNs;
      this.#waitStartNs = null;
    }
    const now = this.nowNs();
    if (now - this.#sampledNs >= SAMPLE_NS) {
      this.#sampledNs = now;
      if (now >= READY_NS) {
        this.#options.onReady();
      }
      this.#watchLoop();
    }
    return this.#inner.runDue();
  }

  idle(): number {
    const now = this.nowNs();
    this.#waitStartNs = now;
    this.#look(now);
    const hopeless = !this.#options.canReceive();
    const quiet = now - this.#quietSinceNs;
    if (quiet >= GRACE_NS) {
      this.#options.onReady();
    }
    if (hopeless && (quiet >= QUIET_NS || this.nextDeadlineNs === Infinity)) {
      this.#options.onHalted();
      return PAUSE_MS;
    }
    const ms = this.#inner.idle();
    if (hopeless && quiet >= GRACE_NS && ms > 0) {
      this.#skippedMs += ms;
      return 0;
    }
    return ms;
  }

  /** Is the guest in a loop that it never leaves? */
  #watchLoop(): void {
    const { activity, canReceive, sample, onHalted } = this.#options;
    const found = canReceive() ? null : sample();
    if (found === null) {
      this.#loop.forget();
    } else if (this.#loop.add(found, activity.count)) {
      onHalted();
    }
  }

  /** Has the guest been up to something? */
  #look(now: number): void {
    const { activity } = this.#options;
    if (activity.count !== this.#seenActivity) {
      this.#seenActivity = activity.count;
      this.#quietSinceNs = now;
    }
    const window = now - this.#windowStartNs;
    if (window < WINDOW_NS) {
      return;
    }
    const fingerprint = this.#options.fingerprint();
    const busy = (window - this.#windowIdleNs) / window > BUSY_SHARE;
    if (busy || fingerprint !== this.#seenFingerprint) {
      this.#seenFingerprint = fingerprint;
      this.#quietSinceNs = now;
    }
    this.#windowStartNs = now;
    this.#windowIdleNs = 0;
  }
}
