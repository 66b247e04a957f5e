/** A PCI card with one window of each kind, for tests of the bus. */
import type { MemoryRegion } from "@mem/core";

import type { DeviceContext } from "../../src/device/context.js";
import { PciDevice } from "../../src/pci/pci-device.js";
import { ROM_BAR } from "../../src/pci/pci-bar.js";

export class TestCard extends PciDevice {
  readonly memory: MemoryRegion;
  readonly ports: MemoryRegion;
  readonly rom: MemoryRegion;
  lastPortWrite = -1;

  constructor(context: DeviceContext, name = "test-card") {
    super(context, {
      name,
      vendorId: 0x1234,
      deviceId: 0xcafe,
      classCode: 0xff0000,
      interruptPin: 1,
    });
    const { machine } = context;
    this.memory = machine.ram({ name: "card.ram", size: 0x10000, owner: this.object });
    this.ports = machine.mmio({
      name: "card.ports",
      size: 0x20,
      owner: this.object,
      read: (offset) => 0x40 + offset,
      write: (_offset, value) => {
        this.lastPortWrite = value;
      },
      impl: { maxAccessSize: 1 },
    });
    this.rom = machine.rom({ name: "card.rom", size: 0x1000, owner: this.object });
    this.rom.ramBytes().fill(0xc3);
    this.registerBar(0, this.memory, "prefetch");
    this.registerBar(2, this.ports, "io");
    this.registerBar(ROM_BAR, this.rom, "mem");
  }
}
