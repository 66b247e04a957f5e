/** A memory balloon (section 5.5): pages that the guest gives up for as long as the host wants them. */
import type { QueueElement } from "../queue/queue-element.js";
import type { Virtqueue } from "../queue/virtqueue.js";
import { featureBits, type VirtioModel, type VirtioPort } from "../virtio-model.js";

const Feature = { STATISTICS: 1, DEFLATE_ON_OOM: 2, PAGE_POISON: 4 } as const;
const Queue = { INFLATE: 0, DEFLATE: 1, STATISTICS: 2 } as const;
const ENTRIES = 128;
const Config = { WANTED: 0, ACTUAL: 4, POISON: 12 } as const;
/** Bytes of the configuration without what pages are filled with, and with it. */
const SHORT_CONFIG = 8;
const LONG_CONFIG = 16;
const PAGE_NUMBER_BYTES = 4;
/** Pages of one request that are cleared at most: what is beyond keeps its contents, which is allowed. */
const MOST_PAGES = 4096;

/** Bytes of the balloon's pages, whatever the guest's are. */
export const BALLOON_PAGE_BYTES = 4096;

/** Settings of the device. */
export interface VirtioBalloonSettings {
  /** True if the guest may take pages back where it has no memory left. */
  readonly deflateOnOom: boolean;
  /** True if the guest may say what it fills free pages with. */
  readonly pagePoison: boolean;
  /** Called when the guest has told how many pages it gave up, and they are others than before. */
  changed(): void;
}

/** QEMU's `virtio-balloon-device`. */
export class VirtioBalloon implements VirtioModel {
  readonly features: bigint;
  readonly queueSizes = [ENTRIES, ENTRIES, ENTRIES];
  readonly configBytes: number;
  readonly #port: VirtioPort;
  readonly #settings: VirtioBalloonSettings;
  #wanted = 0;
  #actual = 0;
  #poison = 0;

  constructor(port: VirtioPort, settings: VirtioBalloonSettings) {
    this.#port = port;
    this.#settings = settings;
    this.configBytes = settings.pagePoison ? LONG_CONFIG : SHORT_CONFIG;
    this.features = featureBits([
      Feature.STATISTICS,
      ...(settings.deflateOnOom ? [Feature.DEFLATE_ON_OOM] : []),
      ...(settings.pagePoison ? [Feature.PAGE_POISON] : []),
    ]);
  }

  /** Pages that the guest says it has given up. */
  get pages(): number {
    return this.#actual;
  }

  /** Ask the guest to give up `pages` in all. It does so when it likes. */
  ask(pages: number): void {
    this.#wanted = pages;
    this.#port.configChanged();
  }

  readConfig(): Uint8Array {
    const bytes = new Uint8Array(LONG_CONFIG);
    const view = new DataView(bytes.buffer);
    view.setUint32(Config.WANTED, this.#wanted, true);
    view.setUint32(Config.ACTUAL, this.#actual, true);
    view.setUint32(Config.POISON, this.#poison, true);
    return bytes.subarray(0, this.configBytes);
  }

  writeConfig(offset: number, bytes: Uint8Array): void {
    const config = new Uint8Array(LONG_CONFIG);
    config.set(this.readConfig());
    config.set(bytes, offset);
    const view = new DataView(config.buffer);
    const actual = view.getUint32(Config.ACTUAL, true);
    if (this.#port.has(Feature.PAGE_POISON)) this.#poison = view.getUint32(Config.POISON, true);
    if (actual === this.#actual) return;
    this.#actual = actual;
    this.#settings.changed();
  }

  kicked(queue: Virtqueue): void {
    // Statistics are given back when somebody asks for newer ones, which nobody does.
    if (queue.index === Queue.STATISTICS) return;
    let served = 0;
    for (; served < queue.size; served++) {
      const element = queue.pop();
      if (element === null) break;
      if (queue.index === Queue.INFLATE) this.#clear(element);
      queue.push(element, 0);
    }
    if (served > 0) queue.notify();
  }

  reset(): void {
    this.#poison = 0;
  }

  /** Pages that were given up read as zeros: nothing is kept of them. */
  #clear(element: QueueElement): void {
    const numbers = element.readAll(0, MOST_PAGES * PAGE_NUMBER_BYTES);
    if (numbers === null) return;
    const view = new DataView(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    for (let at = 0; at + PAGE_NUMBER_BYTES <= numbers.length; at += PAGE_NUMBER_BYTES) {
      this.#port.memory.clear(view.getUint32(at, true) * BALLOON_PAGE_BYTES, BALLOON_PAGE_BYTES);
    }
  }
}
