/** Reads pictures as screendumps are: eight bits a color, lines told by those above. Anything else is an error. */
import { crc32, inflateSync } from "node:zlib";

const SIGNATURE = "89504e470d0a1a0a";
const UP = 2;

/** The size of a picture and three bytes for each of its pixels. */
export function readPng(bytes: Uint8Array): {
  readonly width: number;
  readonly height: number;
  readonly colors: Uint8Array;
} {
  const file = Buffer.from(bytes);
  if (file.toString("hex", 0, 8) !== SIGNATURE) throw new Error("no PNG");
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < file.length;) {
    const length = file.readUInt32BE(at);
    const end = at + 8 + length;
    if (crc32(file.subarray(at + 4, end)) !== file.readUInt32BE(end)) {
      throw new Error("wrong checksum");
    }
    chunks.set(file.toString("latin1", at + 4, at + 8), file.subarray(at + 8, end));
    at = end + 4;
  }
  if ([...chunks.keys()].join() !== "IHDR,IDAT,IEND") throw new Error([...chunks.keys()].join());
  const head = chunks.get("IHDR") ?? file;
  if (head.toString("hex", 8) !== "0802000000") throw new Error("other pixels");
  const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)];
  const data = inflateSync(chunks.get("IDAT") ?? file);
  const line = 3 * width;
  if (data.length !== (1 + line) * height) throw new Error("other size");
  const colors = new Uint8Array(line * height);
  for (let y = 0; y < height; y++) {
    if (data[y * (1 + line)] !== UP) throw new Error("another filter");
    for (let x = 0; x < line; x++) {
      const above = y === 0 ? 0 : (colors[(y - 1) * line + x] ?? 0);
      colors[y * line + x] = (data[y * (1 + line) + 1 + x] ?? 0) + above;
    }
  }
  return { width, height, colors };
}
