/** Formats of pictures of the screen, by QEMU's names. */
import { pixmap } from "./pixmap.js";
import { png } from "./png.js";
import type { Screen } from "./screen.js";

/** Names of formats. */
export const IMAGE_FORMATS = ["ppm", "png"] as const;
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

/** The bytes of a file with the picture. */
export function imageOf(screen: Screen, format: ImageFormat): Uint8Array {
  return format === "png" ? png(screen) : pixmap(screen);
}
