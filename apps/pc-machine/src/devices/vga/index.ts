/** The display adapter. */
import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import { Vga, VGA_PORT_RANGES } from "./vga.js";

export { Vga };

const MIB_CHOICES = [1, 2, 4, 8, 16, 32, 64, 128, 256];

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
    vgamem_mb: property.uint({
      bits: 32,
      among: MIB_CHOICES,
      default: 16,
      what: "size",
      help: "MiB of video memory",
    }),
    romfile: property.file({ help: "its option ROM, up to 256 KiB" }),
  },
  ports: () => VGA_PORT_RANGES,
  create: (context, { vgamem_mb, romfile }) =>
    new Vga(context, { rom: romfile, vramMb: vgamem_mb }),
});
