/** Keys as Linux numbers them (`input-event-codes.h`), which is how virtio's do, by their codes of set 1. */
import { KEY_PAUSE } from "../../i8042/scancodes.js";

/** Codes of set 1 up to this one are numbers of keys, too. */
const LAST_SAME = 0x58;
const SYS_RQ = 99;

/** Numbers of the extended keys, by the lower byte of their codes. */
const extended: ReadonlyMap<number, number> = new Map([
  [0x1c, 96],
  [0x1d, 97],
  [0x20, 113],
  [0x2e, 114],
  [0x30, 115],
  [0x35, 98],
  [0x37, SYS_RQ],
  [0x38, 100],
  [0x46, 119],
  [0x47, 102],
  [0x48, 103],
  [0x49, 104],
  [0x4b, 105],
  [0x4d, 106],
  [0x4f, 107],
  [0x50, 108],
  [0x51, 109],
  [0x52, 110],
  [0x53, 111],
  [0x5b, 125],
  [0x5c, 126],
  [0x5d, 127],
  [0x5e, 116],
  [0x5f, 142],
  [0x63, 143],
]);

/** The number of a key, `null` for one that has none. */
export function keyNumber(code: number): number | null {
  if (code === KEY_PAUSE) return 119;
  if (code >> 8 === 0xe0) return extended.get(code & 0xff) ?? null;
  if (code === 0x54) return SYS_RQ;
  return code >= 1 && code <= LAST_SAME && code !== 0x55 ? code : null;
}
