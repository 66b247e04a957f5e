/** A network card behind virtio (section 5.1). */
import type { Clock, Timer } from "../../../host/clock.js";
import type { Network, NetworkCard } from "../../../net/network.js";
import type { QueueElement } from "../queue/queue-element.js";
import type { Virtqueue } from "../queue/virtqueue.js";
import {
  Feature,
  featureBits,
  Status,
  type VirtioModel,
  type VirtioPort,
} from "../virtio-model.js";
import { control } from "./net-control.js";
import { ReceiveFilter } from "./receive-filter.js";

/** Features of cards (section 5.1.3). */
export const NetFeature = {
  CONTROL_OFFLOADS: 2,
  MAC: 5,
  MERGE_BUFFERS: 15,
  STATUS: 16,
  CONTROL: 17,
  CONTROL_RECEIVE: 18,
  CONTROL_VLAN: 19,
  CONTROL_RECEIVE_EXTRA: 20,
  ANNOUNCE: 21,
  CONTROL_ADDRESS: 23,
} as const;

const Queue = { RECEIVE: 0, TRANSMIT: 1, CONTROL: 2 } as const;
const LINK_UP = 1;
const MAC_BYTES = 6;
const CONFIG_BYTES = 8;
/** Bytes before a frame; with the number of buffers that it takes, two more. */
const HEADER_BYTES = 10;
const MERGED_HEADER_BYTES = 12;
const CONTROL_ENTRIES = 64;
/** A frame is never longer. */
const LONGEST = 0x1_0000;
/** Frames that are sent at a time, so that the guest's other work gets its turn. */
const MOST_AT_ONCE = 256;

/** Settings of a card. */
export interface VirtioNetSettings {
  /** Six bytes. */
  readonly mac: Uint8Array;
  /** `null`: the cable is not plugged in. */
  readonly network: Network | null;
  readonly receiveEntries: number;
  readonly transmitEntries: number;
  /** Numbers of the features that it offers, of {@link NetFeature}. */
  readonly features: readonly number[];
}

/** QEMU's `virtio-net-device`. */
export class VirtioNet implements VirtioModel, NetworkCard {
  readonly features: bigint;
  readonly queueSizes: readonly number[];
  readonly configBytes = CONFIG_BYTES;
  readonly clock: Clock;
  readonly #port: VirtioPort;
  readonly #settings: VirtioNetSettings;
  readonly #filter = new ReceiveFilter();
  readonly #more: Timer;
  #mac: Uint8Array;
  #linked = true;

  constructor(port: VirtioPort, clock: Clock, settings: VirtioNetSettings) {
    this.#port = port;
    this.#settings = settings;
    this.clock = clock;
    this.features = featureBits(settings.features);
    this.queueSizes = [settings.receiveEntries, settings.transmitEntries, CONTROL_ENTRIES];
    this.#mac = settings.mac.slice();
    this.#more = clock.timer(() => this.#transmit());
    settings.network?.connect(this);
  }

  /** The address that it has now: the driver may set another. */
  get mac(): Uint8Array {
    return this.#mac;
  }

  readConfig(): Uint8Array {
    const bytes = new Uint8Array(CONFIG_BYTES);
    bytes.set(this.#mac);
    bytes[MAC_BYTES] = this.#linked ? LINK_UP : 0;
    return bytes;
  }

  /** Drivers from before version 1 set the address here. */
  writeConfig(offset: number, bytes: Uint8Array): void {
    if (this.#port.has(Feature.VERSION_1) || this.#port.has(NetFeature.CONTROL_ADDRESS)) return;
    if (offset + bytes.length <= MAC_BYTES) this.#mac.set(bytes, offset);
  }

  kicked(queue: Virtqueue): void {
    switch (queue.index) {
      case Queue.RECEIVE:
        this.#settings.network?.roomForFrames();
        break;
      case Queue.TRANSMIT:
        if (!this.#more.armed) this.#transmit();
        break;
      case Queue.CONTROL:
        this.#control(queue);
        break;
    }
  }

  statusChanged(status: number): void {
    if ((status & Status.DRIVER_OK) === 0) return;
    this.#filter.setVlans(!this.#port.has(NetFeature.CONTROL_VLAN));
    this.#settings.network?.roomForFrames();
  }

  reset(): void {
    this.#more.cancel();
    this.#filter.reset();
    this.#mac = this.#settings.mac.slice();
  }

  dispose(): void {
    this.#more.cancel();
    this.#settings.network?.disconnect();
  }

  setLink(up: boolean): void {
    if (up === this.#linked) return;
    this.#linked = up;
    this.#port.configChanged();
    if (up) this.#settings.network?.roomForFrames();
  }

  /** A frame from the network. */
  receive(frame: Uint8Array): boolean {
    const queue = this.#port.queues[Queue.RECEIVE];
    const isReady =
      (this.#port.status & (Status.DRIVER_OK | Status.NEEDS_RESET)) === Status.DRIVER_OK;
    if (queue === undefined || queue.places === null || !isReady) return false;
    // What comes to a cable that is not plugged in is lost, as is what the driver does not want.
    if (!this.#linked || !this.#filter.accepts(frame, this.#mac)) return true;
    const whole = new Uint8Array(this.#headerBytes + frame.length);
    whole.set(frame, this.#headerBytes);
    const elements = this.#buffersFor(queue, whole.length);
    if (elements === null) return false;
    if (this.#headerBytes === MERGED_HEADER_BYTES) {
      // Also where frames are never in several buffers.
      new DataView(whole.buffer).setUint16(HEADER_BYTES, elements.length, true);
    }
    let done = 0;
    for (const element of elements) {
      const piece = whole.subarray(done, done + element.writableBytes);
      if (!element.write(0, piece)) {
        this.#port.fail("a buffer for a frame is where no memory is");
        return true;
      }
      done += piece.length;
      queue.push(element, piece.length);
    }
    if (elements.length > 0) queue.notify();
    return true;
  }

  /**
   * Buffers with room for so many bytes.
   * @returns `null` where there are too few, none where the frame is longer than a buffer, and may have one alone
   */
  #buffersFor(queue: Virtqueue, length: number): readonly QueueElement[] | null {
    const elements: QueueElement[] = [];
    let room = 0;
    while (room < length) {
      const element = queue.pop();
      if (element === null) {
        for (let taken = 0; taken < elements.length; taken++) queue.unpop();
        return null;
      }
      if (element.writableBytes === 0) {
        this.#port.fail("a buffer for frames has no room");
        return null;
      }
      elements.push(element);
      room += element.writableBytes;
      if (room < length && !this.#port.has(NetFeature.MERGE_BUFFERS)) {
        queue.unpop();
        return [];
      }
    }
    return elements;
  }

  get #headerBytes(): number {
    return this.#port.has(Feature.VERSION_1) || this.#port.has(NetFeature.MERGE_BUFFERS)
      ? MERGED_HEADER_BYTES
      : HEADER_BYTES;
  }

  #transmit(): void {
    const queue = this.#port.queues[Queue.TRANSMIT];
    if (queue === undefined) return;
    let sent = 0;
    for (; sent < MOST_AT_ONCE; sent++) {
      const element = queue.pop();
      if (element === null) break;
      const length = element.readableBytes - this.#headerBytes;
      const frame = length < 0 ? null : element.readAll(this.#headerBytes, LONGEST);
      if (frame === null) {
        this.#port.fail("a frame has no header, or is where no memory is");
        return;
      }
      if (this.#linked && length <= LONGEST) this.#settings.network?.send(frame);
      queue.push(element, 0);
    }
    if (sent > 0) queue.notify();
    if (sent === MOST_AT_ONCE) this.#more.arm(this.clock.nowNs());
  }

  #control(queue: Virtqueue): void {
    const card = {
      filter: this.#filter,
      setMac: (mac: Uint8Array): void => {
        this.#mac = mac.slice();
      },
    };
    for (let taken = 0; taken < queue.size; taken++) {
      const element = queue.pop();
      if (element === null) break;
      if (!control(element, card)) {
        this.#port.fail("a command has no header, or no room for its outcome");
        return;
      }
      queue.push(element, 1);
    }
    queue.notify();
  }
}
