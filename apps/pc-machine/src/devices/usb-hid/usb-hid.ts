/** A human interface device: reports of what the user's hands do, when the host asks. */
import { boardOf, type DeviceContext } from "../../device/context.js";
import type { InputHandler, InputHandlers } from "../../input/input-handlers.js";
import { UsbResult, type UsbRequest } from "../../usb/requests.js";
import { UsbDevice } from "../../usb/usb-device.js";

/** Requests of the class. */
const Request = {
  GET_REPORT: 0x01,
  GET_IDLE: 0x02,
  GET_PROTOCOL: 0x03,
  SET_REPORT: 0x09,
  SET_IDLE: 0x0a,
  SET_PROTOCOL: 0x0b,
} as const;
const Descriptor = { HID: 0x21, REPORT: 0x22 } as const;
const HID_CLASS = 3;
const HID_RELEASE = 0x0111;
/** In units of 4 ms. */
const IDLE_NS = 4_000_000;
const VENDOR = 0x0627;
const PRODUCT = 0x0001;
const NOTHING = new Uint8Array(0);

/** A kind of device. */
export interface HidKind {
  /** Its QOM type. */
  readonly typeName: string;
  readonly product: string;
  /** Subclass and protocol: 1 and 1 or 2 for a keyboard or a mouse that firmware can use. */
  readonly boot: readonly [subclass: number, protocol: number];
  readonly reportDescriptor: readonly number[];
  /** Bytes of a report. */
  readonly reportBytes: number;
  /** Time between two questions, in ms. */
  readonly interval: number;
}

/** Base of keyboard, mouse and tablet. */
export abstract class UsbHid extends UsbDevice {
  readonly #kind: HidKind;
  readonly #input: InputHandlers;
  /** The report that was sent last. */
  readonly #last: Uint8Array;
  #idle = 0;
  #protocol = 1;
  #sentNs = 0;
  #handler: InputHandler | null = null;

  constructor(context: DeviceContext, kind: HidKind) {
    super(context, kind.typeName, {
      vendorId: VENDOR,
      productId: PRODUCT,
      manufacturer: "QEMU",
      product: kind.product,
      serial: "1",
      interfaceClass: [HID_CLASS, ...kind.boot],
      controlPacket: 8,
      classDescriptors: hidDescriptor(kind.reportDescriptor.length),
      endpoints: [
        {
          address: 0x81,
          type: "interrupt",
          maxPacket: kind.reportBytes,
          interval: kind.interval,
        },
      ],
      wakes: true,
    });
    this.#kind = kind;
    this.#input = boardOf(context, kind.typeName).input;
    this.#last = new Uint8Array(kind.reportBytes);
  }

  override dispose(): void {
    super.dispose();
    if (this.#handler !== null) this.#input.remove(this.#handler);
  }

  /** Receive what the user does, from now on. Call it in the constructor. */
  protected handle(handler: InputHandler): void {
    this.#handler = handler;
    this.#input.add(handler);
  }

  protected override resetFunction(): void {
    this.#idle = 0;
    this.#protocol = 1;
    this.forget();
  }

  /** Drop what was not told yet. Called in the base's constructor, too. */
  protected abstract forget(): void;

  /** True if there is something to tell. */
  protected abstract get pending(): boolean;

  /** The next report, of the state after the next event, into `report`. */
  protected abstract next(report: Uint8Array): void;

  /** Lights that the host sets. */
  protected setLights(_lights: number): void {
    // There are none but a keyboard's.
  }

  protected override send(_endpoint: number, data: Uint8Array): number {
    // A driver that asks is one that uses the device.
    if (this.#handler !== null) this.#input.activate(this.#handler);
    const now = this.context.clock.nowNs();
    const isDue = this.#idle !== 0 && now - this.#sentNs >= this.#idle * IDLE_NS;
    if (!this.pending && !isDue) return UsbResult.NAK;
    return this.#report(data, now);
  }

  protected override classRequest(request: UsbRequest, data: Uint8Array): Uint8Array | null {
    switch (request.request) {
      case Request.GET_REPORT: {
        const report = new Uint8Array(this.#kind.reportBytes);
        this.#report(report, this.context.clock.nowNs());
        return report;
      }
      case Request.SET_REPORT:
        this.setLights(data[0] ?? 0);
        return NOTHING;
      case Request.GET_IDLE:
        return Uint8Array.of(this.#idle);
      case Request.SET_IDLE:
        this.#idle = request.value >> 8;
        return NOTHING;
      case Request.GET_PROTOCOL:
        return Uint8Array.of(this.#protocol);
      case Request.SET_PROTOCOL:
        this.#protocol = request.value & 1;
        return NOTHING;
      default:
        return null;
    }
  }

  protected override classDescriptor(type: number): Uint8Array | null {
    const { reportDescriptor } = this.#kind;
    switch (type) {
      case Descriptor.HID:
        return Uint8Array.from(hidDescriptor(reportDescriptor.length));
      case Descriptor.REPORT:
        return Uint8Array.from(reportDescriptor);
      default:
        return null;
    }
  }

  #report(data: Uint8Array, now: number): number {
    if (this.pending) this.next(this.#last);
    this.#sentNs = now;
    if (data.length < this.#last.length) return UsbResult.BABBLE;
    data.set(this.#last);
    return this.#last.length;
  }
}

/** The descriptor between interface and endpoint: how long the report's descriptor is. */
function hidDescriptor(length: number): readonly number[] {
  const release = [HID_RELEASE & 0xff, HID_RELEASE >> 8];
  return [9, Descriptor.HID, ...release, 0, 1, Descriptor.REPORT, length & 0xff, length >> 8];
}
