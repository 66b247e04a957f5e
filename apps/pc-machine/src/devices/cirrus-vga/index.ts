/** The Cirrus display adapter. */
import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import { CIRRUS_MEMORY_MB, CIRRUS_PORT_RANGES, CirrusVga } from "./cirrus-vga.js";

export { CirrusVga };

/** QEMU's `cirrus-vga`. */
export const cirrusVga = defineDevice({
  name: "cirrus-vga",
  bus: "PCI",
  category: "Display",
  description: "display adapter: Cirrus Logic GD5446, a VGA with a BitBLT engine and a cursor",
  documentation:
    "Guests of the nineties have a driver for it, and Linux has `cirrus`. Without an option ROM, firmware cannot use it.",
  hotpluggable: false,
  single: "there is a display adapter already",
  properties: {
    vgamem_mb: property.uint({
      bits: 32,
      among: [4, 8, 16],
      default: CIRRUS_MEMORY_MB,
      what: "size",
      help: "MiB of video memory",
    }),
    romfile: property.file({ help: "its option ROM, up to 256 KiB" }),
  },
  ports: () => CIRRUS_PORT_RANGES,
  create: (context, { vgamem_mb, romfile }) =>
    new CirrusVga(context, { rom: romfile, vramMb: vgamem_mb }),
});
