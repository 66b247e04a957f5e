/** From what the page asks for to a PC. */
import {
  type CharBackend,
  type DeviceRequest,
  embeddedFirmware,
  MemoryImage,
  type PcKernel,
  PcMachine,
  type PcOptions,
} from "@mem/pc-machine";
import type { GivenDisk, GivenKernel, MachineRequest } from "./protocol.js";

const MIB = 2 ** 20;
const FIRMWARE_UNIT = 0x1_0000;

/** A machine and the disks in it. */
export interface Built {
  readonly pc: PcMachine;
  readonly disks: readonly { readonly given: GivenDisk; readonly image: MemoryImage }[];
}

/** Builds it. @throws PcOptionsError naming each thing that cannot be */
export function buildPc(
  request: MachineRequest,
  serial: CharBackend,
  log: NonNullable<PcOptions["log"]>,
): Built {
  const disks = request.disks.map((given) => ({
    given,
    image: new MemoryImage(given.bytes, { readonly: given.kind === "cdrom" }),
  }));
  // The embedded firmware drives no floppies: what boots from one boots from a hard disk there.
  const isFloppy = ({ given }: (typeof disks)[number]): boolean =>
    given.kind === "floppy" && request.firmware !== null;
  const floppies = disks.filter(isFloppy);
  const drives = disks.filter((disk) => !isFloppy(disk));
  const pc = new PcMachine({
    ramSize: request.memoryMiB * MIB,
    bios: request.firmware === null ? embeddedFirmware() : padded(request.firmware.bytes),
    ...(request.vgaBios === null ? {} : { vgaBios: request.vgaBios.bytes }),
    disks: drives.map(({ given, image }) => ({
      backend: image,
      kind: given.kind === "cdrom" ? "cdrom" : "disk",
    })),
    ...(floppies.length === 0 ? {} : { floppies: floppies.map(({ image }) => image) }),
    ...(request.kernel === null ? {} : { kernel: kernelOf(request.kernel) }),
    devices: request.devices.map(deviceOf),
    serial: [serial],
    accel: request.accel,
    bootOrder: `${floppies.length > 0 ? "a" : ""}${hasDisk(drives) ? "cd" : "dc"}`,
    log,
  });
  if (request.ram !== null) {
    const bytes = pc.board.map.ram.ramBytes();
    bytes.set(request.ram.subarray(0, bytes.length));
  }
  return { pc, disks };
}

function hasDisk(drives: Built["disks"]): boolean {
  return drives.some(({ given }) => given.kind !== "cdrom");
}

function kernelOf({ bytes, commandLine, initrd }: GivenKernel): PcKernel {
  const modules = initrd === null ? [] : [{ bytes: initrd.bytes, commandLine: initrd.name }];
  return { image: bytes, commandLine, modules };
}

/** Images are multiples of 64 KiB; what is shorter is padded before it, as it ends at 4 GiB. */
function padded(bytes: Uint8Array): Uint8Array {
  const size = Math.ceil(bytes.length / FIRMWARE_UNIT) * FIRMWARE_UNIT;
  const image = new Uint8Array(size);
  image.set(bytes, size - bytes.length);
  return image;
}

/** A device as `-device` takes it: `edu,id=e,addr=5,dma_mask=0xff`. */
export function deviceOf(text: string): DeviceRequest {
  const [device = "", ...pairs] = text.split(",").map((part) => part.trim());
  const properties: Record<string, string> = {};
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    if (at < 0) properties[pair] = "on";
    else properties[pair.slice(0, at)] = pair.slice(at + 1);
  }
  const { id, addr, ...rest } = properties;
  return {
    device,
    option: `-device ${text}`,
    ...(id === undefined ? {} : { id }),
    ...(addr === undefined ? {} : { addr }),
    properties: rest,
  };
}
