/** A transfer of the BitBLT engine, as the graphics registers tell it. */

/** Registers of the engine. */
const Blt = {
  WIDTH: 0x20,
  HEIGHT: 0x22,
  DESTINATION_PITCH: 0x24,
  SOURCE_PITCH: 0x26,
  DESTINATION: 0x28,
  SOURCE: 0x2c,
  LEFT_SIDE: 0x2f,
  MODE: 0x30,
  RASTER_OPERATION: 0x32,
  MODE_EXTENSIONS: 0x33,
  TRANSPARENT: 0x34,
} as const;

/** Bits of the mode. */
const Mode = {
  BACKWARDS: 0x01,
  TO_SYSTEM: 0x02,
  FROM_SYSTEM: 0x04,
  TRANSPARENT: 0x08,
  PIXEL_WIDTH: 0x30,
  PATTERN: 0x40,
  COLOR_EXPANSION: 0x80,
} as const;

/** Bits of the mode's extensions. */
const Extension = { DOUBLEWORDS: 0x01, INVERTED: 0x02, SOLID: 0x04 } as const;

/** Registers of the bytes of a color, from the lowest. */
const BACKGROUND_BYTES = [0x00, 0x10, 0x12, 0x14] as const;
const FOREGROUND_BYTES = [0x01, 0x11, 0x13, 0x15] as const;

/** A block transfer. Widths and pitches are in bytes. */
export interface Blit {
  readonly width: number;
  /** Lines. */
  readonly height: number;
  /** Address in video memory of the first byte; of the last one, backwards. */
  readonly destination: number;
  readonly destinationPitch: number;
  /** See `destination`. The low three bits of a pattern's are the line that comes first. */
  readonly source: number;
  readonly sourcePitch: number;
  /** Bytes of a pixel, 1 to 4. */
  readonly pixelBytes: number;
  /** The code of the raster operation. */
  readonly operation: number;
  /** Addresses fall. */
  readonly backwards: boolean;
  /** The result goes to whoever reads, not to video memory. */
  readonly toSystem: boolean;
  /** The source is what is written to video memory's addresses. */
  readonly fromSystem: boolean;
  /** Some pixels stay as they are. */
  readonly transparent: boolean;
  /** The source is eight lines of eight pixels, again and again. */
  readonly pattern: boolean;
  /** The source has a bit for each pixel. */
  readonly expansion: boolean;
  /** Bits of the source mean the opposite. */
  readonly inverted: boolean;
  /** There is no source: each pixel is of the foreground's color. */
  readonly solid: boolean;
  /** Lines of bits that are written are padded to four bytes, not to one. */
  readonly doublewords: boolean;
  /** The register that says what is left out at the left. */
  readonly leftSide: number;
  /** The color, or the two bytes, that a transparent copy leaves out. */
  readonly key: number;
  /** Bytes of the two colors, four each. */
  readonly background: Uint8Array;
  readonly foreground: Uint8Array;
}

/** Read the registers. */
export function blitOf(gfx: Uint8Array): Blit {
  const byte = (index: number): number => gfx[index] ?? 0;
  const word = (index: number): number => byte(index) | (byte(index + 1) << 8);
  const address = (index: number): number => word(index) | (byte(index + 2) << 16);
  const mode = byte(Blt.MODE);
  const extensions = byte(Blt.MODE_EXTENSIONS);
  const is = (bit: number): boolean => (mode & bit) !== 0;
  const fillsPattern =
    (mode & (Mode.TO_SYSTEM | Mode.TRANSPARENT | Mode.PATTERN | Mode.COLOR_EXPANSION)) ===
    (Mode.PATTERN | Mode.COLOR_EXPANSION);
  return {
    width: word(Blt.WIDTH) + 1,
    height: word(Blt.HEIGHT) + 1,
    destination: address(Blt.DESTINATION),
    destinationPitch: word(Blt.DESTINATION_PITCH),
    source: address(Blt.SOURCE),
    sourcePitch: word(Blt.SOURCE_PITCH),
    pixelBytes: ((mode & Mode.PIXEL_WIDTH) >> 4) + 1,
    operation: byte(Blt.RASTER_OPERATION),
    backwards: is(Mode.BACKWARDS),
    toSystem: is(Mode.TO_SYSTEM),
    fromSystem: is(Mode.FROM_SYSTEM),
    transparent: is(Mode.TRANSPARENT),
    pattern: is(Mode.PATTERN),
    expansion: is(Mode.COLOR_EXPANSION),
    inverted: (extensions & Extension.INVERTED) !== 0,
    solid: (extensions & Extension.SOLID) !== 0 && fillsPattern,
    doublewords: (extensions & Extension.DOUBLEWORDS) !== 0,
    leftSide: byte(Blt.LEFT_SIDE),
    key: word(Blt.TRANSPARENT),
    background: Uint8Array.from(BACKGROUND_BYTES, byte),
    foreground: Uint8Array.from(FOREGROUND_BYTES, byte),
  };
}

/** Bytes that the source has for each line, where it is written by the guest. */
export function systemLineBytes(blit: Blit): number {
  const { width, pixelBytes, pattern, expansion, doublewords } = blit;
  if (pattern) return expansion ? PATTERN_LINES : PATTERN_LINES * patternPitch(pixelBytes);
  if (!expansion) return (width + 3) & ~3;
  const pixels = Math.floor(width / pixelBytes);
  return doublewords ? ((pixels + 31) >> 5) * 4 : (pixels + 7) >> 3;
}

/** Lines of a pattern. */
export const PATTERN_LINES = 8;

/** Bytes from a line of a pattern of colors to the next: eight pixels, where those of three bytes take four. */
export function patternPitch(pixelBytes: number): number {
  return PATTERN_LINES * (pixelBytes === 3 ? 4 : pixelBytes);
}
