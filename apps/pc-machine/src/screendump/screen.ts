/** The screen, as all formats take it. */

/** Pixels of a screen: four bytes each, red first, lines from the top. */
export interface Screen {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array | Uint8ClampedArray;
}
