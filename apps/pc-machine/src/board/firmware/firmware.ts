/**
 * The firmware's flash: `pc.bios` at the top of the 32-bit address space, its last 128 KiB again
 * below 1 MiB (`isa-bios`), and the space for option ROMs (`pc.rom`).
 */
import type { MemoryRegion } from "@mem/core";
import type { Machine } from "@mem/flat";

import type { PcProblem } from "../errors.js";

const KIB = 1024;
const BLOCK = 64 * KIB;
const LARGEST = 8 * KIB * KIB;
const ISA_LARGEST = 128 * KIB;
const TOP_32BIT = 2 ** 32;
const TOP_ISA = 0x10_0000;
const OPTION_ROMS = { BASE: 0xc0000, SIZE: 0x20000 } as const;
const ISA_PRIORITY = 1;

/** Problem of a firmware image of `size` bytes, `null` when it fits. */
export function firmwareProblem(size: number): PcProblem | null {
  if (size === 0 || size % BLOCK !== 0 || size > LARGEST) {
    return {
      option: "bios",
      message: `a firmware image is a multiple of 64 KiB, up to 8 MiB; this one has ${size} bytes`,
    };
  }
  return null;
}

/** Map the firmware `image` and the space for option ROMs into `pci`. */
export function mapFirmware(machine: Machine, pci: MemoryRegion, image: Uint8Array): MemoryRegion {
  const bios = machine.rom({ name: "pc.bios", size: image.length });
  bios.ramBytes().set(image);
  const isaSize = Math.min(image.length, ISA_LARGEST);
  const isaBios = machine.alias({
    name: "isa-bios",
    size: isaSize,
    target: bios,
    offset: image.length - isaSize,
  });
  isaBios.readonly = true;
  pci.addSubregion(TOP_ISA - isaSize, isaBios, { priority: ISA_PRIORITY });
  pci.addSubregion(TOP_32BIT - image.length, bios);
  mapOptionRoms(machine, pci);
  return bios;
}

/** Map a copy of the end of `image` below 1 MiB, and the space for option ROMs: firmware is in flash chips. */
export function mapFlashCopy(machine: Machine, pci: MemoryRegion, image: Uint8Array): void {
  const isaSize = Math.min(image.length, ISA_LARGEST);
  const isaBios = machine.rom({ name: "isa-bios", size: isaSize });
  isaBios.ramBytes().set(image.subarray(image.length - isaSize));
  pci.addSubregion(TOP_ISA - isaSize, isaBios, { priority: ISA_PRIORITY });
  mapOptionRoms(machine, pci);
}

function mapOptionRoms(machine: Machine, pci: MemoryRegion): void {
  const optionRoms = machine.rom({ name: "pc.rom", size: OPTION_ROMS.SIZE });
  pci.addSubregion(OPTION_ROMS.BASE, optionRoms, { priority: ISA_PRIORITY });
}
