/** Property of devices that firmware can boot from. */
import { property } from "./property.js";

/** The place in the order in which firmware tries devices. */
export const bootIndex = {
  bootindex: property.int({
    bits: 32,
    default: -1,
    help: "its place in the order in which firmware tries devices, 0 first; -1: none",
  }),
} as const;
