/** Descriptors: a device tells by them what it is. */
import { DescriptorType } from "./requests.js";

/** An endpoint besides the one for control. */
export interface UsbEndpoint {
  /** Its number; bit 7 for one that sends to the host. */
  readonly address: number;
  readonly type: "bulk" | "interrupt";
  /** Bytes of a packet. */
  readonly maxPacket: number;
  /** Time between two questions, in ms. */
  readonly interval?: number;
}

/** Facts that a device tells about itself. It has one configuration with one interface. */
export interface UsbDescription {
  readonly vendorId: number;
  readonly productId: number;
  readonly manufacturer: string;
  readonly product: string;
  readonly serial: string;
  /** Class, subclass and protocol of the interface. */
  readonly interfaceClass: readonly [number, number, number];
  /** Bytes of a packet at the control endpoint: 8 or 64. */
  readonly controlPacket: 8 | 64;
  /** Descriptors of the class, between interface and endpoints. */
  readonly classDescriptors?: readonly number[];
  readonly endpoints: readonly UsbEndpoint[];
  /** True if it may wake the host. */
  readonly wakes: boolean;
}

const RELEASE_USB = 0x0110;
const ENGLISH_US = 0x0409;
const Attribute = { ALWAYS: 0x80, WAKES: 0x20 } as const;
/** In units of 2 mA. */
const POWER = 50;
const ENDPOINT_TYPE = { bulk: 2, interrupt: 3 } as const;
const Text = { MANUFACTURER: 1, PRODUCT: 2, SERIAL: 3 } as const;

const word = (value: number): readonly number[] => [value & 0xff, value >> 8];

/** The device's descriptor. */
export function deviceDescriptor(description: UsbDescription): Uint8Array {
  const { vendorId, productId, controlPacket } = description;
  return Uint8Array.from([
    18,
    DescriptorType.DEVICE,
    ...word(RELEASE_USB),
    ...[0, 0, 0],
    controlPacket,
    ...word(vendorId),
    ...word(productId),
    ...word(0),
    ...[Text.MANUFACTURER, Text.PRODUCT, Text.SERIAL],
    1,
  ]);
}

/** The configuration's descriptor, with those of interface and endpoints. */
export function configurationDescriptor(description: UsbDescription): Uint8Array {
  const { endpoints, interfaceClass, classDescriptors = [], wakes } = description;
  const parts = [
    ...[9, DescriptorType.INTERFACE, 0, 0, endpoints.length, ...interfaceClass, 0],
    ...classDescriptors,
    ...endpoints.flatMap(({ address, type, maxPacket, interval = 0 }) => [
      ...[7, DescriptorType.ENDPOINT, address, ENDPOINT_TYPE[type]],
      ...word(maxPacket),
      interval,
    ]),
  ];
  const attributes = Attribute.ALWAYS | (wakes ? Attribute.WAKES : 0);
  return Uint8Array.from([
    9,
    DescriptorType.CONFIGURATION,
    ...word(9 + parts.length),
    ...[1, 1, 0, attributes, POWER],
    ...parts,
  ]);
}

/** Text `index`, as a descriptor; `null` when there is none. Text 0 says in which language they are. */
export function stringDescriptor(description: UsbDescription, index: number): Uint8Array | null {
  const { manufacturer, product, serial } = description;
  const texts = [null, manufacturer, product, serial];
  const units =
    index === 0 ? [ENGLISH_US] : [...(texts[index] ?? "")].map((letter) => letter.charCodeAt(0));
  if (index !== 0 && units.length === 0) return null;
  return Uint8Array.from([2 + 2 * units.length, DescriptorType.STRING, ...units.flatMap(word)]);
}
