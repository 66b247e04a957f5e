/** A picture as pixels, and parts of it. */

/** A picture; four bytes a pixel: red, green, blue, 255. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

/** Lines of a picture, from `first` up to, but without, `end`. */
export interface Lines {
  readonly first: number;
  readonly end: number;
}
