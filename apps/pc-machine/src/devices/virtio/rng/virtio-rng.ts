/** An entropy device (section 5.4): it fills the driver's buffers with random bytes. */
import type { Clock, Timer } from "../../../host/clock.js";
import type { RandomSource } from "../../../objects/random-source.js";
import type { VirtioModel, VirtioPort } from "../virtio-model.js";

const ENTRIES = 8;
/** Most bytes that a buffer is given. */
const MOST_BYTES = 65_536;
const NS_PER_MS = 1e6;
const NO_BYTES = new Uint8Array(0);

/** Settings of the device. */
export interface VirtioRngSettings {
  readonly source: RandomSource;
  /** Most bytes in a period, `null` for any number. */
  readonly maxBytes: number | null;
  /** In milliseconds, 1 or more. */
  readonly period: number;
}

/** QEMU's `virtio-rng-device`. */
export class VirtioRng implements VirtioModel {
  readonly features = 0n;
  readonly queueSizes = [ENTRIES];
  readonly configBytes = 0;
  readonly #port: VirtioPort;
  readonly #clock: Clock;
  readonly #settings: VirtioRngSettings;
  /** Ends a period, which begins with the first byte that is given. */
  readonly #period: Timer;
  #given = 0;

  constructor(port: VirtioPort, clock: Clock, settings: VirtioRngSettings) {
    this.#port = port;
    this.#clock = clock;
    this.#settings = settings;
    this.#period = clock.timer(() => {
      this.#given = 0;
      this.kicked();
    });
  }

  readConfig(): Uint8Array {
    return NO_BYTES;
  }

  kicked(): void {
    const [queue] = this.#port.queues;
    if (queue === undefined) return;
    let filled = 0;
    for (; filled < queue.size && this.#left > 0; filled++) {
      const element = queue.pop();
      if (element === null) break;
      const wanted = Math.min(element.writableBytes, MOST_BYTES, this.#left);
      const bytes = this.#settings.source.read(wanted);
      if (!element.write(0, bytes)) {
        this.#port.fail("a buffer for random bytes is where no memory is");
        return;
      }
      this.#count(bytes.length);
      queue.push(element, bytes.length);
    }
    if (filled > 0) queue.notify();
  }

  reset(): void {
    this.#period.cancel();
    this.#given = 0;
  }

  dispose(): void {
    this.#period.cancel();
  }

  /** Bytes that may be given in this period. */
  get #left(): number {
    const { maxBytes } = this.#settings;
    return maxBytes === null ? MOST_BYTES : maxBytes - this.#given;
  }

  #count(bytes: number): void {
    const { maxBytes, period } = this.#settings;
    if (maxBytes === null) return;
    this.#given += bytes;
    if (!this.#period.armed) this.#period.arm(this.#clock.nowNs() + period * NS_PER_MS);
  }
}
