/** A disk behind virtio (section 5.2). */
import type { Clock, Timer } from "../../../host/clock.js";
import type { DriveBackend } from "../../../storage/drive-backend.js";
import { guessGeometry } from "../../ide-drive/disk-geometry.js";
import type { Geometry } from "../../piix3-ide/geometry.js";
import type { Virtqueue } from "../queue/virtqueue.js";
import { featureBits, type VirtioModel, type VirtioPort } from "../virtio-model.js";
import { BLOCK_CONFIG_BYTES, blockConfig, WRITE_CACHE_AT } from "./block-config.js";
import { BlockRequest } from "./block-request.js";

const Feature = {
  SEGMENTS: 2,
  GEOMETRY: 4,
  READ_ONLY: 5,
  BLOCK_SIZE: 6,
  FLUSH: 9,
  TOPOLOGY: 10,
  CACHE_MODE: 11,
  QUEUES: 12,
  DISCARD: 13,
  WRITE_ZEROES: 14,
} as const;

/** Pieces of requests that are carried out at a time, so that the guest's other work gets its turn. */
const MOST_AT_ONCE = 64;

/** Settings of a disk. */
export interface VirtioBlkSettings {
  readonly drive: DriveBackend;
  /** Its serial number, `""` for none. */
  readonly serial: string;
  /** Its geometry, `null` to guess one. */
  readonly geometry: Geometry | null;
  readonly queues: number;
  /** Entries of each queue, a power of two. */
  readonly queueSize: number;
  readonly discard: boolean;
  readonly writeZeroes: boolean;
  /** The driver may switch the write cache. */
  readonly switchesCache: boolean;
}

/** The request that is carried out, and the queue it came by. */
interface Current {
  readonly request: BlockRequest;
  readonly queue: Virtqueue;
}

/** QEMU's `virtio-blk-device`. */
export class VirtioBlk implements VirtioModel {
  readonly features: bigint;
  readonly queueSizes: readonly number[];
  readonly configBytes = BLOCK_CONFIG_BYTES;
  readonly #port: VirtioPort;
  readonly #settings: VirtioBlkSettings;
  readonly #clock: Clock;
  readonly #more: Timer;
  #current: Current | null = null;
  /** True while the request waits until the machine goes on. */
  #held: object | null = null;
  #writeCache = true;

  constructor(port: VirtioPort, clock: Clock, settings: VirtioBlkSettings) {
    this.#port = port;
    this.#settings = settings;
    this.#clock = clock;
    this.#more = clock.timer(() => this.#work());
    this.queueSizes = Array.from({ length: settings.queues }, () => settings.queueSize);
    this.features = featureBits([
      Feature.SEGMENTS,
      Feature.GEOMETRY,
      Feature.BLOCK_SIZE,
      Feature.FLUSH,
      Feature.TOPOLOGY,
      ...(settings.switchesCache ? [Feature.CACHE_MODE] : []),
      ...(settings.drive.readonly ? [Feature.READ_ONLY] : []),
      ...(settings.queues > 1 ? [Feature.QUEUES] : []),
      ...(settings.discard ? [Feature.DISCARD] : []),
      ...(settings.writeZeroes ? [Feature.WRITE_ZEROES] : []),
    ]);
    settings.drive.connect({
      qdev: port.path,
      removable: false,
      tray: null,
      mediumChanged: () => port.configChanged(),
    });
  }

  readConfig(): Uint8Array {
    const { drive, geometry, queues, queueSize } = this.#settings;
    return blockConfig({
      sectors: drive.sectors,
      geometry: geometry ?? guessGeometry(drive).geometry,
      queueSize,
      queues,
      writeCache: this.#writeCache,
    });
  }

  writeConfig(offset: number, bytes: Uint8Array): void {
    const value = bytes[WRITE_CACHE_AT - offset];
    if (value !== undefined) this.#writeCache = (value & 1) !== 0;
  }

  kicked(): void {
    if (this.#held === null && !this.#more.armed) this.#work();
  }

  queueReset(queue: Virtqueue): void {
    if (this.#current?.queue === queue) this.#forget();
  }

  reset(): void {
    this.#forget();
    this.#writeCache = true;
  }

  dispose(): void {
    this.#forget();
    this.#settings.drive.disconnect();
  }

  #forget(): void {
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
          // As QEMU has it: all that could be written counts, the status at its end included.
          queue.push(request.element, request.element.writableBytes);
          queue.notify();
          break;
        case "held":
          this.#hold();
          return;
        case "fault":
          this.#current = null;
          this.#port.fail("a request has no header or status, or is where no memory is");
          return;
      }
    }
    this.#more.arm(this.#clock.nowNs());
  }

  #next(): Current | null {
    const { drive, serial } = this.#settings;
    for (const queue of this.#port.queues) {
      const element = queue.pop();
      if (element !== null) return { queue, request: new BlockRequest({ drive, serial }, element) };
    }
    return null;
  }

  /** The request is tried again when the machine goes on, unless it was given up until then. */
  #hold(): void {
    const mark = {};
    this.#held = mark;
    this.#settings.drive.hold(() => {
      if (this.#held !== mark) return;
      this.#held = null;
      this.#work();
    });
  }
}
