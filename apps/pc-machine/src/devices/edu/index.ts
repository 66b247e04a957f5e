/** A device to learn with. */
import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import { Edu } from "./edu.js";

export { Edu };

/** 28 bits: what QEMU's drives unless told. */
const DMA_MASK = 0xfff_ffff;

/** QEMU's `edu`. */
export const edu = defineDevice({
  name: "edu",
  bus: "PCI",
  category: "Misc",
  description: "educational device: registers, interrupts and DMA to write a driver for",
  documentation:
    "It inverts a number, computes factorials, raises interrupts by pin or message, and copies between memory and a buffer of 4 KiB.",
  properties: {
    dma_mask: property.uint({
      bits: 64,
      default: DMA_MASK,
      help: "which bits of an address it drives",
    }),
  },
  create: (context, { dma_mask }) => new Edu(context, { dmaMask: BigInt(dma_mask) }),
});
