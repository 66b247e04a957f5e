/**
 * A device on the USB: it answers control requests at endpoint 0, and packets at the endpoints that it
 * describes.
 */
import type { QomObject } from "@mem/qom";

import type { DeviceContext } from "../device/context.js";
import type { Device } from "../device/device.js";
import { createDeviceObject } from "../device/device-object.js";
import {
  configurationDescriptor,
  deviceDescriptor,
  stringDescriptor,
  type UsbDescription,
} from "./descriptors.js";
import {
  DescriptorType,
  Feature,
  RequestType,
  StandardRequest,
  UsbResult,
  UsbToken,
  type UsbRequest,
} from "./requests.js";

/** The port that a device is plugged into. */
export interface UsbPort {
  /** The device has something to say, also to a host that sleeps. */
  wake(): void;
  /** The device is gone. */
  detach(): void;
}

const SETUP_BYTES = 8;
/** Most bytes of a control request. */
const MOST_CONTROL = 4096;
const NOTHING = new Uint8Array(0);
const MOST_ADDRESS = 127;

/** Stage of a control transfer. */
type Stage = "idle" | "in" | "out" | "failed";

/** Base of the devices. */
export abstract class UsbDevice implements Device {
  readonly object: QomObject;
  readonly description: UsbDescription;
  /** Its name, if it was given one. */
  readonly id: string | null;
  protected readonly context: DeviceContext;
  #port: UsbPort | null = null;
  #address = 0;
  #configuration = 0;
  #mayWake = false;
  /** Endpoints that are halted, by their addresses. */
  readonly #halted = new Set<number>();
  #stage: Stage = "idle";
  #request: UsbRequest = { type: 0, request: 0, value: 0, index: 0, length: 0 };
  /** Bytes of the request that is under way, and how many have passed. */
  #bytes: Uint8Array = NOTHING;
  #passed = 0;

  /** @param typeName its QOM type */
  constructor(context: DeviceContext, typeName: string, description: UsbDescription) {
    this.context = context;
    this.id = context.id ?? null;
    this.description = description;
    this.object = createDeviceObject(context.machine, typeName, context.path);
  }

  /** The address that the host gave it, 0 before. */
  get address(): number {
    return this.#address;
  }

  /** True if the host has chosen its configuration. */
  get configured(): boolean {
    return this.#configuration !== 0;
  }

  /** It is plugged into `port`, or (`null`) was taken out. */
  connect(port: UsbPort | null): void {
    this.#port = port;
    this.reset();
  }

  /** The state after power-on, and after a reset on the bus. */
  reset(): void {
    this.#address = 0;
    this.#configuration = 0;
    this.#mayWake = false;
    this.#halted.clear();
    this.#stage = "idle";
    this.#bytes = NOTHING;
    this.resetFunction();
  }

  /** The host took it out. */
  dispose(): void {
    this.#port?.detach();
    this.#port = null;
  }

  /**
   * A packet of the host.
   * @param token    one of {@link UsbToken}
   * @param endpoint 0 to 15
   * @param data     bytes that came, or the place for those that are wanted
   * @returns how many bytes were moved, or one of {@link UsbResult}
   */
  packet(token: number, endpoint: number, data: Uint8Array): number {
    if (endpoint === 0) return this.#control(token, data);
    const isIn = token === UsbToken.IN;
    const address = endpoint | (isIn ? RequestType.IN : 0);
    const isKnown = this.description.endpoints.some((one) => one.address === address);
    if (!isKnown || !this.configured || token === UsbToken.SETUP) return UsbResult.STALL;
    if (this.#halted.has(address)) return UsbResult.STALL;
    return isIn ? this.send(endpoint, data) : this.receive(endpoint, data);
  }

  /** The function behind the endpoints is as after power-on. */
  protected abstract resetFunction(): void;

  /** Fill `data` at an endpoint. @returns how many bytes, or one of {@link UsbResult} */
  protected abstract send(endpoint: number, data: Uint8Array): number;

  /** Take `data` at an endpoint. @returns how many bytes, or one of {@link UsbResult} */
  protected receive(_endpoint: number, _data: Uint8Array): number {
    return UsbResult.STALL;
  }

  /**
   * A request of the device's class.
   * @param data what came with it
   * @returns the answer, empty for a request that wants none; `null` when it is not known
   */
  protected classRequest(_request: UsbRequest, _data: Uint8Array): Uint8Array | null {
    return null;
  }

  /** A descriptor of the device's class, `null` when there is none. */
  protected classDescriptor(_type: number): Uint8Array | null {
    return null;
  }

  /** The host should ask: it is woken if it allowed that. */
  protected wakeHost(): void {
    if (this.#mayWake) this.#port?.wake();
  }

  /** Halt an endpoint, by its address, until the host clears that. */
  protected halt(address: number): void {
    this.#halted.add(address);
  }

  #control(token: number, data: Uint8Array): number {
    if (token === UsbToken.SETUP) return this.#setUp(data);
    if (this.#stage === "failed") return UsbResult.STALL;
    const isIn = token === UsbToken.IN;
    switch (this.#stage) {
      case "in":
        return isIn ? this.#answer(data) : this.#finish();
      case "out":
        return isIn ? this.#carryOut() : this.#collect(data);
      default:
        return isIn ? UsbResult.STALL : data.length;
    }
  }

  #setUp(data: Uint8Array): number {
    this.#stage = "failed";
    if (data.length !== SETUP_BYTES) return UsbResult.STALL;
    const view = new DataView(data.buffer, data.byteOffset, SETUP_BYTES);
    this.#request = {
      type: view.getUint8(0),
      request: view.getUint8(1),
      value: view.getUint16(2, true),
      index: view.getUint16(4, true),
      length: view.getUint16(6, true),
    };
    this.#passed = 0;
    const { type, length } = this.#request;
    if ((type & RequestType.IN) !== 0) {
      const answer = this.#serve(NOTHING);
      if (answer === null) return data.length;
      this.#bytes = answer.subarray(0, length);
      this.#stage = "in";
    } else if (length <= MOST_CONTROL) {
      this.#bytes = length === 0 ? NOTHING : new Uint8Array(length);
      this.#stage = "out";
    }
    return data.length;
  }

  #answer(data: Uint8Array): number {
    const part = this.#bytes.subarray(this.#passed, this.#passed + data.length);
    data.set(part);
    this.#passed += part.length;
    return part.length;
  }

  #collect(data: Uint8Array): number {
    const room = this.#bytes.length - this.#passed;
    this.#bytes.set(data.subarray(0, room), this.#passed);
    this.#passed += Math.min(room, data.length);
    return data.length;
  }

  #finish(): number {
    this.#stage = "idle";
    return 0;
  }

  /** A request that came with all of its bytes. */
  #carryOut(): number {
    const answer = this.#serve(this.#bytes.subarray(0, this.#passed));
    this.#stage = answer === null ? "failed" : "idle";
    return answer === null ? UsbResult.STALL : 0;
  }

  #serve(data: Uint8Array): Uint8Array | null {
    const { type } = this.#request;
    return (type & RequestType.KIND) === RequestType.STANDARD
      ? this.#standard(this.#request)
      : this.classRequest(this.#request, data);
  }

  #standard(request: UsbRequest): Uint8Array | null {
    const { value, index } = request;
    switch (request.request) {
      case StandardRequest.GET_STATUS:
        return this.#status(request);
      case StandardRequest.CLEAR_FEATURE:
      case StandardRequest.SET_FEATURE:
        return this.#feature(request);
      case StandardRequest.SET_ADDRESS:
        if (value > MOST_ADDRESS) return null;
        this.#address = value;
        return NOTHING;
      case StandardRequest.GET_DESCRIPTOR:
        return this.#descriptor(value >> 8, value & 0xff);
      case StandardRequest.GET_CONFIGURATION:
        return Uint8Array.of(this.#configuration);
      case StandardRequest.SET_CONFIGURATION:
        if (value > 1) return null;
        this.#configuration = value;
        this.#halted.clear();
        return NOTHING;
      case StandardRequest.GET_INTERFACE:
        return index === 0 ? Uint8Array.of(0) : null;
      case StandardRequest.SET_INTERFACE:
        return index === 0 && value === 0 ? NOTHING : null;
      default:
        return null;
    }
  }

  #status({ type, index }: UsbRequest): Uint8Array | null {
    switch (type & RequestType.RECIPIENT) {
      case RequestType.DEVICE:
        return Uint8Array.of(this.#mayWake ? 2 : 0, 0);
      case RequestType.INTERFACE:
        return Uint8Array.of(0, 0);
      case RequestType.ENDPOINT:
        return Uint8Array.of(this.#halted.has(index & 0x8f) ? 1 : 0, 0);
      default:
        return null;
    }
  }

  #feature({ type, request, value, index }: UsbRequest): Uint8Array | null {
    const isSet = request === StandardRequest.SET_FEATURE;
    const recipient = type & RequestType.RECIPIENT;
    if (recipient === RequestType.DEVICE && value === Feature.REMOTE_WAKEUP) {
      this.#mayWake = isSet && this.description.wakes;
      return NOTHING;
    }
    if (recipient !== RequestType.ENDPOINT || value !== Feature.ENDPOINT_HALT) return null;
    const endpoint = index & 0x8f;
    if (isSet) this.#halted.add(endpoint);
    else this.#halted.delete(endpoint);
    return NOTHING;
  }

  #descriptor(type: number, index: number): Uint8Array | null {
    switch (type) {
      case DescriptorType.DEVICE:
        return deviceDescriptor(this.description);
      case DescriptorType.CONFIGURATION:
        return index === 0 ? configurationDescriptor(this.description) : null;
      case DescriptorType.STRING:
        return stringDescriptor(this.description, index);
      default:
        return this.classDescriptor(type);
    }
  }
}
