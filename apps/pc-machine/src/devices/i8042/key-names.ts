/** QEMU's names of keys (`QKeyCode`), and their codes of set 1; 0xe0xx for the extended ones. */
import { KEY_PAUSE } from "./scancodes.js";

/** Names by code, from `first` on. */
const ROWS: readonly (readonly [first: number, names: string])[] = [
  [0x01, "esc 1 2 3 4 5 6 7 8 9 0 minus equal backspace tab"],
  [0x10, "q w e r t y u i o p bracket_left bracket_right ret ctrl"],
  [0x1e, "a s d f g h j k l semicolon apostrophe grave_accent shift backslash"],
  [0x2c, "z x c v b n m comma dot slash shift_r kp_multiply alt spc caps_lock"],
  [0x3b, "f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 num_lock scroll_lock"],
  [0x47, "kp_7 kp_8 kp_9 kp_subtract kp_4 kp_5 kp_6 kp_add kp_1 kp_2 kp_3 kp_0 kp_decimal"],
  [0x54, "sysrq"],
  [0x56, "less f11 f12"],
  [0xe01c, "kp_enter ctrl_r"],
  [0xe035, "kp_divide"],
  [0xe037, "print alt_r"],
  [0xe047, "home up pgup"],
  [0xe04b, "left"],
  [0xe04d, "right"],
  [0xe04f, "end down pgdn insert delete"],
  [0xe05b, "meta_l meta_r menu"],
];

const codes: ReadonlyMap<string, number> = new Map([
  ...ROWS.flatMap(([first, names]) =>
    names.split(" ").map((name, at) => [name, first + at] as const),
  ),
  ["pause", KEY_PAUSE],
  // Names that stand beside the usual one.
  ["asterisk", 0x37],
  ["compose", 0xe05d],
]);

/** The names that there are. */
export const keyNames: readonly string[] = [...codes.keys()];

/** The code of a key, `null` when none has that name. */
export function keyCode(name: string): number | null {
  return codes.get(name) ?? null;
}
