/** An input device behind virtio (section 5.8): events go to the driver as Linux numbers them. */
import type { InputHandler, InputHandlers } from "../../../input/input-handlers.js";
import type { Virtqueue } from "../queue/virtqueue.js";
import { Status, type VirtioModel, type VirtioPort } from "../virtio-model.js";
import { INPUT_CONFIG_BYTES, InputConfig, type InputFact } from "./input-config.js";

/** Types of events. */
export const EventType = {
  SYNC: 0,
  KEY: 1,
  RELATIVE: 2,
  ABSOLUTE: 3,
  LED: 0x11,
  REPEAT: 0x14,
} as const;

/** An event: its type, such as a key; its code, such as which one; its value. */
export type InputEvent = readonly [type: number, code: number, value: number];

const EVENT_BYTES = 8;
const QUEUE_ENTRIES = 64;
const EVENTS = 0;

/** A kind of input device: the facts that it tells, and a handler of what the user does. */
export interface InputSetup {
  readonly facts: readonly InputFact[];
  /** Makes the handler, which gives the events of one moment to `send`. */
  handler(send: (events: readonly InputEvent[]) => void): InputHandler;
}

/** QEMU's `virtio-keyboard-device`, `virtio-mouse-device` and `virtio-tablet-device`. */
export class VirtioInput implements VirtioModel {
  readonly features = 0n;
  /** Events for the driver, and what it says, such as which lights are on. */
  readonly queueSizes = [QUEUE_ENTRIES, QUEUE_ENTRIES];
  readonly configBytes = INPUT_CONFIG_BYTES;
  readonly #port: VirtioPort;
  readonly #handlers: InputHandlers;
  readonly #handler: InputHandler;
  readonly #config: InputConfig;
  #running = false;

  constructor(port: VirtioPort, handlers: InputHandlers, setup: InputSetup) {
    this.#port = port;
    this.#handlers = handlers;
    this.#config = new InputConfig(setup.facts);
    this.#handler = setup.handler((events) => this.#send(events));
    handlers.add(this.#handler);
  }

  readConfig(): Uint8Array {
    return this.#config.read();
  }

  writeConfig(offset: number, bytes: Uint8Array): void {
    this.#config.write(offset, bytes);
  }

  /** Messages of the driver are taken, and of no effect: there are no lights. */
  kicked(queue: Virtqueue): void {
    if (queue.index === EVENTS) return;
    for (let taken = 0; taken < queue.size; taken++) {
      const element = queue.pop();
      if (element === null) break;
      queue.push(element, 0);
    }
    queue.notify();
  }

  /** The user's hands are at it from when the driver is there, until it goes. */
  statusChanged(status: number): void {
    const running = (status & Status.DRIVER_OK) !== 0;
    if (running === this.#running) return;
    this.#running = running;
    if (running) this.#handlers.activate(this.#handler);
    else this.#handlers.deactivate(this.#handler);
  }

  reset(): void {
    this.#config.reset();
    this.statusChanged(0);
  }

  dispose(): void {
    this.#handlers.remove(this.#handler);
  }

  /** Events of a moment come together or, where the driver has no room, are lost. */
  #send(events: readonly InputEvent[]): void {
    const queue = this.#port.queues[EVENTS];
    if (queue === undefined || !this.#running || events.length === 0) return;
    const moment = [...events, [EventType.SYNC, 0, 0] as const];
    if (queue.waiting < moment.length) return;
    for (const [type, code, value] of moment) {
      const element = queue.pop();
      if (element === null) return;
      const bytes = new Uint8Array(EVENT_BYTES);
      const view = new DataView(bytes.buffer);
      view.setUint16(0, type, true);
      view.setUint16(2, code, true);
      view.setInt32(4, value, true);
      if (!element.write(0, bytes)) {
        this.#port.fail("a buffer for an event is too small, or is where no memory is");
        return;
      }
      queue.push(element, EVENT_BYTES);
    }
    queue.notify();
  }
}
