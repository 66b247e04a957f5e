import { inflateSync } from "node:zlib";

import { Random } from "@mem/common";
import { describe, expect, it } from "vitest";

import type { Screen } from "../../src/screendump/screen.js";
import { imageOf } from "../../src/screendump/screendump.js";
import { zlibRuns } from "../../src/screendump/zlib-runs.js";
import { readPng } from "./png-reader.js";

describe("runs, compressed", () => {
  it.each([
    ...Array.from({ length: 12 }, (_none, length) => length),
    ...[18, 19, 34, 35, 66, 67, 130, 131, 257, 258, 259, 260, 516, 517, 518, 70_000],
  ])("come out as %i equal bytes, wherever they lie", (length) => {
    for (const around of [[], [1], [200, 7]]) {
      const data = Uint8Array.from([...around, ...new Array<number>(length).fill(0xa5), ...around]);
      expect(Buffer.compare(inflateSync(zlibRuns(data)), data)).toBe(0);
    }
  });

  it("are short, and random bytes are kept", () => {
    expect(zlibRuns(new Uint8Array(1 << 20)).length).toBeLessThan(8192);
    const random = new Random(5);
    const data = Uint8Array.from({ length: 100_000 }, () => random.below(256));
    expect(Buffer.compare(inflateSync(zlibRuns(data)), data)).toBe(0);
  });
});

describe("a picture as PNG", () => {
  it.each([
    [1, 1],
    [7, 3],
    [640, 480],
  ])("has the colors of each of its pixels: %i by %i", (width, height) => {
    const random = new Random(width);
    const colors = Array.from({ length: 5 }, () => random.below(0x100_0000));
    const pixels = new Uint8ClampedArray(4 * width * height).fill(255);
    for (let at = 0; at < width * height; at++) {
      const color = colors[random.oneIn(9) ? 0 : 1 + (Math.floor(at / 50) % 4)] ?? 0;
      pixels.set([color >> 16, (color >> 8) & 0xff, color & 0xff], 4 * at);
    }
    const screen: Screen = { width, height, pixels };
    const read = readPng(imageOf(screen, "png"));
    expect([read.width, read.height]).toEqual([width, height]);
    // The pixmap of the same picture has its pixels at its end.
    const pixmap = imageOf(screen, "ppm");
    expect(Buffer.compare(read.colors, pixmap.subarray(-3 * width * height))).toBe(0);
  });
});
