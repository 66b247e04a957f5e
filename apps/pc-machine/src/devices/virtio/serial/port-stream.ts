/** Bytes between the two queues of a port and a character device. */
import { type CharBackend, writeAll } from "../../../host/chardev.js";
import type { Clock, Timer } from "../../../host/clock.js";
import type { QueueElement } from "../queue/queue-element.js";
import type { Virtqueue } from "../queue/virtqueue.js";

/** Services of the port's device for its stream. */
export interface PortQueues {
  /** Room for bytes from the host. */
  readonly input: Virtqueue;
  /** Bytes from the guest. */
  readonly output: Virtqueue;
  /** The driver broke a rule. */
  fail(problem: string): void;
}

/** Bytes that are moved at a time, and how often before the guest's other work gets its turn. */
const PIECE_BYTES = 16_384;
const MOST_AT_ONCE = 16;
/** Bytes that may wait for a slow reader before the guest has to. */
const MOST_PENDING = 65_536;
/** Bytes from the host that wait for the guest before whoever writes is held back, or loses what is beyond. */
const PAUSE_AT = 65_536;
const MOST_WAITING = 1 << 20;

/** An element whose bytes are on their way to the host. */
interface Sending {
  readonly element: QueueElement;
  sent: number;
}

/** The stream of a port. */
export class PortStream {
  readonly #backend: CharBackend;
  readonly #clock: Clock;
  readonly #queues: PortQueues;
  readonly #more: Timer;
  /** Bytes of the host that the guest has no room for yet. */
  readonly #waiting: number[] = [];
  #sending: Sending | null = null;
  #paused = false;
  #hostOpen: boolean;
  #guestOpen = false;

  /** @param hostOpen true if somebody at the host takes what comes */
  constructor(backend: CharBackend, clock: Clock, queues: PortQueues, hostOpen: boolean) {
    this.#backend = backend;
    this.#clock = clock;
    this.#queues = queues;
    this.#hostOpen = hostOpen;
    this.#more = clock.timer(() => this.kicked());
    backend.receive = (byte) => this.#received(byte);
    if ("onDrain" in backend) backend.onDrain = () => this.#later();
  }

  /** True if the guest has to wait for whoever reads at the host. */
  get throttled(): boolean {
    const isSlow = (this.#backend.pending ?? 0) > MOST_PENDING;
    return this.#sending !== null && this.#hostOpen && isSlow;
  }

  /** Somebody at the host takes what comes, or nobody does any more: then it is lost. */
  set hostOpen(open: boolean) {
    this.#hostOpen = open;
    this.#later();
  }

  /** A program of the guest has the port open, or has closed it: what comes then waits. */
  set guestOpen(open: boolean) {
    this.#guestOpen = open;
    if (open) this.#later();
  }

  /** There may be something in the queues, or room. */
  kicked(): void {
    this.#fill();
    this.#drain();
  }

  /** Give up what was taken from a queue. */
  forget(): void {
    this.#sending = null;
  }

  /** Back to the power-on state; what the host sent meanwhile stays to be read. */
  reset(): void {
    this.#more.cancel();
    this.#guestOpen = false;
    this.forget();
  }

  /** The port is gone. */
  dispose(): void {
    this.reset();
    this.#backend.receive = null;
    if (this.#paused) this.#backend.setPaused?.(false);
    if ("onDrain" in this.#backend) this.#backend.onDrain = null;
  }

  /** Hand over together what comes in one turn. */
  #later(): void {
    if (!this.#more.armed) this.#more.arm(this.#clock.nowNs());
  }

  #received(byte: number): void {
    if (this.#waiting.length >= MOST_WAITING) return;
    this.#waiting.push(byte & 0xff);
    if (this.#waiting.length >= PAUSE_AT) this.#pause(true);
    if (this.#guestOpen) this.#later();
  }

  #pause(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    this.#backend.setPaused?.(paused);
  }

  /** Hand bytes of the host to the guest, as far as it has room. */
  #fill(): void {
    const { input } = this.#queues;
    let filled = 0;
    for (; this.#guestOpen && this.#waiting.length > 0; filled++) {
      const element = input.pop();
      if (element === null) break;
      const bytes = Uint8Array.from(this.#waiting.splice(0, element.writableBytes));
      if (bytes.length === 0 || !element.write(0, bytes)) {
        this.#queues.fail("a buffer for bytes has no room, or is where no memory is");
        return;
      }
      input.push(element, bytes.length);
    }
    if (filled === 0) return;
    input.notify();
    if (this.#waiting.length < PAUSE_AT) this.#pause(false);
    this.#backend.accept?.();
  }

  /** Hand bytes of the guest to the host, as far as that keeps up. */
  #drain(): void {
    const { output } = this.#queues;
    let done = 0;
    for (let pieces = 0; ; pieces++) {
      this.#sending ??= this.#next();
      if (this.#sending === null || this.throttled) break;
      if (pieces === MOST_AT_ONCE) {
        this.#later();
        break;
      }
      if (!this.#send(this.#sending)) return;
      if (this.#hostOpen && this.#sending.sent < this.#sending.element.readableBytes) continue;
      output.push(this.#sending.element, 0);
      this.#sending = null;
      done++;
    }
    if (done > 0) output.notify();
  }

  #next(): Sending | null {
    const element = this.#queues.output.pop();
    return element === null ? null : { element, sent: 0 };
  }

  /** Send a piece, which is lost where nobody takes it. @returns false after the driver broke a rule */
  #send(sending: Sending): boolean {
    if (!this.#hostOpen) return true;
    const bytes = sending.element.readAll(sending.sent, PIECE_BYTES);
    if (bytes === null) {
      this.#sending = null;
      this.#queues.fail("bytes for the host are where no memory is");
      return false;
    }
    sending.sent += bytes.length;
    writeAll(this.#backend, bytes);
    return true;
  }
}
