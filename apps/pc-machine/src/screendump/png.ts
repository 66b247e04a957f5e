/** A picture of the display as a portable network graphic (PNG, third edition). */
import { concatBytes } from "../host/bytes.js";
import type { Screen } from "./screen.js";
import { zlibRuns } from "./zlib-runs.js";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const TRUE_COLOR = 2;
const BITS = 8;
/** The filter of a line that tells by how much each byte differs from the one above. */
const UP = 2;
/** The polynomial of CRC-32, from its lowest bit on. */
const POLYNOMIAL = 0xedb8_8320;

/** The picture: eight bits for each of red, green and blue. Flat areas and equal lines take next to nothing. */
export function png({ width, height, pixels }: Screen): Uint8Array {
  const head = new Uint8Array(13);
  const view = new DataView(head.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  head.set([BITS, TRUE_COLOR], 8);
  const line = 1 + 3 * width;
  const filtered = new Uint8Array(line * height);
  for (let y = 0; y < height; y++) {
    let to = y * line;
    filtered[to++] = UP;
    for (let x = 0; x < width; x++) {
      const at = 4 * (y * width + x);
      for (let part = 0; part < 3; part++) {
        const above = y === 0 ? 0 : (pixels[at - 4 * width + part] ?? 0);
        filtered[to++] = (pixels[at + part] ?? 0) - above;
      }
    }
  }
  return concatBytes([
    SIGNATURE,
    chunk("IHDR", head),
    chunk("IDAT", zlibRuns(filtered)),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

/** A chunk: its length, type, data, and the checksum of both. */
function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

function crc32(bytes: Uint8Array): number {
  const table = Uint32Array.from({ length: 256 }, (_none, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ ((value & 1) * POLYNOMIAL);
    return value;
  });
  let sum = 0xffff_ffff;
  for (const byte of bytes) sum = (sum >>> 8) ^ (table[(sum ^ byte) & 0xff] ?? 0);
  return ~sum >>> 0;
}
