/** A controller of serial ports and consoles behind virtio (section 5.3). */
import type { ChildBus, Device } from "../../../device/device.js";
import { PcError } from "../../../pc-error.js";
import type { Virtqueue } from "../queue/virtqueue.js";
import { featureBits, Status, type VirtioModel, type VirtioPort } from "../virtio-model.js";
import { ControlChannel, PortEvent, portMessage, type PortMessage } from "./control-channel.js";
import { VirtioSerialPort } from "./serial-port.js";

const Feature = { MULTIPORT: 1, EMERGENCY_WRITE: 2 } as const;
/** Port 0 has the first two queues, those of the others follow the control queues. */
const Queue = { CONTROL_INPUT: 2, CONTROL_OUTPUT: 3 } as const;
const ENTRIES = 128;
const CONTROL_ENTRIES = 32;
const Config = { PORTS: 4, EMERGENCY: 8 } as const;
const CONFIG_BYTES = 12;

/** Settings of a controller. */
export interface VirtioSerialSettings {
  /** Most ports, from 1. */
  readonly maxPorts: number;
  /** True if the guest may write bytes to the first port's console without a queue. */
  readonly emergencyWrite: boolean;
}

/** QEMU's `virtio-serial-device`. */
export class VirtioSerial implements VirtioModel {
  readonly features: bigint;
  readonly queueSizes: readonly number[];
  readonly configBytes = CONFIG_BYTES;
  readonly childBus: ChildBus;
  readonly #port: VirtioPort;
  readonly #settings: VirtioSerialSettings;
  readonly #control: ControlChannel;
  readonly #ports = new Map<number, VirtioSerialPort>();

  constructor(port: VirtioPort, settings: VirtioSerialSettings) {
    this.#port = port;
    this.#settings = settings;
    const { maxPorts, emergencyWrite } = settings;
    this.features = featureBits([
      ...(maxPorts > 1 ? [Feature.MULTIPORT] : []),
      ...(emergencyWrite ? [Feature.EMERGENCY_WRITE] : []),
    ]);
    this.queueSizes = [
      ...[ENTRIES, ENTRIES, CONTROL_ENTRIES, CONTROL_ENTRIES],
      ...Array.from({ length: 2 * (maxPorts - 1) }, () => ENTRIES),
    ];
    this.#control = new ControlChannel(
      () => (this.#isUp ? port.queues[Queue.CONTROL_INPUT] : undefined),
      (problem) => port.fail(problem),
    );
    this.childBus = { attach: (place, device) => this.#attach(place, device) };
  }

  readConfig(): Uint8Array {
    const bytes = new Uint8Array(CONFIG_BYTES);
    new DataView(bytes.buffer).setUint32(Config.PORTS, this.#settings.maxPorts, true);
    return bytes;
  }

  writeConfig(offset: number, bytes: Uint8Array): void {
    const byte = bytes[Config.EMERGENCY - offset];
    if (byte === undefined || !this.#settings.emergencyWrite) return;
    if (bytes.subarray(Config.EMERGENCY - offset).every((part) => part === 0)) return;
    this.#ports.get(0)?.writeNow(byte);
  }

  kicked(queue: Virtqueue): void {
    switch (queue.index) {
      case Queue.CONTROL_INPUT:
        this.#control.flush();
        break;
      case Queue.CONTROL_OUTPUT:
        this.#takeMessages(queue);
        break;
      default: {
        const port = this.#ports.get(portOf(queue));
        if (port === undefined) discard(queue);
        else port.kicked();
      }
    }
  }

  queueReset(queue: Virtqueue): void {
    this.#ports.get(portOf(queue))?.forget();
  }

  /** A driver that knows one port alone says nothing of its being open. */
  statusChanged(status: number): void {
    const isUp = (status & Status.DRIVER_OK) !== 0;
    if (!isUp) {
      for (const port of this.#ports.values()) port.setGuestOpen(false);
    } else if (!this.#port.has(Feature.MULTIPORT)) {
      this.#ports.get(0)?.setGuestOpen(true);
    }
  }

  reset(): void {
    this.#control.reset();
    for (const port of this.#ports.values()) port.reset();
  }

  get #isUp(): boolean {
    return (this.#port.status & Status.DRIVER_OK) !== 0 && this.#port.has(Feature.MULTIPORT);
  }

  #attach(place: number, device: Device): void {
    const [input, output] = queuesOf(place).map((index) => this.#port.queues[index]);
    if (!(device instanceof VirtioSerialPort) || input === undefined || output === undefined) {
      throw new PcError(`place ${place} of a serial controller takes no such device`, {
        rule: "virtio-serial-bus",
      });
    }
    this.#ports.set(place, device);
    device.attach({
      number: place,
      queues: { input, output, fail: (problem) => this.#port.fail(problem) },
      hostChanged: () => this.#tell(place, PortEvent.OPEN, device.hostOpen ? 1 : 0),
      detach: () => {
        this.#ports.delete(place);
        this.#tell(place, PortEvent.REMOVE);
      },
    });
    this.#tell(place, PortEvent.ADD);
  }

  /** Tell a driver that is there already; one that comes later asks. */
  #tell(port: number, event: number, value = 1): void {
    if (this.#isUp) this.#control.send({ port, event, value });
  }

  #takeMessages(queue: Virtqueue): void {
    for (let taken = 0; taken < queue.size; taken++) {
      const element = queue.pop();
      if (element === null) break;
      const message = portMessage(element);
      if (message !== null) this.#take(message);
      queue.push(element, 0);
    }
    queue.notify();
  }

  #take({ port: number, event, value }: PortMessage): void {
    if (event === PortEvent.DEVICE_READY) {
      if (value === 0) this.#port.complain("the guest could not add the device");
      else for (const each of this.#ports.keys()) this.#tell(each, PortEvent.ADD);
      return;
    }
    const port = this.#ports.get(number);
    if (port === undefined) {
      this.#port.complain(`there is no port ${number}`);
      return;
    }
    if (event === PortEvent.OPEN) port.setGuestOpen(value !== 0);
    if (event !== PortEvent.READY) return;
    if (value === 0) {
      this.#port.complain(`the guest could not add port ${number}`);
      return;
    }
    if (port.isConsole) this.#tell(number, PortEvent.CONSOLE);
    if (port.name !== "") {
      this.#control.send({ port: number, event: PortEvent.NAME, value: 1 }, port.name);
    }
    if (port.hostOpen) this.#tell(number, PortEvent.OPEN);
  }
}

/** The queues of a port: bytes for the guest, bytes from it. */
function queuesOf(port: number): readonly [input: number, output: number] {
  const input = port === 0 ? 0 : Queue.CONTROL_OUTPUT + 1 + 2 * (port - 1);
  return [input, input + 1];
}

/** The port of a queue that is none of the control queues. */
function portOf({ index }: Virtqueue): number {
  return index < Queue.CONTROL_INPUT ? 0 : Math.floor(index / 2) - 1;
}

/** Bytes for a port that is not there are lost; room for bytes of one is left where it is. */
function discard(queue: Virtqueue): void {
  if (queue.index % 2 === 0) return;
  for (let taken = 0; taken < queue.size; taken++) {
    const element = queue.pop();
    if (element === null) break;
    queue.push(element, 0);
  }
  queue.notify();
}
