/**
 * A PC for programs: the machine, its devices, and what further devices are made with. Nothing here
 * needs Node: files, terminals and firmware that a system package installed are in
 * `@mem/pc-machine/node`.
 */
export { PcMachine } from "./board/pc-machine.js";
export type { LogCategory, PcOptions } from "./board/options/options.js";
export { PcOptionsError, type PcProblem } from "./board/errors.js";
export type { MachineEnd, StepResult } from "./board/run-result.js";
export type { CpuWiring, CreateCpu, PcCpu } from "./board/processor/cpu.js";
export type { KernelModule, PcKernel } from "./boot/layout.js";
export type {
  BoardInformation,
  ChassisInformation,
  FirmwareInformation,
  MemoryDeviceInformation,
  ProcessorInformation,
  SmbiosSettings,
  SystemInformation,
} from "./smbios/settings.js";
export type { PcDisk } from "./board/disks.js";
export type { PcNuma, PcNumaNode } from "./board/memory/numa.js";
export type { PcBoard } from "./board/pc-board.js";
export { PcError } from "./pc-error.js";
export { embeddedFirmware } from "./firmware/embedded.js";

export type {
  DeviceBoard,
  DeviceContext,
  DeviceLogCategory,
  GuestEvent,
  PortOpenEvent,
  IrqLine,
} from "./device/context.js";
export type { Device } from "./device/device.js";
export {
  defineDevice,
  type BusName,
  type DeviceCategory,
  type DeviceDefinition,
  type PortRange,
} from "./device/definition.js";
export {
  property,
  type Property,
  type PropertySchema,
  type PropertyValues,
} from "./device/properties/property.js";
export { DeviceRegistry } from "./device/registry.js";
export { plug, type DeviceRequest } from "./device/properties/request.js";
export type { PluggedDevice, UnpluggedDevice } from "./device/plugged.js";
export { DeviceRange, type RangeCounts, type RangePlace } from "./device/windows/range.js";
export { IsaDevice } from "./device/isa-device.js";
export { BYTE_WIDE, type IoWindow, type MemoryWindow } from "./device/windows/io-window.js";
export { PciDevice, type PciIdentity } from "./pci/pci-device.js";
export { PciBar, ROM_BAR, type BarType } from "./pci/pci-bar.js";
export { PciError } from "./pci/pci-error.js";
export type { Vga } from "./devices/vga/vga.js";
export type { VgaScreen, ScreenUpdate } from "./devices/vga/screen.js";
export { keyCode, keyNames } from "./devices/i8042/key-names.js";
export { builtinDevices } from "./devices/builtin.js";

export type { Clock, MachineClock, TimedCpu, Timer } from "./host/clock.js";
export { InstructionClock } from "./host/instruction-clock.js";
export { RealTimeClock } from "./host/real-time-clock.js";
export { MemoryBackend, NullBackend, type CharBackend } from "./host/chardev.js";
export { BlockError, SECTOR_BYTES, type BlockBackend } from "./storage/block-backend.js";
export { MemoryImage } from "./storage/memory-image.js";

export { Monitor } from "./monitor/monitor.js";
export { MonitorConsole } from "./monitor/console.js";
export type { MonitorTarget } from "./monitor/target.js";
export { mtreeJson, type MtreeJson } from "./monitor/text/mtree-json.js";
