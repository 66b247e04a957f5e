/** From the command line to what the board is built from. */
import { PcOptionsError, PcMachine, type PcOptions } from "../board/index.js";
import { FwCfgError } from "../devices/fw-cfg/index.js";
import type { DeviceRequest } from "../device/properties/request.js";
import type { Network } from "../net/network.js";
import type { CharBackend } from "../host/chardev.js";
import { emptyDrive, type DriveBackend } from "../storage/drive-backend.js";
import type { MemoryBackend } from "../objects/memory-backend.js";
import { hostRandom, type RandomSource } from "../objects/random-source.js";
import { CliError } from "./cli-error.js";
import type { CommandLine, DeviceLine } from "./command-line.js";
import { adapterDriver, DEFAULT_ADAPTER, isDisplayAdapter } from "./display-adapters.js";
import { requestOf, usbController } from "./back-ends/device-requests.js";
import { withAddresses } from "./back-ends/card-addresses.js";
import { loadKernel } from "./images/kernel.js";
import { loadFirmware, loadDefaultRom, loadOptionRom, readWhole } from "./images/firmware.js";
import { numaOf } from "./options/machine/numa.js";

const VGA_SLOT = "2";

/** The file that tells SeaBIOS to use a serial port as display and keyboard: the port's number. */
const SERIAL_CONSOLE = { name: "etc/sercon-port", port: Uint8Array.of(0xf8, 0x03) } as const;

/** Services of the wiring that the settings use. */
export interface SettingsHost {
  /** True if firmware should use the first serial port as its display. */
  readonly serialConsole: boolean;
  /** The host's end of what `-debugcon` names, `null` without it. */
  readonly debugcon: CharBackend | null;
  /** The host's end of what a property of a device names. */
  chardev(device: DeviceLine, property: string): CharBackend;
  /** The network of an ID, `null`: none is made. @throws CliError when there is none, or it is taken */
  netdev(device: DeviceLine, id: string): Network | null;
  /** The memory of a name, asked for when the device is made. @throws CliError when there is none */
  memory(device: DeviceLine, id: string): MemoryBackend;
  /** The source of random bytes of a name, asked for when the device is made. @throws CliError when there is none */
  random(device: DeviceLine, id: string): RandomSource;
  /** The drive that a property of a device names, an empty one for `null`. @throws CliError when there is none */
  drive(device: DeviceLine, property: string, name: string | null): DriveBackend;
}

/** The parts of the options that files and settings of the command line give. */
export function settingsOf(
  line: CommandLine,
  host: SettingsHost,
): Pick<PcOptions, "ramSize" | "bios"> & Partial<PcOptions> {
  const kernel = loadKernel(line);
  const numa = numaOf(line);
  return {
    ramSize: line.ramSize,
    bios: loadFirmware(line),
    // Among the devices, so that -global reaches it.
    vga: false,
    devices: deviceRequests(line, host),
    ...(line.bootOrder === null ? {} : { bootOrder: line.bootOrder }),
    ...bootSettings(line),
    ...(line.uuid === null ? {} : { uuid: uuidBytes(line.uuid) }),
    smbios: line.smbios,
    acpiOem: line.acpiOem,
    hpet: line.hpet,
    vmport: line.vmport,
    ...(numa === null ? {} : { numa }),
    ...(kernel === null ? {} : { kernel }),
    fwCfgFiles: fwCfgFiles(line, host.serialConsole),
    ...startTime(line),
    noReboot: line.noReboot,
    cpu: line.cpu,
    cpus: line.cpus,
    accel: line.accel === "jit" ? "jit" : "interp",
    jit: line.jit,
  };
}

function bootSettings({ boot, bootMenu, graphics }: CommandLine): Partial<PcOptions> {
  const { once, strict, rebootTimeoutMs, splashTimeMs, floppyCheck } = boot;
  return {
    bootMenu,
    graphics,
    floppyCheck,
    bootStrict: strict,
    ...(once === null ? {} : { bootOnce: once }),
    ...(rebootTimeoutMs === null ? {} : { rebootTimeoutMs }),
    ...(splashTimeMs === null ? {} : { splashTimeMs }),
  };
}

function uuidBytes(uuid: string): Uint8Array {
  const digits = uuid.replaceAll("-", "").match(/../g) ?? [];
  return Uint8Array.from(digits, (pair) => Number.parseInt(pair, 16));
}

/** Build the machine. @throws CliError when it cannot be built */
export function buildMachine(options: PcOptions): PcMachine {
  try {
    return new PcMachine(options);
  } catch (error) {
    if (error instanceof PcOptionsError) {
      throw new CliError(error.message);
    }
    if (error instanceof FwCfgError) {
      throw new CliError(`-fw_cfg: ${error.message}`);
    }
    if (error instanceof RangeError) {
      // What the host says when memory runs out.
      const mib = options.ramSize / 2 ** 20;
      throw new CliError(`-m: cannot get ${mib} MiB of RAM: ${error.message}`);
    }
    throw error;
  }
}

function deviceRequests(line: CommandLine, host: SettingsHost): readonly DeviceRequest[] {
  const devices: DeviceLine[] = [];
  const plugged = line.devices.some(({ driver }) => isDisplayAdapter(driver));
  const adapter = line.vga ?? (line.noDefaults ? "none" : DEFAULT_ADAPTER);
  const driver = adapterDriver(adapter);
  if (!plugged && driver !== null) {
    const option = `-vga ${adapter}`;
    devices.push({ driver, id: null, addr: VGA_SLOT, properties: {}, option });
  }
  devices.unshift(...usbController(line));
  devices.push(...line.nics, ...line.devices);
  const requests = withAddresses(devices, line.globals).map((device) => {
    const request = requestOf(device, line.globals, {
      chardev: (asking, property) => host.chardev(asking, property),
      netdev: (asking, netdev) => host.netdev(asking, netdev),
      drive: (asking, property, name) => host.drive(asking, property, name),
      memory: (asking, id) => host.memory(asking, id),
      random: (asking, id) => host.random(asking, id),
      file: (asking, path) => loadOptionRom(path, asking.option),
    });
    const { properties = {} } = request;
    if ("romfile" in properties) return request;
    const romfile = loadDefaultRom(device.driver);
    return romfile === null ? request : { ...request, properties: { ...properties, romfile } };
  });
  if (host.debugcon === null) return requests;
  const debugcon = {
    driver: "isa-debugcon",
    id: null,
    addr: null,
    properties: { chardev: "" },
    option: "-debugcon",
  };
  const chardev = host.debugcon;
  const values = {
    chardev: () => chardev,
    drive: () => emptyDrive(),
    netdev: () => null,
    random: () => hostRandom,
    memory: (_asking: DeviceLine, id: string): never => {
      throw new CliError(`there is no memory "${id}"`);
    },
    file: () => null,
  };
  return [...requests, requestOf(debugcon, line.globals, values)];
}

function fwCfgFiles(line: CommandLine, serialConsole: boolean): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = serialConsole
    ? { [SERIAL_CONSOLE.name]: SERIAL_CONSOLE.port }
    : {};
  for (const { name, source } of line.fwCfgFiles) {
    files[name] =
      "file" in source
        ? readWhole(source.file, `-fw_cfg ${name}`)
        : new TextEncoder().encode(source.text);
  }
  return files;
}

const MS_PER_MINUTE = 60_000;

function startTime({ rtcBase, icountShift }: CommandLine): { startTimeMs?: number } {
  if (typeof rtcBase === "number") {
    return { startTimeMs: rtcBase };
  }
  if (rtcBase === "localtime") {
    const now = new Date();
    return { startTimeMs: now.getTime() - now.getTimezoneOffset() * MS_PER_MINUTE };
  }
  // A repeatable run needs a calendar that starts the same each time.
  return icountShift === null ? {} : { startTimeMs: Date.UTC(2000, 0, 1) };
}
