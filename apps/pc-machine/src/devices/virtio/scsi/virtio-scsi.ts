/** A SCSI controller behind virtio (section 5.6). */
import type { ChildBus, Device } from "../../../device/device.js";
import type { Clock } from "../../../host/clock.js";
import { PcError } from "../../../pc-error.js";
import type { ScsiUnit } from "../../../scsi/scsi-unit.js";
import { ScsiDrive } from "../../scsi-drive/scsi-drive.js";
import type { Virtqueue } from "../queue/virtqueue.js";
import { RequestPump } from "../request-pump.js";
import { featureBits, Status, type VirtioModel, type VirtioPort } from "../virtio-model.js";
import { addressBytes } from "./scsi-address.js";
import { EVENT_BYTES, SCSI_CONFIG_BYTES, ScsiConfig, type ScsiSettings } from "./scsi-config.js";
import { Response, ScsiRequest } from "./scsi-request.js";
import { manage, type ManagedTargets } from "./task-management.js";

const Feature = { HOTPLUG: 1, CHANGE: 2 } as const;
const Queue = { CONTROL: 0, EVENTS: 1, REQUESTS: 2 } as const;
const Event = { MISSED: 0x8000_0000, TRANSPORT_RESET: 1, PARAMETER_CHANGE: 3 } as const;
const Reset = { RESCAN: 1, REMOVED: 2 } as const;
/** Additional sense code and qualifier, a byte each: the medium may have changed. */
const MEDIUM_CHANGED = 0x28;

/** QEMU's `virtio-scsi-device`. */
export class VirtioScsi implements VirtioModel {
  readonly features = featureBits([Feature.HOTPLUG, Feature.CHANGE]);
  readonly queueSizes: readonly number[];
  readonly configBytes = SCSI_CONFIG_BYTES;
  readonly childBus: ChildBus;
  readonly #port: VirtioPort;
  readonly #config: ScsiConfig;
  readonly #requests: RequestPump<ScsiRequest>;
  readonly #targets = new Map<number, ScsiDrive>();
  readonly #managed: ManagedTargets;
  /** An event found no room. */
  #missed = false;

  constructor(port: VirtioPort, clock: Clock, settings: ScsiSettings) {
    this.#port = port;
    this.#config = new ScsiConfig(settings);
    this.queueSizes = Array.from(
      { length: Queue.REQUESTS + settings.queues },
      () => settings.queueSize,
    );
    const unitOf = (target: number): ScsiUnit | null => this.#targets.get(target)?.unit ?? null;
    this.#requests = new RequestPump(
      port,
      clock,
      Queue.REQUESTS,
      (element) => new ScsiRequest({ ...this.#sizes(), unitOf }, element),
    );
    const isCurrent = (target: number): boolean => {
      const unit = unitOf(target);
      return unit !== null && this.#requests.current?.unit === unit;
    };
    this.#managed = {
      has: (target) => this.#targets.has(target),
      isBusy: isCurrent,
      abort: (target) => this.#giveUp(target, Response.ABORTED),
      reset: (target) => {
        this.#giveUp(target, Response.RESET);
        unitOf(target)?.reset();
      },
    };
    this.childBus = { attach: (target, device) => this.#attach(target, device) };
  }

  readConfig(): Uint8Array {
    return this.#config.read();
  }

  writeConfig(offset: number, bytes: Uint8Array): void {
    if (!this.#config.write(offset, bytes)) {
      this.#port.fail("bad data written to virtio-scsi configuration space");
    }
  }

  kicked(queue: Virtqueue): void {
    switch (queue.index) {
      case Queue.CONTROL:
        this.#control(queue);
        break;
      case Queue.EVENTS:
        if (this.#missed) this.#tell(0, new Uint8Array(8), 0);
        break;
      default:
        this.#requests.kick();
    }
  }

  queueReset(queue: Virtqueue): void {
    this.#requests.queueReset(queue);
  }

  reset(): void {
    this.#requests.reset();
    this.#config.reset();
    this.#missed = false;
  }

  dispose(): void {
    this.#requests.reset();
  }

  #sizes(): { readonly commandBytes: number; readonly senseBytes: number } {
    const { commandBytes, senseBytes } = this.#config;
    return { commandBytes, senseBytes };
  }

  #attach(target: number, device: Device): void {
    if (!(device instanceof ScsiDrive)) {
      throw new PcError(`place ${target} of a SCSI controller takes no such device`, {
        rule: "scsi-bus",
      });
    }
    this.#targets.set(target, device);
    device.attach({
      detach: () => {
        this.#giveUp(target, Response.BAD_TARGET);
        this.#targets.delete(target);
        this.#plugEvent(target, Reset.REMOVED);
      },
      mediumChanged: () => {
        if (!this.#port.has(Feature.CHANGE)) return;
        this.#tell(Event.PARAMETER_CHANGE, addressBytes(target), MEDIUM_CHANGED);
      },
    });
    this.#plugEvent(target, Reset.RESCAN);
  }

  #plugEvent(target: number, reason: number): void {
    if (!this.#port.has(Feature.HOTPLUG)) return;
    this.#tell(Event.TRANSPORT_RESET, addressBytes(target), reason);
  }

  #giveUp(target: number, response: number): void {
    const { current } = this.#requests;
    const unit = this.#targets.get(target)?.unit;
    if (current === null || unit === undefined || current.unit !== unit) return;
    current.abort(response);
    this.#requests.ended();
  }

  #control(queue: Virtqueue): void {
    for (let taken = 0; taken < queue.size; taken++) {
      const element = queue.pop();
      if (element === null) break;
      const written = manage(element, this.#managed);
      if (written === null) {
        this.#port.fail("a request about tasks is too short, or is where no memory is");
        return;
      }
      queue.push(element, written);
    }
    queue.notify();
  }

  /** Tell the driver of an event; where it has no room, that one was missed is told later. */
  #tell(event: number, address: Uint8Array, reason: number): void {
    const queue = this.#port.queues[Queue.EVENTS];
    if (queue === undefined || (this.#port.status & Status.DRIVER_OK) === 0) return;
    const element = queue.pop();
    if (element === null) {
      this.#missed = true;
      return;
    }
    const bytes = new Uint8Array(EVENT_BYTES);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, (event | (this.#missed ? Event.MISSED : 0)) >>> 0, true);
    bytes.set(address, 4);
    view.setUint32(12, reason, true);
    this.#missed = false;
    if (!element.write(0, bytes)) {
      this.#port.fail("a buffer for an event is too small, or is where no memory is");
      return;
    }
    queue.push(element, EVENT_BYTES);
    queue.notify();
  }
}
