/** Properties that every device on the USB has. */
import { property } from "../device/properties/property.js";

/** The port, among those of its bus. */
export const usbPort = {
  port: property.text({ default: "", help: "the port, from 1; the first free one unless given" }),
} as const;
