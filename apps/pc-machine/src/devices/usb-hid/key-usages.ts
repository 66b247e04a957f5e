/** Keys as the USB numbers them (HID Usage Tables, page 7), by their codes of set 1. */
import { KEY_PAUSE } from "../i8042/scancodes.js";

/** The first of the eight usages that are modifiers. */
export const FIRST_MODIFIER = 0xe0;

/** Usages by code, from `first` on; two hexadecimal digits each, `--` where there is none. */
const ROWS: readonly (readonly [first: number, usages: string])[] = [
  [0x01, "29 1e 1f 20 21 22 23 24 25 26 27 2d 2e 2a 2b"],
  [0x10, "14 1a 08 15 17 1c 18 0c 12 13 2f 30 28 e0"],
  [0x1e, "04 16 07 09 0a 0b 0d 0e 0f 33 34 35 e1 31"],
  [0x2c, "1d 1b 06 19 05 11 10 36 37 38 e5 55 e2 2c 39"],
  [0x3b, "3a 3b 3c 3d 3e 3f 40 41 42 43 53 47"],
  [0x47, "5f 60 61 56 5c 5d 5e 57 59 5a 5b 62 63 46 -- 64 44 45"],
  [0xe01c, "58 e4"],
  [0xe035, "54 -- 46 e6"],
  [0xe047, "4a 52 4b -- 50 -- 4f -- 4d 51 4e 49 4c"],
  [0xe05b, "e3 e7 65"],
];

const usages: ReadonlyMap<number, number> = new Map([
  ...ROWS.flatMap(([first, row]) =>
    row
      .split(" ")
      .flatMap((usage, at) =>
        usage === "--" ? [] : [[first + at, Number.parseInt(usage, 16)] as const],
      ),
  ),
  [KEY_PAUSE, 0x48],
]);

/** The usage of a key, `null` for one that has none. */
export function keyUsage(code: number): number | null {
  return usages.get(code) ?? null;
}
