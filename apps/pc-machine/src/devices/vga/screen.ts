/** The picture as it changes: what a monitor would have to draw anew. */
import { DirtyClient, type MemoryRegion } from "@mem/core";
import { snapshotAndClearDirty } from "@mem/flat";

import type { Frame, Lines } from "./frame.js";
import type { LinearModes, Overlay } from "./linear-modes.js";
import { pictureLines, renderFrame, textColors } from "./render.js";
import { TextPainter } from "./text-painter.js";
import type { VgaRegisters } from "./vga-registers.js";

/** Four planes of 64 KiB: cells and fonts of a text screen. */
const TEXT_BYTES = 0x40000;

/** Lines of the picture that changed. */
export interface ScreenUpdate {
  /** Pixels in a line of the picture. */
  readonly width: number;
  /** Lines of the whole picture. */
  readonly height: number;
  /** The first line that changed, from 0. */
  readonly firstLine: number;
  /** The lines from there on, as many as `pixels` holds; four bytes a pixel: red, green, blue, 255. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

/** State from which the screen is drawn. */
export interface ScreenSource {
  readonly vram: MemoryRegion;
  readonly videoMemory: Uint8Array;
  readonly registers: VgaRegisters;
  readonly modes: LinearModes;
  isBigEndian(): boolean;
  /** Drawn over the picture of a graphics mode. */
  readonly overlay?: Overlay;
}

/**
 * Follows the picture of a display adapter. While it does, dirty logging of its video memory is on:
 * what nobody wrote is not looked at, let alone drawn.
 */
export class VgaScreen implements Disposable {
  readonly #source: ScreenSource;
  #settings = "";
  /** The picture in graphics modes, as it was told last. */
  #last: Frame | null = null;
  /** The picture in text modes. */
  #text: TextPainter | null = null;
  #ended = false;

  /** `Vga.watchScreen` makes them. */
  constructor(source: ScreenSource) {
    this.#source = source;
    source.vram.setLog(true);
  }

  /** The lines that changed since it was last asked; `null` when none did. */
  update(): ScreenUpdate | null {
    if (this.#ended) return null;
    const { registers, modes } = this.#source;
    const settings = settingsOf(this.#source);
    const isNew = settings !== this.#settings;
    this.#settings = settings;
    const lines = pictureLines(registers, modes);
    if (lines === null) return this.#isTextDirty() || isNew ? this.#redrawText() : null;
    this.#text = null;
    const dirty = this.#dirtyLines(lines.start, lines.pitch, lines.height);
    if (isNew) return this.#redraw();
    return dirty === null || this.#last === null ? null : this.#redrawLines(dirty, this.#last);
  }

  /** Dirty logging ends, unless others want it. */
  [Symbol.dispose](): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#source.vram.setLog(false);
  }

  /** Draws the cells that changed, and tells of the lines that look different. */
  #redrawText(): ScreenUpdate | null {
    const { registers, videoMemory } = this.#source;
    this.#last = null;
    const isFirst = this.#text === null;
    this.#text ??= new TextPainter();
    const old = this.#text.frame;
    const changed = this.#text.paint(registers, videoMemory, textColors(registers));
    const { width, height, pixels } = this.#text.frame;
    if (isFirst || this.#text.frame !== old) {
      return { width, height, firstLine: 0, pixels: pixels.slice() };
    }
    if (changed === null) return null;
    const { first, end } = changed;
    const line = 4 * width;
    return { width, height, firstLine: first, pixels: pixels.slice(first * line, end * line) };
  }

  /** Draws all of it, and tells of what differs. */
  #redraw(): ScreenUpdate | null {
    const before = this.#last;
    const frame = this.#render();
    this.#last = frame;
    const { width, height, pixels } = frame;
    if (before === null || before.width !== width || before.height !== height) {
      return { width, height, firstLine: 0, pixels: pixels.slice() };
    }
    const line = 4 * width;
    let first = 0;
    while (first < height && sameLine(before.pixels, pixels, first * line, line)) first++;
    let end = height;
    while (end > first && sameLine(before.pixels, pixels, (end - 1) * line, line)) end--;
    if (first === end) return null;
    return { width, height, firstLine: first, pixels: pixels.slice(first * line, end * line) };
  }

  #redrawLines(lines: { first: number; end: number }, whole: Frame): ScreenUpdate {
    const { width, pixels } = this.#render(lines);
    whole.pixels.set(pixels, 4 * width * lines.first);
    return { width, height: whole.height, firstLine: lines.first, pixels: pixels.slice() };
  }

  #render(lines?: Lines): Frame {
    const { registers, modes, videoMemory, overlay } = this.#source;
    const frame = renderFrame(registers, modes, videoMemory, this.#source.isBigEndian(), lines);
    overlay?.draw(frame, lines ?? { first: 0, end: frame.height });
    return frame;
  }

  #isTextDirty(): boolean {
    const { vram } = this.#source;
    const bytes = Math.min(TEXT_BYTES, Number(vram.size));
    return snapshotAndClearDirty(vram, 0, bytes, DirtyClient.VGA).isDirty(0, bytes);
  }

  /** The lines whose bytes lie in dirty pages. */
  #dirtyLines(start: number, pitch: number, height: number): { first: number; end: number } | null {
    const { vram, videoMemory } = this.#source;
    const size = videoMemory.length;
    const bytes = Math.min(pitch * height, size - start);
    if (bytes <= 0) return null;
    const dirty = snapshotAndClearDirty(vram, start, bytes, DirtyClient.VGA);
    if (!dirty.isDirty(start, bytes)) return null;
    const isDirty = (line: number): boolean => {
      const at = start + line * pitch;
      return at < size && dirty.isDirty(at, Math.min(pitch, size - at));
    };
    let first = 0;
    while (first < height && !isDirty(first)) first++;
    let end = height;
    while (end > first && !isDirty(end - 1)) end--;
    return { first, end };
  }
}

/** Registers that decide how memory is shown. */
function settingsOf({ registers, modes, isBigEndian, overlay }: ScreenSource): string {
  const { seq, gfx, crtc, attr, palette, pelMask, dac8 } = registers;
  const mode = modes.enabled ? modes.mode : null;
  const files = [seq, gfx, crtc, attr, palette].map((file) => String.fromCharCode(...file));
  return files.join("") + JSON.stringify([mode, pelMask, dac8, isBigEndian(), overlay?.state()]);
}

function sameLine(a: Uint8ClampedArray, b: Uint8ClampedArray, at: number, bytes: number): boolean {
  for (let i = at; i < at + bytes; i++) if (a[i] !== b[i]) return false;
  return true;
}
