/** The monitor's description, as the EDID 1.4 standard lays it out. */

/** Bytes of the window that shows it. */
export const EDID_WINDOW_BYTES = 0x180;

const BLOCK_BYTES = 128;

/** One block for a monitor whose preferred mode is 1280 by 800 at 60 Hz. */
export function makeEdid(): Uint8Array {
  const edid = new Uint8Array(EDID_WINDOW_BYTES);
  edid.set([0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00], 0);
  edid.set(manufacturer("MEM"), 8);
  edid.set([0x01, 0x00, 0, 0, 0, 0], 10); // product 1, no serial number
  edid.set([0xff, 30, 1, 4], 16); // model year 2020; EDID 1.4
  edid.set([0xa5, 34, 21, 120, 0x06], 20); // digital, 8 bits, 34 by 21 cm, gamma 2.2, sRGB
  edid.set([0xee, 0x91, 0xa3, 0x54, 0x4c, 0x99, 0x26, 0x0f, 0x50, 0x54], 25); // sRGB primaries
  edid.set([0x21, 0x08, 0x00], 35); // 640x480, 800x600 and 1024x768, all at 60 Hz
  edid.fill(0x01, 38, 54); // no standard timings
  edid.set(timing1280x800(), 54);
  edid.set(descriptor(0xfc, "Mem Monitor\n"), 72);
  edid.set([0, 0, 0, 0xfd, 0, 50, 125, 30, 160, 30, 0, 10, 32, 32, 32, 32, 32, 32], 90);
  edid.set(descriptor(0x10, ""), 108);
  const sum = edid.subarray(0, BLOCK_BYTES - 1).reduce((total, byte) => total + byte, 0);
  edid[BLOCK_BYTES - 1] = -sum & 0xff;
  return edid;
}

/** Three letters in five bits each, big endian. */
function manufacturer(letters: string): number[] {
  let packed = 0;
  for (const letter of letters) {
    packed = (packed << 5) | (letter.charCodeAt(0) - 0x40);
  }
  return [packed >> 8, packed & 0xff];
}

/** The reduced-blanking timing of 1280 by 800: 71 MHz. */
function timing1280x800(): number[] {
  const clock = 7100;
  const [active, blank, front, sync] = [1280, 160, 48, 32];
  const [lines, blankLines, frontLines, syncLines] = [800, 23, 3, 6];
  return [
    clock & 0xff,
    clock >> 8,
    active & 0xff,
    blank & 0xff,
    ((active >> 8) << 4) | (blank >> 8),
    lines & 0xff,
    blankLines & 0xff,
    ((lines >> 8) << 4) | (blankLines >> 8),
    front & 0xff,
    sync & 0xff,
    ((frontLines & 0xf) << 4) | (syncLines & 0xf),
    0,
    84, // 340 by 212 mm: 0x154, 0xd4
    212,
    0x10,
    0,
    0,
    0x1a,
  ];
}

/** A display descriptor with a tag and up to 13 characters. */
function descriptor(tag: number, text: string): number[] {
  const characters = [...text.padEnd(13, " ")].slice(0, 13).map((c) => c.charCodeAt(0));
  return [0, 0, 0, tag, 0, ...(text === "" ? new Array<number>(13).fill(0) : characters)];
}
