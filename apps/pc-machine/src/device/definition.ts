/** Declaration of a kind of device: everything that is said about it is read from here. */
import { PcError } from "../pc-error.js";
import type { DeviceContext } from "./context.js";
import type { Device } from "./device.js";
import type { PropertySchema, PropertyValues } from "./properties/property.js";

/** The bus that a device sits on. */
export type BusName = (typeof BUSES)[number];

const BUSES = [
  "ISA",
  "PCI",
  "System",
  "i2c-bus",
  "IDE",
  "floppy-bus",
  "usb-bus",
  "SCSI",
  "virtio-serial-bus",
] as const;

/** QEMU's categories, in the order in which `-device help` lists them. */
export const DEVICE_CATEGORIES = [
  "Controller/Bridge/Hub",
  "Storage",
  "Network",
  "Input",
  "Display",
  "Misc",
] as const;

/** Purpose of a device. */
export type DeviceCategory = (typeof DEVICE_CATEGORIES)[number];

/** I/O ports `first` to `first + count - 1`. */
export interface PortRange {
  /** The first port, from 0 to 0xffff. */
  readonly first: number;
  /** Number of ports. */
  readonly count: number;
}

/** A kind of device. */
export interface DeviceDefinition<
  S extends PropertySchema = PropertySchema,
  D extends Device = Device,
> {
  /** QEMU's name for it, where it has one. */
  readonly name: string;
  /** Another name by which it may be asked for. */
  readonly alias?: string;
  /** The bus that it sits on. */
  readonly bus: BusName;
  /** Its purpose, by which helps list it. */
  readonly category: DeviceCategory;
  /** Description, in a few words. */
  readonly description: string;
  /** More about it, for the reference: sentences. */
  readonly documentation?: string;
  /** Properties that can be set. */
  readonly properties: S;
  /** True if `-device` takes it. Default true; false for what is soldered to the board. */
  readonly userCreatable?: boolean;
  /** True if `device_add` takes it while the machine runs. Default: on PCI it does. */
  readonly hotpluggable?: boolean;
  /** There can be one; the message for a second. */
  readonly single?: string;
  /** A bus that it brings for other devices: the kind, QEMU's name for it, and how many places it has. */
  readonly childBus?: { readonly bus: BusName; readonly name: string; readonly places: number };
  /**
   * Reason why it cannot be at a place of its bus, `null` where it can.
   * @param place  number of the place, from 0
   * @param holder the device that brought the bus
   */
  placeProblem?(place: number, holder: SettledValues): string | null;
  /** The I/O ports that it answers at, whatever the guest does. */
  ports?(values: PropertyValues<S>): readonly PortRange[];
  /**
   * Decide what was left to the device.
   * @param others what was plugged in before
   * @returns the values, or what is wrong
   */
  settle?(
    values: PropertyValues<S>,
    others: readonly SettledValues[],
  ): PropertyValues<S> | { readonly problem: string };
  /** Makes one. Its windows are mapped later. */
  create(context: DeviceContext, values: PropertyValues<S>): D;
}

/** A device that is to be made, as others see it. */
export interface SettledValues {
  readonly definition: DeviceDefinition;
  readonly values: Readonly<Record<string, unknown>>;
  /** The name that it was given, `null` or absent without one. */
  readonly id?: string | null;
}

/**
 * Declares a kind of device. The result is what is handed to a registry, or plugged in directly.
 *
 * @example
 * export const isaDebugExit = defineDevice({
 *   name: "isa-debug-exit",
 *   bus: "ISA",
 *   category: "Misc",
 *   description: "a port that ends the machine",
 *   properties: { iobase: property.uint({ bits: 16, default: 0x501, help: "its port" }) },
 *   ports: ({ iobase }) => [{ first: iobase, count: 1 }],
 *   create: (context, { iobase }) => new IsaDebugExit(context, iobase),
 * });
 */
export function defineDevice<const S extends PropertySchema, D extends Device>(
  definition: DeviceDefinition<S, D>,
): DeviceDefinition<S, D> {
  checkDefinition(definition);
  return definition;
}

/** True if `-device` takes it. */
export function isUserCreatable({ userCreatable }: DeviceDefinition): boolean {
  return userCreatable ?? true;
}

/** True if it may come and go while the machine runs. */
export function isHotpluggable({ bus, hotpluggable }: DeviceDefinition): boolean {
  return hotpluggable ?? bus === "PCI";
}

/** @throws PcError for what describes no device */
function checkDefinition(definition: unknown): void {
  const given = (definition ?? {}) as Readonly<Record<string, unknown>>;
  const fail = (what: string, expects: string): never => {
    throw new PcError(`defineDevice: ${what} must be ${expects}`, { rule: "device-definition" });
  };
  for (const name of ["name", "description"]) {
    if (typeof given[name] !== "string") fail(name, "a string");
  }
  const { bus, category, properties, create } = given;
  if (!BUSES.some((each) => each === bus)) fail("bus", `one of ${BUSES.join(", ")}`);
  if (!DEVICE_CATEGORIES.some((each) => each === category)) {
    fail("category", `one of ${DEVICE_CATEGORIES.join(", ")}`);
  }
  if (typeof properties !== "object" || properties === null) fail("properties", "an object");
  if (typeof create !== "function") fail("create", "a function");
}
