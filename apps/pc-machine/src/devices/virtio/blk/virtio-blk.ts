/** A disk behind virtio (section 5.2). */
import type { Clock } from "../../../host/clock.js";
import type { DriveBackend } from "../../../storage/drive-backend.js";
import { guessGeometry } from "../../ide-drive/disk-geometry.js";
import type { Geometry } from "../../piix3-ide/geometry.js";
import type { Virtqueue } from "../queue/virtqueue.js";
import { RequestPump } from "../request-pump.js";
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

/** QEMU's `virtio-blk-device`. */
export class VirtioBlk implements VirtioModel {
  readonly features: bigint;
  readonly queueSizes: readonly number[];
  readonly configBytes = BLOCK_CONFIG_BYTES;
  readonly #settings: VirtioBlkSettings;
  readonly #requests: RequestPump;
  #writeCache = true;

  constructor(port: VirtioPort, clock: Clock, settings: VirtioBlkSettings) {
    const { drive, serial } = settings;
    this.#settings = settings;
    this.#requests = new RequestPump(
      port,
      clock,
      0,
      (element) => new BlockRequest({ drive, serial }, element),
    );
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
    this.#requests.kick();
  }

  queueReset(queue: Virtqueue): void {
    this.#requests.queueReset(queue);
  }

  reset(): void {
    this.#requests.reset();
    this.#writeCache = true;
  }

  dispose(): void {
    this.#requests.reset();
    this.#settings.drive.disconnect();
  }
}
