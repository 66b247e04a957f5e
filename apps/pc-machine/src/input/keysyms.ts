/** Keys by X11's names for what they mean (keysyms), on a keyboard of the United States. */
import { keyCode } from "../devices/i8042/key-names.js";

const FIRST_LETTER = 0x61;
const FIRST_CAPITAL = 0x41;
const LETTERS = 26;

/** Keys of the letters, from `a` on, are named by them; further keys: pairs of a keysym and a name of a key. */
const NAMED: readonly (readonly [first: number, names: string])[] = [
  [0x20, "spc"],
  [0x30, "0 1 2 3 4 5 6 7 8 9"],
  [0xff08, "backspace tab"],
  [0xff0d, "ret"],
  [0xff13, "pause scroll_lock sysrq"],
  [0xff1b, "esc"],
  [0xff50, "home left up right down pgup pgdn end"],
  [0xff61, "print"],
  [0xff63, "insert"],
  [0xff67, "menu"],
  [0xff7f, "num_lock"],
  [0xff8d, "kp_enter"],
  [0xff95, "kp_7 kp_4 kp_8 kp_6 kp_2 kp_9 kp_3 kp_1 kp_5 kp_0 kp_decimal"],
  [0xffaa, "kp_multiply kp_add"],
  [0xffad, "kp_subtract kp_decimal kp_divide"],
  [0xffb0, "kp_0 kp_1 kp_2 kp_3 kp_4 kp_5 kp_6 kp_7 kp_8 kp_9"],
  [0xffbe, "f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12"],
  [0xffe1, "shift shift_r ctrl ctrl_r"],
  [0xffe5, "caps_lock"],
  [0xffe7, "meta_l meta_r alt alt_r meta_l meta_r"],
  [0xffff, "delete"],
  // ISO_Left_Tab, which is Tab with Shift, and the third level's shift.
  [0xfe20, "tab"],
  [0xfe03, "alt_r"],
];

/** Both signs of a key, the one with Shift last, and the key's name. */
const SIGNS: readonly (readonly [signs: string, name: string])[] = [
  ["!", "1"],
  ["@", "2"],
  ["#", "3"],
  ["$", "4"],
  ["%", "5"],
  ["^", "6"],
  ["&", "7"],
  ["*", "8"],
  ["(", "9"],
  [")", "0"],
  ["-_", "minus"],
  ["=+", "equal"],
  ["[{", "bracket_left"],
  ["]}", "bracket_right"],
  [";:", "semicolon"],
  ["'\"", "apostrophe"],
  ["`~", "grave_accent"],
  ["\\|", "backslash"],
  [",<", "comma"],
  [".>", "dot"],
  ["/?", "slash"],
];

const names: ReadonlyMap<number, string> = new Map([
  ...NAMED.flatMap(([first, row]) => row.split(" ").map((name, at) => [first + at, name] as const)),
  ...SIGNS.flatMap(([signs, name]) =>
    [...signs].map((sign) => [sign.charCodeAt(0), name] as const),
  ),
  ...Array.from({ length: LETTERS }, (_unused, at) => at).flatMap((at) => {
    const name = String.fromCharCode(FIRST_LETTER + at);
    return [
      [FIRST_LETTER + at, name],
      [FIRST_CAPITAL + at, name],
    ] as const;
  }),
]);

/** The signs that a key gives with Shift. */
const WITH_SHIFT: ReadonlySet<string> = new Set(SIGNS.map(([signs]) => signs.at(-1) ?? ""));

/** Names of the keys that together give a character of ASCII; none where no key does. */
export function keysOfCharacter(char: string): readonly string[] {
  const name = names.get(char.charCodeAt(0));
  if (name === undefined) return [];
  return WITH_SHIFT.has(char) || /[A-Z]/.test(char) ? ["shift", name] : [name];
}

/** The set 1 code of the key that gives `keysym`, `null` when no key does. */
export function scanCodeOfKeysym(keysym: number): number | null {
  const name = names.get(keysym);
  return name === undefined ? null : keyCode(name);
}

const PAUSE_NUMBER = 0xc6;

/** The set 1 code of a key's number in QEMU's extended key event: bit 7 stands for the prefix 0xe0. */
export function scanCodeOfNumber(number: number): number | null {
  if (number === PAUSE_NUMBER) return keyCode("pause");
  if (number < 1 || number > 0xff) return null;
  return number > 0x7f ? 0xe000 | (number & 0x7f) : number;
}
