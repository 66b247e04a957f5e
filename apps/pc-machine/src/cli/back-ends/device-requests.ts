/** From the devices of a command line to what the board is asked for. */
import type { PropertySchema } from "../../device/properties/property.js";
import type { DeviceRequest } from "../../device/properties/request.js";
import { builtinDevices } from "../../devices/builtin.js";
import type { MemoryBackend } from "../../objects/memory-backend.js";
import { hostRandom, type RandomSource } from "../../objects/random-source.js";
import { CliError } from "../cli-error.js";
import type { Network } from "../../net/network.js";
import { NullBackend, type CharBackend } from "../../host/chardev.js";
import { SECTOR_BYTES } from "../../storage/block-backend.js";
import { driveOf, emptyDrive, type DriveBackend } from "../../storage/drive-backend.js";
import { MemoryImage } from "../../storage/memory-image.js";
import type { CommandLine, DeviceLine, GlobalLine } from "../command-line.js";

/** Values of properties that name something of the host. */
export interface HostValues {
  /** The character device that property `property` of `device` names. */
  chardev(device: DeviceLine, property: string): CharBackend;
  /** The drive that property `property` of `device` names, an empty one for `null`. @throws CliError when there is none */
  drive(device: DeviceLine, property: string, name: string | null): DriveBackend;
  /** The network that a property of `device` names. @throws CliError when there is none */
  netdev(device: DeviceLine, id: string): Network | null;
  /** The memory of a name, asked for when `device` is made. @throws CliError when there is none */
  memory(device: DeviceLine, id: string): MemoryBackend;
  /** The source of random bytes of a name, asked for when `device` is made. @throws CliError when there is none */
  random(device: DeviceLine, id: string): RandomSource;
  /** The bytes of a file, `null` for an empty name. @throws CliError when it cannot be read */
  file(device: DeviceLine, path: string): Uint8Array | null;
}

const NOTHING: HostValues = {
  chardev: () => new NullBackend(),
  // Whether a drive has a medium is known when it is opened; until then it counts as having one.
  drive: (_device, _property, name) =>
    name === null ? emptyDrive() : driveOf(new MemoryImage(SECTOR_BYTES)),
  netdev: () => null,
  memory: (_device, id) => {
    throw new CliError(`there is no memory "${id}"`);
  },
  random: () => hostRandom,
  file: () => null,
};

/** The chipset's USB function, where `-usb` asks for it: devices of the line may be on its bus. */
export function usbController({ usb }: Pick<CommandLine, "usb">): readonly DeviceLine[] {
  const place = { id: null, addr: "1.2", properties: {}, option: "-usb" };
  return usb ? [{ driver: "piix3-usb-uhci", ...place }] : [];
}

/** The request for `device`, with nothing of the host: to see whether it can be. */
export function plainRequest(
  device: DeviceLine,
  globals: readonly GlobalLine[] = [],
): DeviceRequest {
  return requestOf(device, globals, NOTHING);
}

/** The request for `device`; what it does not say, `globals` may. */
export function requestOf(
  device: DeviceLine,
  globals: readonly GlobalLine[],
  host: HostValues,
): DeviceRequest {
  const { driver, id, addr, bus, option } = device;
  const schema: PropertySchema = builtinDevices.get(driver)?.properties ?? {};
  const texts = {
    ...Object.fromEntries(
      globals
        .filter((one) => one.driver === driver)
        .map(({ property, value }) => [property, value]),
    ),
    ...device.properties,
  };
  const properties = Object.entries(texts).map(([name, text]) => {
    switch (schema[name]?.kind) {
      case "chardev":
        return [name, host.chardev(device, name)] as const;
      case "drive":
        return [name, host.drive(device, name, text)] as const;
      case "netdev":
        return [name, host.netdev(device, text)] as const;
      case "memory":
        return [name, () => host.memory(device, text)] as const;
      case "random":
        return [name, () => host.random(device, text)] as const;
      case "file":
        return [name, host.file(device, text)] as const;
      default:
        return [name, text] as const;
    }
  });
  return {
    device: driver,
    ...(id === null ? {} : { id }),
    ...(addr === null ? {} : { addr }),
    ...(bus === undefined ? {} : { bus }),
    properties: {
      ...emptyDrives(schema, texts, (name) => host.drive(device, name, null)),
      ...Object.fromEntries(properties),
    },
    option,
  };
}

/** Drives without a medium, for the properties that may go without and were not told. */
function emptyDrives(
  schema: PropertySchema,
  texts: Readonly<Record<string, string>>,
  make: (name: string) => DriveBackend,
): Readonly<Record<string, DriveBackend>> {
  return Object.fromEntries(
    Object.entries(schema)
      .filter(
        ([name, { kind, initial }]) => kind === "drive" && initial === null && !(name in texts),
      )
      .map(([name]) => [name, make(name)]),
  );
}

/** True if the device takes what is typed, where `property` leads. */
export function readsInput({ driver }: DeviceLine, property: string): boolean {
  return builtinDevices.get(driver)?.properties[property]?.outputOnly !== true;
}

/** The properties of `device` that name character devices. */
export function chardevProperties({ driver, properties }: DeviceLine): readonly string[] {
  const schema: PropertySchema = builtinDevices.get(driver)?.properties ?? {};
  return Object.keys(properties).filter((name) => schema[name]?.kind === "chardev");
}
