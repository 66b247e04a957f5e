/** Devices of a board, chosen before it is built: found out, and checked, before any is made. */
import type { BusName, DeviceDefinition, SettledValues } from "../device/definition.js";
import type { Device } from "../device/device.js";
import type { PropertySchema, PropertyValues } from "../device/properties/property.js";
import { plug, type DeviceRequest } from "../device/properties/request.js";
import {
  settleDevices,
  whyNotCreatable,
  type SettledDevice,
  type UnitHolders,
} from "../device/properties/settle.js";
import { builtinDevices } from "../devices/builtin.js";
import { i8257 } from "../devices/i8257/index.js";
import { isaDebugcon } from "../devices/isa-debugcon/index.js";
import { isaParallel } from "../devices/isa-parallel/index.js";
import { isaSerial } from "../devices/isa-serial/index.js";
import { vga } from "../devices/vga/index.js";
import type { KernelLayout } from "../boot/layout.js";
import type { PcProblem } from "./errors.js";
import { bootIndexProblems } from "./firmware/boot-order.js";
import type { PcOptions } from "./options/options.js";

/** Slots and functions of what is on the PCI bus. */
export const PLACE = {
  HOST_BRIDGE: 0x00,
  ISA_BRIDGE: 0x08,
  IDE: 0x09,
  POWER_MANAGEMENT: 0x0b,
} as const;

const HOLDERS: ReadonlyMap<number, string> = new Map([
  [PLACE.HOST_BRIDGE, "i440FX"],
  [PLACE.ISA_BRIDGE, "PIIX3"],
  [PLACE.IDE, "piix3-ide"],
  [PLACE.POWER_MANAGEMENT, "PIIX4_PM"],
]);

const VGA_SLOT = "2";
const DEBUGCON_PORT = 0x402;
const MOST_SERIAL = 4;
const MOST_PARALLEL = 3;

/** The devices beyond those that every board has. */
export interface BoardPlan {
  /** The serial ports of `serial`, which come among the soldered devices. */
  readonly serial: readonly SettledDevice[];
  /** The parallel ports of `parallel`, likewise. */
  readonly parallel: readonly SettledDevice[];
  /** The others, in their order. */
  readonly plugged: readonly SettledDevice[];
  /** Kernel that is started in place of a boot loader, `null` for none. */
  readonly kernel: KernelLayout | null;
}

/** Default values of the properties of a kind. */
export function defaultsOf<S extends PropertySchema, D extends Device>({
  properties,
}: DeviceDefinition<S, D>): PropertyValues<S> {
  const values = Object.entries(properties).map(([name, { initial }]) => [name, initial]);
  return Object.fromEntries(values);
}

/** The options that devices come from. */
export type DeviceOptions = Pick<
  PcOptions,
  | "registry"
  | "serial"
  | "parallel"
  | "vga"
  | "vgaBios"
  | "devices"
  | "debugcon"
  | "disks"
  | "floppies"
>;

/** Plan the devices of `options`. Every problem is named. */
export function planDevices(options: DeviceOptions): {
  readonly plan: Omit<BoardPlan, "kernel">;
  readonly problems: readonly PcProblem[];
} {
  const registry = options.registry ?? builtinDevices;
  const serial = (options.serial ?? [])
    .slice(0, MOST_SERIAL)
    .map((chardev) => plug(isaSerial, { chardev }, { option: "serial" }));
  const parallel = (options.parallel ?? [])
    .slice(0, MOST_PARALLEL)
    .map((chardev) => plug(isaParallel, { chardev }, { option: "parallel" }));
  const { debugcon } = options;
  const requests: DeviceRequest[] = [
    ...serial,
    ...parallel,
    ...(options.vga === false
      ? []
      : [plug(vga, { romfile: options.vgaBios ?? null }, { addr: VGA_SLOT, option: "vga" })]),
    ...(options.devices ?? []),
    ...(debugcon === undefined
      ? []
      : [
          plug(
            isaDebugcon,
            { chardev: debugcon.backend, iobase: debugcon.port ?? DEBUGCON_PORT },
            { option: "debugcon" },
          ),
        ]),
  ];
  const soldered = solderedDevices();
  const { devices, problems } = settleDevices(registry, requests, {
    functions: HOLDERS,
    ports: soldered.flatMap(({ definition, values }) =>
      (definition.ports?.(values) ?? []).map((range) => ({ ...range, holder: definition.name })),
    ),
    ids: new Set(),
    units: unitsOf(options),
    devices: [],
  });
  const asked = (option: string): readonly SettledDevice[] =>
    devices.filter((device) => device.option === option);
  return {
    plan: {
      serial: asked("serial"),
      parallel: asked("parallel"),
      plugged: devices.filter(({ option }) => option !== "serial" && option !== "parallel"),
    },
    problems: [
      ...problems,
      ...bootIndexProblems(devices),
      ...solderedRequests(requests, registry.get.bind(registry)),
    ],
  };
}

/** Places that the disks and floppy drives of the options take. */
function unitsOf({ disks = [], floppies = [] }: DeviceOptions): UnitHolders {
  const drives = disks.flatMap((disk, unit) =>
    disk === null ? [] : [[unit, disk.kind === "cdrom" ? "ide-cd" : "ide-hd"] as const],
  );
  return new Map<BusName, ReadonlyMap<number, string>>([
    ["IDE", new Map(drives)],
    ["floppy-bus", new Map(floppies.map((_medium, unit) => [unit, "floppy"]))],
  ]);
}

/** Requests for what is soldered to the board. */
function solderedRequests(
  requests: readonly DeviceRequest[],
  find: (name: string) => DeviceDefinition | null,
): PcProblem[] {
  return requests.flatMap(({ device, option }) => {
    const definition = typeof device === "string" ? find(device) : device;
    const message = definition === null ? null : whyNotCreatable(definition);
    return message === null || definition === null
      ? []
      : [{ option: option ?? `device ${definition.name}`, message }];
  });
}

/** Devices that every board has, as far as they claim ports. */
function solderedDevices(): readonly SettledValues[] {
  const soldered = builtinDevices.all.filter(({ userCreatable }) => userCreatable === false);
  const plain = soldered.map((definition) => ({ definition, values: defaultsOf(definition) }));
  const second = builtinDevices.get(i8257.name);
  return second === null
    ? plain
    : [...plain, { definition: second, values: { ...defaultsOf(i8257), second: true } }];
}
