/** Carries requests of queues out in pieces, one after the other, so that the guest's other work gets its turn. */
import type { Clock, Timer } from "../../host/clock.js";
import type { QueueElement } from "./queue/queue-element.js";
import type { Virtqueue } from "./queue/virtqueue.js";
import type { VirtioPort } from "./virtio-model.js";

/** State that a piece has brought a request to: `held` until it may be tried again, `fault` the driver broke a rule. */
export type Progress = "more" | "done" | "held" | "fault";

/** A request. */
export interface PumpedRequest {
  readonly element: QueueElement;
  /** Number of bytes for the driver, told when it is done. */
  readonly written: number;
  /** Carry the next piece out. Called again while there is more, and when it may be tried again. */
  run(): Progress;
  /** It was held: `retry` is called, once, when it may be tried again. */
  hold(retry: () => void): void;
}

/** Pieces of requests that are carried out at a time. */
const MOST_AT_ONCE = 64;

/** A request that is under way, and the queue it came by. */
interface Current<R> {
  readonly request: R;
  readonly queue: Virtqueue;
}

/** The requests of a device. */
export class RequestPump<R extends PumpedRequest = PumpedRequest> {
  readonly #port: VirtioPort;
  readonly #clock: Clock;
  readonly #more: Timer;
  readonly #firstQueue: number;
  readonly #begin: (element: QueueElement) => R;
  #current: Current<R> | null = null;
  /** Mark of a request that waits until the machine goes on. */
  #held: object | null = null;

  /**
   * @param firstQueue the number of the first queue with requests; all behind it have some, too
   * @param begin      makes a request of what came by a queue
   */
  constructor(
    port: VirtioPort,
    clock: Clock,
    firstQueue: number,
    begin: (element: QueueElement) => R,
  ) {
    this.#port = port;
    this.#clock = clock;
    this.#more = clock.timer(() => this.#work());
    this.#firstQueue = firstQueue;
    this.#begin = begin;
  }

  /** The request that is under way, `null` when there is none. */
  get current(): R | null {
    return this.#current?.request ?? null;
  }

  /** The request under way is ended already: give it back, and go on with the others. */
  ended(): void {
    if (this.#current === null) return;
    const { request, queue } = this.#current;
    this.reset();
    queue.push(request.element, request.written);
    queue.notify();
    this.#more.arm(this.#clock.nowNs());
  }

  /** There may be something in the queues. */
  kick(): void {
    if (this.#held === null && !this.#more.armed) this.#work();
  }

  /** The driver has taken a queue back. */
  queueReset(queue: Virtqueue): void {
    if (this.#current?.queue === queue) this.reset();
  }

  /** Give up what is under way. */
  reset(): void {
    this.#more.cancel();
    this.#current = null;
    this.#held = null;
  }

  #work(): void {
    for (let pieces = 0; pieces < MOST_AT_ONCE; pieces++) {
      this.#current ??= this.#next();
      if (this.#current === null) return;
      const { request, queue } = this.#current;
      switch (request.run()) {
        case "more":
          break;
        case "done":
          this.#current = null;
          queue.push(request.element, request.written);
          queue.notify();
          break;
        case "held":
          this.#hold(request);
          return;
        case "fault":
          this.#current = null;
          this.#port.fail("a request has no header or status, or is where no memory is");
          return;
      }
    }
    this.#more.arm(this.#clock.nowNs());
  }

  #next(): Current<R> | null {
    for (const queue of this.#port.queues.slice(this.#firstQueue)) {
      const element = queue.pop();
      if (element !== null) return { queue, request: this.#begin(element) };
    }
    return null;
  }

  /** The request is tried again when the machine goes on, unless it was given up until then. */
  #hold(request: R): void {
    const mark = {};
    this.#held = mark;
    request.hold(() => {
      if (this.#held !== mark) return;
      this.#held = null;
      this.#work();
    });
  }
}
