/**
 * PAM: the programmable attribute map of the 440FX, which says for each window of
 * 0xc0000 to 0xfffff whether it shows the PCI bus (ROM, option ROMs) or the RAM beneath.
 *
 * Each window is four aliases stacked in one place, of which exactly one is enabled:
 *
 * | mode | alias     | shows | reads | writes              |
 * | ---- | --------- | ----- | ----- | ------------------- |
 * | 0    | `pam-pci` | `pci` | PCI   | PCI                 |
 * | 1    | `pam-rom` | RAM   | RAM   | dropped (read only) |
 * | 2    | `pam-pci` | RAM   | RAM   | RAM                 |
 * | 3    | `pam-ram` | RAM   | RAM   | RAM                 |
 *
 * Mode 2 is QEMU's map, which this follows: the chip itself would read from PCI there.
 */
import type { DeviceObject, MemoryRegion } from "@mem/core";
import type { Machine } from "@mem/flat";

/** Number of windows. */
export const PAM_WINDOWS = 13;

/** Registers 0x59 to 0x5f of the host bridge. */
export const PAM_REGISTERS = { FIRST: 0x59, LAST: 0x5f } as const;

const PAM_PRIORITY = 1;
const ATTRIBUTE_MASK = 3;

/** The 440FX's windows: 0xf0000 (64 KiB) first, then twelve of 16 KiB from 0xc0000 up. */
export function pamWindow(index: number): { base: number; size: number } {
  return index === 0
    ? { base: 0xf0000, size: 0x10000 }
    : { base: 0xc0000 + (index - 1) * 0x4000, size: 0x4000 };
}

/** The register that holds window `index`'s attribute, and the attribute's lowest bit. */
export function pamAttribute(index: number): { register: number; shift: number } {
  // 0x59 holds only the BIOS window, in its high nibble; the others hold two windows each.
  return {
    register: PAM_REGISTERS.FIRST + ((index + 1) >> 1),
    shift: index === 0 || index % 2 === 0 ? 4 : 0,
  };
}

/** All PAM windows of the board. */
export class PamWindows {
  readonly #windows: { modes: readonly MemoryRegion[]; mode: number }[] = [];

  /**
   * Build the aliases and map them into `system`, each window showing PCI.
   * @param regions `system` is what the windows are mapped into, `pci` and `ram` what they show
   */
  constructor(
    machine: Machine,
    owner: DeviceObject,
    regions: { system: MemoryRegion; pci: MemoryRegion; ram: MemoryRegion },
  ) {
    const { system, pci, ram } = regions;
    for (let index = 0; index < PAM_WINDOWS; index++) {
      const { base, size } = pamWindow(index);
      const window = (name: string, target: MemoryRegion): MemoryRegion =>
        machine.alias({ name, size, owner, target, offset: base });
      const rom = window("pam-rom", ram);
      rom.readonly = true;
      const modes = [window("pam-pci", pci), rom, window("pam-pci", ram), window("pam-ram", ram)];
      for (const [mode, region] of modes.entries()) {
        region.enabled = mode === 0;
        system.addSubregion(base, region, { priority: PAM_PRIORITY });
      }
      this.#windows.push({ modes, mode: 0 });
    }
  }

  /** Bring every window in line with the host bridge's registers. Call within a transaction. */
  update(config: Uint8Array): void {
    for (const [index, window] of this.#windows.entries()) {
      const { register, shift } = pamAttribute(index);
      const mode = ((config[register] ?? 0) >> shift) & ATTRIBUTE_MASK;
      if (mode !== window.mode) {
        window.mode = mode;
        for (const [other, region] of window.modes.entries()) {
          region.enabled = other === mode;
        }
      }
    }
  }
}
