/** A picture of the display as a portable pixmap. */
import type { Screen } from "./screen.js";

/** The picture: `P6`, three bytes a pixel */
export function pixmap(frame: Screen): Uint8Array {
  const { width, height, pixels } = frame;
  const head = new TextEncoder().encode(`P6\n${width} ${height}\n255\n`);
  const bytes = new Uint8Array(head.length + 3 * width * height);
  bytes.set(head);
  for (let at = 0; at < width * height; at++) {
    bytes.set(pixels.subarray(4 * at, 4 * at + 3), head.length + 3 * at);
  }
  return bytes;
}
