import { type ObjectInit, type ObjectSystem, QomObject, type TypeInfo } from "@mem/qom";
import {
  aText,
  checkArgument,
  checkOptions,
  type OptionKind,
  type OptionTable,
} from "@mem/qom/plumbing";
import { refuseArgument } from "../arguments.js";
import { ArgumentError } from "../errors.js";
import { DeviceObject, TYPE_DEVICE } from "./device.js";

/**
 * First argument of the constructor of a device class; it passes it on to `super`.
 * @see {@link DeviceObject}
 */
export interface DeviceInit<M> extends ObjectInit {
  /** The machine that the device is made for. */
  readonly machine: M;
}

/**
 * A class of devices, as `machine.device` takes it.
 * @see {@link DeviceObject}
 */
export interface DeviceClass<T extends DeviceObject, A extends readonly unknown[], M> {
  /** Constructs a device; `args` are those of `machine.device` after the options. */
  new (init: DeviceInit<M>, ...args: A): T;
  /**
   * QOM's side of the class: properties in `classInit`, interfaces, the name of the type. Without
   * it the name is the class's own, `VirtioBlock` as `"virtio-block"`: state one where a minifier
   * shortens names that somebody sees.
   */
  readonly typeInfo?: Partial<Omit<TypeInfo, "construct">>;
}

/**
 * Place of a device, and values of its properties.
 * @see {@link DeviceObject}
 */
export interface DeviceOptions {
  /** Name under its parent; `"uart[*]"` takes the first free index. Default: `"TYPE[*]"`. */
  readonly name?: string;
  /**
   * The object that owns the device, or an absolute path, below which plain containers are made
   * where there is nothing yet. Default: `"/machine/unattached"`.
   */
  readonly parent?: QomObject | string;
  /** QOM type, made on first use below the class's own. Default: the class's own. */
  readonly type?: string;
  /** Properties to set, in order, by name. */
  readonly [property: string]: unknown;
}

/** The machine, as much of it as makes devices. */
interface DeviceMaker {
  readonly objects: ObjectSystem;
}

/** A class of devices of which only the QOM side matters. */
type AnyDeviceClass = DeviceClass<DeviceObject, never[], never>;

/** Names of the types that classes have in one system. */
export type DeviceTypes = Map<object, string>;

const UNATTACHED = "/machine/unattached";
const CALL = "machine.device";
const A_DEVICE_CLASS: OptionKind = {
  expects: "a class that extends DeviceObject",
  accepts: (value) =>
    value === DeviceObject || (typeof value === "function" && DeviceObject.isPrototypeOf(value)),
};
/** All options; those that have no property of this name are refused by the object. */
const PROPERTIES: OptionTable = { call: CALL, isOpen: true };
/** Those of them that are no properties. */
const PLACE: OptionTable = {
  call: CALL,
  optional: {
    name: aText,
    parent: {
      expects: "an object of the tree, or a path",
      accepts: (value) => typeof value === "string" || value instanceof QomObject,
    },
    type: aText,
  },
};

/** Makes a device that is its parent's from the start; see `MemorySystem.device`. */
export function makeDevice<T extends DeviceObject, A extends readonly unknown[], M>(
  machine: M & DeviceMaker,
  Class: DeviceClass<T, A, M>,
  options: DeviceOptions,
  { args, types }: { readonly args: A; readonly types: DeviceTypes },
): T {
  checkArguments(machine, Class, options);
  const { name, parent = UNATTACHED, type: wanted, ...properties } = options;
  const { objects } = machine;
  const type = typeOf(machine, Class as unknown as AnyDeviceClass, types, wanted);
  const device = construct(machine, Class, type, args);
  try {
    for (const [property, value] of Object.entries(properties)) {
      if (value !== undefined) device.setProperty(property, value);
    }
    const owner = typeof parent === "string" ? objects.container(parent) : parent;
    owner.addChild(name ?? `${type}[*]`, device);
    device.realize();
  } catch (error) {
    objects.deferFinalization(() => {
      letGoOfRegions(device);
      device.unparent();
      device.unref();
    });
    throw error;
  }
  // The parent's reference keeps it: leaving the parent ends it.
  device.unref();
  return device;
}

function construct<T extends DeviceObject, A extends readonly unknown[], M>(
  machine: M & DeviceMaker,
  Class: DeviceClass<T, A, M>,
  type: string,
  args: A,
): T {
  const begun: DeviceObject[] = [];
  try {
    return machine.objects.build(type, (init) => {
      const all = { ...init, machine, begun: (device: DeviceObject) => void begun.push(device) };
      return new Class(all, ...args);
    });
  } catch (error) {
    for (const device of begun) letGoOfRegions(device);
    throw error;
  }
}

/** A region in the map of others. */
interface PlacedRegion extends QomObject {
  readonly container: { removeSubregion(sub: QomObject): void } | null;
}

/** Ends what a device made before it failed: its regions leave the map and the tree. */
function letGoOfRegions(device: DeviceObject): void {
  if (device.finalized) return;
  for (const child of [...device.children()]) {
    if (child.isA("memory-region")) (child as PlacedRegion).container?.removeSubregion(child);
    child.unparent();
  }
}

/** The name of the QOM type for a class, or of one below it; made on first use. */
function typeOf(
  machine: DeviceMaker,
  Class: AnyDeviceClass,
  classTypes: DeviceTypes,
  wanted?: string,
): string {
  const { types } = machine.objects;
  const own = classType(machine, classTypes, Class);
  if (wanted === undefined || wanted === own) return own;
  const known = types.tryGet(wanted);
  if (known === null) types.register({ name: wanted, parent: own });
  else if (!known.isA(own)) {
    refuse("not-a-device", "type", `the type "${wanted}" is not below "${own}"`);
  }
  return wanted;
}

function classType(machine: DeviceMaker, known: DeviceTypes, Class: AnyDeviceClass): string {
  if ((Class as unknown) === DeviceObject) return TYPE_DEVICE;
  const present = known.get(Class);
  if (present !== undefined) return present;
  const parent = classType(machine, known, Object.getPrototypeOf(Class) as AnyDeviceClass);
  const { types } = machine.objects;
  const info = Object.hasOwn(Class, "typeInfo") ? Class.typeInfo : undefined;
  const name = info?.name ?? freeName(kebabCase(Class.name), (taken) => types.has(taken));
  if (types.tryGet(name)?.isA(parent) !== true) {
    const construct = (init: ObjectInit): DeviceObject =>
      new Class({ ...init, machine: machine as never });
    types.register({ parent, ...info, name, construct });
  }
  known.set(Class, name);
  return name;
}

/** `VirtioBlock` as `virtio-block`. */
function kebabCase(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1-$2");
  return (
    words
      .replace(/[^A-Za-z0-9]+/g, "-")
      .replace(/^-|-$/g, "")
      .toLowerCase() || "custom-device"
  );
}

function freeName(name: string, isTaken: (name: string) => boolean): string {
  let free = name;
  for (let n = 2; isTaken(free); n++) free = `${name}-${n}`;
  return free;
}

function checkArguments(machine: DeviceMaker, Class: unknown, options: DeviceOptions): void {
  checkArgument(Class, A_DEVICE_CLASS, CALL, "Class", refuseArgument);
  checkOptions(options, PROPERTIES, refuseArgument);
  const { name, parent, type } = options;
  checkOptions({ name, parent, type }, PLACE, refuseArgument);
  if (parent instanceof QomObject && parent.objects !== machine.objects) {
    refuse("other-system", "parent", `its parent ${parent.describe()} is of another system`);
  }
}

function refuse(rule: string, option: string, message: string): never {
  throw new ArgumentError(`${CALL}: ${message}`, { rule, option });
}
