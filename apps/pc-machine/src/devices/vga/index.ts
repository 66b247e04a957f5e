/** The display adapters. */
import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import { SecondaryVga } from "./secondary-vga.js";
import { Vga, VGA_PORT_RANGES, VRAM_MB } from "./vga.js";

export { SecondaryVga, Vga };

const MIB_CHOICES = [1, 2, 4, 8, 16, 32, 64, 128, 256];

const videoMemory = property.uint({
  bits: 32,
  among: MIB_CHOICES,
  default: VRAM_MB,
  what: "size",
  help: "MiB of video memory",
});

/** QEMU's `VGA`. */
export const vga = defineDevice({
  name: "VGA",
  bus: "PCI",
  category: "Display",
  description: "display adapter: VGA with the Bochs dispi interface",
  documentation:
    "The text screen is shown by the monitor's `screen`. Without an option ROM, firmware cannot use it.",
  hotpluggable: false,
  single: "there is a display adapter already",
  properties: {
    vgamem_mb: videoMemory,
    romfile: property.file({ help: "its option ROM, up to 256 KiB" }),
  },
  ports: () => VGA_PORT_RANGES,
  create: (context, { vgamem_mb, romfile }) =>
    new Vga(context, { rom: romfile, vramMb: vgamem_mb }),
});

/** QEMU's `secondary-vga`. */
export const secondaryVga = defineDevice({
  name: "secondary-vga",
  bus: "PCI",
  category: "Display",
  description: "second display adapter: the Bochs dispi interface behind BARs",
  documentation:
    "It answers at no ports and has no option ROM: a driver for it, such as Linux's `bochs`, is what shows something.",
  properties: { vgamem_mb: videoMemory },
  create: (context, { vgamem_mb }) => new SecondaryVga(context, vgamem_mb),
});
