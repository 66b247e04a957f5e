/** The display adapter. */
export { Vga, VGA_WINDOW_BASE, VGA_WINDOW_PRIORITY } from "./vga.js";
