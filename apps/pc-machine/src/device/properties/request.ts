/** A device that somebody wants plugged in. */
import type { DeviceDefinition } from "../definition.js";
import type { Device } from "../device.js";
import type { PropertySchema, PropertyValues } from "./property.js";

/** Request for a device: the kind, and what is set about it. */
export interface DeviceRequest<D extends Device = Device> {
  /** The kind, or its name in the registry. */
  readonly device: DeviceDefinition<PropertySchema, D> | string;
  /** Its name: `peripheral/ID` in the object tree. */
  readonly id?: string;
  /** On PCI: its place, such as `"5"` or `"1.2"`; the first free slot unless given. */
  readonly addr?: string;
  /** The bus that it goes on, such as `ide.1`; the first with a free place unless given. */
  readonly bus?: string;
  /** Values, or texts that are read as such. */
  readonly properties?: Readonly<Record<string, unknown>>;
  /** Wording of the request, for messages. */
  readonly option?: string;
}

/**
 * A request for a device of a kind at hand, with its properties checked by the compiler.
 *
 * @example
 * new PcMachine({ ramSize, bios, devices: [plug(isaDebugExit, { iobase: 0xf4 })] });
 */
export function plug<S extends PropertySchema, D extends Device>(
  device: DeviceDefinition<S, D>,
  properties: Partial<PropertyValues<S>> = {},
  place: Pick<DeviceRequest, "id" | "addr" | "option"> = {},
): DeviceRequest<D> {
  return { device, properties, ...place };
}
