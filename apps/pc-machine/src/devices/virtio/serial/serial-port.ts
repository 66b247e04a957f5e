/** A port of a serial controller behind virtio. */
import type { QomObject } from "@mem/qom";

import type { DeviceContext } from "../../../device/context.js";
import { createDeviceObject } from "../../../device/device-object.js";
import type { Device } from "../../../device/device.js";
import { NullBackend, type CharBackend } from "../../../host/chardev.js";
import { PortStream, type PortQueues } from "./port-stream.js";

/** The place on a controller that a port is plugged into. */
export interface PortPlace {
  /** Its number, from 0. */
  readonly number: number;
  readonly queues: PortQueues;
  /** Somebody at the host takes what comes, or nobody does any more. */
  hostChanged(): void;
  /** The port is gone. */
  detach(): void;
}

/** Settings of a port. */
export interface SerialPortSettings {
  /** Its QOM type. */
  readonly type: "virtconsole" | "virtserialport";
  /** Name by which programs of the guest find it, empty for none. */
  readonly name: string;
  /** `null`: what the guest writes is lost. */
  readonly backend: CharBackend | null;
}

/** QEMU's `virtconsole` and `virtserialport`. */
export class VirtioSerialPort implements Device {
  readonly object: QomObject;
  /** True if the guest has a console there, and no plain port. */
  readonly isConsole: boolean;
  /** Name by which programs of the guest find it, empty for none. */
  readonly name: string;
  readonly #context: DeviceContext;
  readonly #backend: CharBackend | null;
  #place: PortPlace | null = null;
  #stream: PortStream | null = null;
  #hostOpen: boolean;
  #guestOpen = false;

  constructor(context: DeviceContext, { type, name, backend }: SerialPortSettings) {
    this.#context = context;
    this.#backend = backend;
    this.name = name;
    this.isConsole = type === "virtconsole";
    // Of a console all is handed over: what becomes of it is the character device's to say.
    this.#hostOpen = backend !== null && (this.isConsole || (backend.connected ?? true));
    this.object = createDeviceObject(context.machine, type, context.path);
    if (backend !== null && !this.isConsole && "onEvent" in backend) {
      backend.onEvent = (event) => {
        if (event !== "break") this.#setHostOpen(event === "opened");
      };
    }
  }

  /** True if somebody at the host takes what comes. */
  get hostOpen(): boolean {
    return this.#hostOpen;
  }

  /** True if a program of the guest has it open. */
  get guestOpen(): boolean {
    return this.#guestOpen;
  }

  /** True if the guest has to wait for whoever reads at the host. */
  get throttled(): boolean {
    return this.#stream?.throttled ?? false;
  }

  get details(): readonly string[] {
    const word = (on: boolean): string => (on ? "on" : "off");
    const { number = 0 } = this.#place ?? {};
    const [guest, host] = [word(this.#guestOpen), word(this.#hostOpen)];
    return [`port ${number}, guest ${guest}, host ${host}, throttle ${word(this.throttled)}`];
  }

  /** A controller has it at a place of its bus. */
  attach(place: PortPlace): void {
    this.#place = place;
    this.#stream = new PortStream(
      this.#backend ?? new NullBackend(),
      this.#context.clock,
      place.queues,
      this.#hostOpen,
    );
  }

  /** A program of the guest has opened it, or closed it. */
  setGuestOpen(open: boolean): void {
    if (open === this.#guestOpen) return;
    this.#guestOpen = open;
    if (this.#stream !== null) this.#stream.guestOpen = open;
    const { id, board } = this.#context;
    if (id !== undefined) board?.report({ kind: "port", id, open });
  }

  /** There may be something in its queues, or room. */
  kicked(): void {
    this.#stream?.kicked();
  }

  /** Give up what was taken from a queue of it. */
  forget(): void {
    this.#stream?.forget();
  }

  /** Send a byte to the host at once, past the queues. */
  writeNow(byte: number): void {
    if (this.#hostOpen) this.#backend?.write(byte);
  }

  reset(): void {
    this.setGuestOpen(false);
    this.#stream?.reset();
  }

  dispose(): void {
    this.#stream?.dispose();
    if (this.#backend !== null && "onEvent" in this.#backend) this.#backend.onEvent = null;
    this.#place?.detach();
    this.#place = null;
  }

  #setHostOpen(open: boolean): void {
    if (open === this.#hostOpen) return;
    this.#hostOpen = open;
    if (this.#stream !== null) this.#stream.hostOpen = open;
    this.#place?.hostChanged();
  }
}
