/** The QOM objects that own the devices' regions. */
import { DeviceObject } from "@mem/core";
import type { Machine } from "@mem/flat";
import type { QomObject } from "@mem/qom";
import { PcError } from "../pc-error.js";
import { registerDeviceType } from "./device-types.js";

/** The `path` of a device that the command line plugs in (QEMU's `-device`). */
export const PLUGGED_DEVICE = "peripheral-anon/device[*]";
/** The place where those are that were given a name. */
export const NAMED_DEVICES = "peripheral";

/**
 * Create the object that owns a device's regions: of QOM type `typeName`, registered on first use
 * below `device` (so that the re-entrancy guard covers it).
 *
 * @param path where the object goes below `/machine`; by default `unattached/device[*]`, where
 *   QEMU puts what the board itself creates
 * @throws PcError when `typeName` is a QOM type that is no device
 */
export function createDeviceObject(
  machine: Machine,
  typeName: string,
  path = "unattached/device[*]",
): DeviceObject {
  const { objects } = machine;
  const slash = path.lastIndexOf("/");
  const parent = objects.container(slash < 0 ? "/machine" : `/machine/${path.slice(0, slash)}`);
  return createPart(machine, typeName, parent, path.slice(slash + 1));
}

/**
 * Create an object of a device's own QOM type as the child `name` of `parent`: a part of another device.
 * @throws PcError when `typeName` is a QOM type that is no device
 */
export function createPart(
  machine: Machine,
  typeName: string,
  parent: QomObject,
  name: string,
): DeviceObject {
  const { objects } = machine;
  registerDeviceType(objects.types, typeName);
  const object = objects.create(typeName, { parent, name });
  if (!(object instanceof DeviceObject)) {
    object.unparent();
    object.unref();
    throw new PcError(`QOM type "${typeName}" is no device`, { rule: "not-a-device" });
  }
  // The tree's reference keeps it; unparenting it lets it go.
  object.unref();
  return object;
}
