/** Flash chips with the firmware, below 4 GiB. */
import type { MemoryRegion } from "@mem/core";
import type { Machine } from "@mem/flat";

import { FLASH_SECTOR_BYTES, pflash } from "../../devices/pflash/index.js";
import { SECTOR_BYTES, type BlockBackend } from "../../storage/block-backend.js";
import { driveOf } from "../../storage/drive-backend.js";
import type { BoardDevices } from "../board-devices.js";
import type { PcProblem } from "../errors.js";
import { mapFlashCopy } from "./firmware.js";

const MOST_CHIPS = 2;
const MOST_BYTES = 8 * 1024 * 1024;
const TOP_32BIT = 2 ** 32;

/** Problem of flash chips with these contents, `null` when they fit. */
export function flashProblem(chips: readonly BlockBackend[]): PcProblem | null {
  const problem = (message: string): PcProblem => ({ option: "flash", message });
  if (chips.length > MOST_CHIPS) return problem(`there are ${MOST_CHIPS} flash chips at most`);
  let total = 0;
  for (const { sectors } of chips) {
    const size = sectors * SECTOR_BYTES;
    if (size === 0 || size % FLASH_SECTOR_BYTES !== 0) {
      return problem(`a flash chip is a multiple of 4 KiB; this one has ${size} bytes`);
    }
    total += size;
  }
  return total > MOST_BYTES
    ? problem(`combined size of system firmware exceeds ${MOST_BYTES} bytes: ${total}`)
    : null;
}

/** Put the chips below 4 GiB, one below the other, and a copy of the first one's end below 1 MiB. */
export function mapFlash(
  machine: Machine,
  devices: BoardDevices,
  pci: MemoryRegion,
  chips: readonly BlockBackend[],
): void {
  let end = TOP_32BIT;
  for (const [unit, chip] of chips.entries()) {
    const drive = driveOf(chip);
    const address = end - drive.sectors * SECTOR_BYTES;
    const name = `system.flash${unit}`;
    const { region } = devices.add(pflash, { drive, name, address });
    if (unit === 0) mapFlashCopy(machine, pci, region.ramBytes());
    end = address;
  }
}
