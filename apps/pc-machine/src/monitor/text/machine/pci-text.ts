/** `info pci`: the functions of the bus and where their windows are. */
import { PciConfig, readLe } from "../../../pci/config-space.js";
import type { PciBar } from "../../../pci/pci-bar.js";
import type { PciBus } from "../../../pci/pci-bus.js";
import type { PciDevice } from "../../../pci/pci-device.js";

/** Names of class codes (class and subclass). */
const CLASSES: ReadonlyMap<number, string> = new Map([
  [0x0100, "SCSI controller"],
  [0x0101, "IDE controller"],
  [0x0200, "Ethernet controller"],
  [0x0300, "VGA controller"],
  [0x0380, "Display controller"],
  [0x0600, "Host bridge"],
  [0x0601, "ISA bridge"],
  [0x0604, "PCI bridge"],
  [0x0680, "Bridge"],
  [0x0900, "Keyboard"],
  [0x0902, "Mouse"],
]);

const UNMAPPED = "ffffffffffffffff";

/**
 * The text, four lines and more a function.
 * @param idOf the name that a function was plugged in with, "" without one
 */
export function pciText(bus: PciBus, idOf: (device: PciDevice) => string = () => ""): string {
  return [...bus.devices()]
    .flatMap((device) => deviceLines(device, idOf(device)))
    .map((line) => `${line}\n`)
    .join("");
}

/** The name of a class code (class and subclass). */
export function className(code: number): string {
  return CLASSES.get(code) ?? `Class ${hex(code, 4)}`;
}

function deviceLines(device: PciDevice, id: string): string[] {
  const { config, devfn } = device;
  const word = (offset: number): number => readLe(config, offset, 2);
  const code = word(PciConfig.SUBCLASS);
  // As QEMU, in decimal here.
  const name = CLASSES.get(code) ?? `Class ${String(code).padStart(4, "0")}`;
  const pin = config[PciConfig.INTERRUPT_PIN] ?? 0;
  const lines = [
    `  Bus  0, device ${String(devfn >> 3).padStart(3)}, function ${devfn & 7}:`,
    `    ${name}: PCI device ${hex(word(PciConfig.VENDOR_ID), 4)}:${hex(word(PciConfig.DEVICE_ID), 4)}`,
    `      PCI subsystem ${hex(word(PciConfig.SUBSYSTEM_VENDOR_ID), 4)}:${hex(word(PciConfig.SUBSYSTEM_ID), 4)}`,
  ];
  if (pin !== 0) {
    const line = config[PciConfig.INTERRUPT_LINE] ?? 0;
    lines.push(`      IRQ ${line}, pin ${String.fromCharCode(0x40 + pin)}`);
  }
  lines.push(...device.bars.map((bar) => `      ${barText(bar)}`), `      id "${id}"`);
  return lines;
}

function barText(bar: PciBar): string {
  const digits = bar.type === "io" ? 4 : 8;
  const base = bar.address === null ? UNMAPPED : hex(bar.address, digits);
  // An unmapped window's last address wraps around, as its first is -1.
  const last = hex((bar.address ?? -1) + bar.size - 1, digits);
  const kind =
    bar.type === "io"
      ? "I/O"
      : `${bar.wide ? 64 : 32} bit${bar.prefetchable ? " prefetchable" : ""} memory`;
  return `BAR${bar.index}: ${kind} at 0x${base} [0x${last}].`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
