/** The 440FX host bridge (PMC): PCI function 00.0, with PAM and SMRAM. */
import type { DeviceObject, MemoryRegion } from "@mem/core";

import type { DeviceContext } from "../../device/context.js";
import { PciDevice } from "../../pci/pci-device.js";
import { PAM_REGISTERS, PamWindows } from "./pam.js";
import { Smram, SMRAM_REGISTER } from "./smram.js";

/** The end of the last row of DRAM, in units of 8 MiB. */
const RAM_SIZE_REGISTER = 0x57;
const RAM_SIZE_UNIT = 8n * 2n ** 20n;

/** Regions on both sides of the bridge. */
export interface I440fxRegions {
  /** The CPU's memory. */
  readonly system: MemoryRegion;
  /** The PCI bus's memory. */
  readonly pci: MemoryRegion;
  /** The board's RAM. */
  readonly ram: MemoryRegion;
}

/**
 * The host bridge's registers and the windows they steer.
 *
 * As in QEMU, a system reset leaves PAM and SMRAM as they are: firmware finds its shadow copy.
 */
export class I440fxHostBridge extends PciDevice {
  /** System management RAM as a CPU in SMM sees it. */
  readonly smram: Smram;
  readonly #pam: PamWindows;

  /** @param host the object of the host bridge's CPU side, which owns the PAM windows */
  constructor(context: DeviceContext, regions: I440fxRegions, host: DeviceObject) {
    super(context, {
      name: "i440FX",
      vendorId: 0x8086,
      deviceId: 0x1237,
      classCode: 0x060000,
      revision: 2,
    });
    this.smram = new Smram(context.machine, this.object, regions);
    this.#pam = new PamWindows(context.machine, host, regions);
    this.config[RAM_SIZE_REGISTER] = Math.min(0xff, Number(regions.ram.size / RAM_SIZE_UNIT));
    // SMRAM at its only place, closed.
    this.config[SMRAM_REGISTER] = 0x02;
  }

  override configWrite(offset: number, value: number, size: number): void {
    super.configWrite(offset, value, size);
    const last = offset + size - 1;
    const touchesPam = offset <= PAM_REGISTERS.LAST && last >= PAM_REGISTERS.FIRST;
    if (touchesPam || (offset <= SMRAM_REGISTER && last >= SMRAM_REGISTER)) {
      this.#updateMap();
    }
  }

  #updateMap(): void {
    this.context.machine.transaction(() => {
      this.#pam.update(this.config);
      this.smram.update(this.config[SMRAM_REGISTER] ?? 0);
    });
  }
}
