/** PCI: the bus, its functions, their windows, and the ports the CPU configures them through. */
export { PciCommand, PciConfig, PciStatus, readLe, writeLe } from "./config-space.js";
export { PciBar, ROM_BAR, type BarType } from "./pci-bar.js";
export { PciBus, type PirqHandler } from "./pci-bus.js";
export { PciDevice, type PciIdentity } from "./pci-device.js";
export { PciError } from "./pci-error.js";
export { PciConfigPorts } from "./config-ports.js";
