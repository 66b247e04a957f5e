/** From the places of keys, as browsers name them, to QEMU's names. */
import { keyCode } from "@mem/pc-machine";

const NAMES: Readonly<Record<string, string>> = {
  Escape: "esc",
  Minus: "minus",
  Equal: "equal",
  Backspace: "backspace",
  Tab: "tab",
  BracketLeft: "bracket_left",
  BracketRight: "bracket_right",
  Enter: "ret",
  ControlLeft: "ctrl",
  ControlRight: "ctrl_r",
  Semicolon: "semicolon",
  Quote: "apostrophe",
  Backquote: "grave_accent",
  ShiftLeft: "shift",
  ShiftRight: "shift_r",
  Backslash: "backslash",
  IntlBackslash: "less",
  Comma: "comma",
  Period: "dot",
  Slash: "slash",
  AltLeft: "alt",
  AltRight: "alt_r",
  MetaLeft: "meta_l",
  MetaRight: "meta_r",
  ContextMenu: "menu",
  Space: "spc",
  CapsLock: "caps_lock",
  NumLock: "num_lock",
  ScrollLock: "scroll_lock",
  Pause: "pause",
  PrintScreen: "print",
  Insert: "insert",
  Delete: "delete",
  Home: "home",
  End: "end",
  PageUp: "pgup",
  PageDown: "pgdn",
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  NumpadMultiply: "kp_multiply",
  NumpadSubtract: "kp_subtract",
  NumpadAdd: "kp_add",
  NumpadDivide: "kp_divide",
  NumpadDecimal: "kp_decimal",
  NumpadEnter: "kp_enter",
};

/** The code of set 1 of the key at a place, as `KeyboardEvent.code` names it; `null` for none. */
export function scanCodeOf(place: string): number | null {
  const named = NAMES[place];
  if (named !== undefined) return keyCode(named);
  const numbered = /^(?:Key([A-Z])|Digit(\d)|Numpad(\d)|(F\d{1,2}))$/.exec(place);
  if (numbered === null) return null;
  const [, letter, digit, pad, f] = numbered;
  if (pad !== undefined) return keyCode(`kp_${pad}`);
  return keyCode((letter ?? digit ?? f ?? "").toLowerCase());
}
