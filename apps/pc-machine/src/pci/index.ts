/** PCI: the bus, its functions, their windows, and the ports the CPU configures them through. */
export { PciStatus } from "./config-space.js";
export { PciBus } from "./pci-bus.js";
export { PciDevice } from "./pci-device.js";
