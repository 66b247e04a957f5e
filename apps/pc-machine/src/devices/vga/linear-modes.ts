/** Modes in which pixels lie one after another in video memory, whoever sets them. */

import type { Frame, Lines } from "./frame.js";

/** A mode. */
export interface LinearMode {
  /** Pixels in a line. */
  readonly width: number;
  /** Lines. */
  readonly height: number;
  /** Bits a pixel: 4 for four planes, else 8, 15, 16, 24 or 32. */
  readonly bpp: number;
  /** Bytes from a line to the next. */
  readonly pitch: number;
  /** Offset of the picture in video memory, in bytes. */
  readonly start: number;
}

/** Whoever sets them. */
export interface LinearModes {
  /** True if such a mode is shown; else the picture is what the VGA's own registers say. */
  readonly enabled: boolean;
  readonly mode: LinearMode;
}

/** Something that is drawn over the picture. */
export interface Overlay {
  /** All that its look depends on: another text, another look. */
  state(): string;
  /** Draw it into lines of the picture; `frame` begins with the first. */
  draw(frame: Frame, lines: Lines): void;
}
