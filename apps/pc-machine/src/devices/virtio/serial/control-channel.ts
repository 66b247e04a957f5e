/** Messages between the driver and the device about ports (section 5.3.6.2). */
import type { QueueElement } from "../queue/queue-element.js";
import type { Virtqueue } from "../queue/virtqueue.js";

/** Events of messages. */
export const PortEvent = {
  DEVICE_READY: 0,
  ADD: 1,
  REMOVE: 2,
  READY: 3,
  CONSOLE: 4,
  OPEN: 6,
  NAME: 7,
} as const;

/** A message about a port. */
export interface PortMessage {
  /** The port's number. */
  readonly port: number;
  /** One of {@link PortEvent}, or another number of 16 bits that the driver made up. */
  readonly event: number;
  readonly value: number;
}

const MESSAGE_BYTES = 8;
/** Messages that wait for room at most; what is beyond is lost: a driver that takes none is to blame. */
const MOST_WAITING = 4096;

/** Messages to the driver, which wait where it has no room for them. */
export class ControlChannel {
  readonly #queue: () => Virtqueue | undefined;
  readonly #fail: (problem: string) => void;
  readonly #waiting: Uint8Array[] = [];

  /**
   * @param queue the queue with room for messages
   * @param fail  called when the driver gave room that is none
   */
  constructor(queue: () => Virtqueue | undefined, fail: (problem: string) => void) {
    this.#queue = queue;
    this.#fail = fail;
  }

  /** Send a message, with a name behind it where it tells one. */
  send({ port, event, value }: PortMessage, name: string | null = null): void {
    if (this.#waiting.length >= MOST_WAITING) return;
    const text = name === null ? new Uint8Array(0) : new TextEncoder().encode(`${name}\0`);
    const bytes = new Uint8Array(MESSAGE_BYTES + text.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, port, true);
    view.setUint16(4, event, true);
    view.setUint16(6, value, true);
    bytes.set(text, MESSAGE_BYTES);
    this.#waiting.push(bytes);
    this.flush();
  }

  /** Send what waits, as far as there is room. */
  flush(): void {
    const queue = this.#queue();
    if (queue === undefined) return;
    let sent = 0;
    for (; this.#waiting.length > 0; sent++) {
      const element = queue.pop();
      if (element === null) break;
      const bytes = this.#waiting.shift() ?? new Uint8Array(0);
      // A name that does not fit is cut off.
      const part = bytes.subarray(0, element.writableBytes);
      if (part.length < MESSAGE_BYTES || !element.write(0, part)) {
        this.#fail("room for a message is too small, or is where no memory is");
        return;
      }
      queue.push(element, part.length);
    }
    if (sent > 0) queue.notify();
  }

  /** Forget what waits. */
  reset(): void {
    this.#waiting.length = 0;
  }
}

/** The message in an element; `null` where that is too short, or where no memory is. */
export function portMessage(element: QueueElement): PortMessage | null {
  const bytes = new Uint8Array(MESSAGE_BYTES);
  if (!element.read(0, bytes)) return null;
  const view = new DataView(bytes.buffer);
  return {
    port: view.getUint32(0, true),
    event: view.getUint16(4, true),
    value: view.getUint16(6, true),
  };
}
