/** The terminal as the display: `-display curses`. */
import { CursesDisplay } from "../../curses/curses-display.js";
import { ENTER, LEAVE } from "../../curses/terminal-picture.js";
import type { Terminal, TerminalMux } from "../../terminal/index.js";
import { optionError } from "../cli-error.js";
import type { Session } from "../run/session.js";
import { guestInput } from "./guest-input.js";

/** Makes the display, which the terminal's keys go to from now on. @throws CliError where the terminal is none */
export function openTerminalDisplay(
  terminal: Terminal,
  mux: TerminalMux,
  session: () => Session | null,
): CursesDisplay {
  const { size } = terminal;
  if (size === null || !terminal.interactive) {
    throw optionError("-display curses", "We need a terminal output");
  }
  const input = guestInput(session);
  const display = new CursesDisplay({
    terminal: {
      get size() {
        return terminal.size ?? size;
      },
      get pending() {
        return terminal.pending;
      },
      get isTaken() {
        return terminal.isTaken;
      },
      take: () => terminal.take(ENTER, LEAVE),
      giveBack: () => terminal.giveBack(),
      writeText: (text) => terminal.writeText(text),
    },
    adapter: () => session()?.pc.board?.vga ?? null,
    key: (code, down) => input.key(code, down),
  });
  mux.connectScreen(display);
  return display;
}
