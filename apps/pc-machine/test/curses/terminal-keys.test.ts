import { describe, expect, it } from "vitest";

import { TerminalKeys } from "../../src/curses/terminal-keys.js";
import { keyCode, keyNames } from "../../src/devices/i8042/key-names.js";

/** Keys as `name` when they go down and `-name` when they come up; the time passes where `text` has `~wait~`. */
function typed(text: string): string {
  const events: string[] = [];
  let due: (() => void) | null = null;
  const keys = new TerminalKeys(
    (code, down) => {
      const name = keyNames.find((each) => keyCode(each) === code) ?? String(code);
      events.push(down ? name : `-${name}`);
    },
    (action) => {
      due = action;
      return () => void (due = null);
    },
  );
  for (const part of text.split(/(~wait~)/)) {
    if (part === "~wait~") (due as (() => void) | null)?.();
    else new TextEncoder().encode(part).forEach((byte) => keys.feed(byte));
  }
  return events.join(" ");
}

/** A chord of these. */
const chord = (...names: readonly string[]): string =>
  [...names, ...names.toReversed().map((name) => `-${name}`)].join(" ");

describe("keys of a terminal", () => {
  it.each<readonly [string, string]>([
    ["a", chord("a")],
    ["A", chord("shift", "a")],
    ["1!", `${chord("1")} ${chord("shift", "1")}`],
    ["-_", `${chord("minus")} ${chord("shift", "minus")}`],
    ["~", chord("shift", "grave_accent")],
    ["\r\t\x7f ", ["ret", "tab", "backspace", "spc"].map((name) => chord(name)).join(" ")],
    ["\x03", chord("ctrl", "c")],
    ["\x08", chord("ctrl", "h")],
    ["\x1c", chord("ctrl", "backslash")],
    ["\x00", chord("ctrl", "spc")],
    ["\u001bx", chord("alt", "x")],
    ["\u001b\r", chord("alt", "ret")],
    ["\u001bA", chord("alt", "shift", "a")],
    ["\u001b[A\u001bOB", `${chord("up")} ${chord("down")}`],
    ["\u001b[1;5C", chord("ctrl", "right")],
    ["\u001b[3;2~", chord("shift", "delete")],
    ["\u001b[1;7P", chord("alt", "ctrl", "f1")],
    ["\u001b[Z", chord("shift", "tab")],
    ["\u001bOP\u001b[15~\u001b[24~", `${chord("f1")} ${chord("f5")} ${chord("f12")}`],
    ["\u001b[[A\u001b[[E", `${chord("f1")} ${chord("f5")}`],
    ["\u001b[5~\u001b[6~", `${chord("pgup")} ${chord("pgdn")}`],
    // Alone, doubled, before a key that comes later.
    ["\u001b~wait~", chord("esc")],
    ["\u001b\u001b~wait~", `${chord("esc")} ${chord("esc")}`],
    ["\u001b~wait~[", `${chord("esc")} ${chord("bracket_left")}`],
    // No keys: letters of other alphabets, sequences that are unknown, too long, or cut off.
    ["\u00e9a", chord("a")],
    ["\u001b[99~a", chord("a")],
    ["\u001b[?1;2ca", chord("a")],
    [`\u001b[${"1".repeat(40)}~wait~`, "" + chord("1").concat(` ${chord("1")}`.repeat(25))],
    ["\u001b[1~wait~a", chord("a")],
  ])("%j", (text, expected) => {
    expect(typed(text)).toBe(expected);
  });
});
