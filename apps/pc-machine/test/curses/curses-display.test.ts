import { describe, expect, it } from "vitest";

import { openTerminalDisplay } from "../../src/cli/back-ends/terminal-display.js";
import type { CursesDisplay, ShownAdapter } from "../../src/curses/curses-display.js";
import { keyCode } from "../../src/devices/i8042/key-names.js";
import type { TextCells } from "../../src/devices/vga/text-screen.js";
import { TerminalMux } from "../../src/terminal/mux.js";
import { Terminal, type InputStream } from "../../src/terminal/terminal.js";
import { TerminalModel } from "./terminal-model.js";

/** Time in which the screen is looked at, and drawn, at least once. */
const A_WHILE_MS = 150;
const aWhile = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, A_WHILE_MS));

/** A display in the terminal that it shares with a monitor, and a terminal that shows what is written. */
class Rig {
  columns = 12;
  rows = 3;
  model = new TerminalModel(this);
  /** Bytes that the terminal has not taken. */
  writableLength = 0;
  adapter: ShownAdapter = textOf("nothing yet");
  readonly events: string[] = [];
  readonly display: CursesDisplay;
  readonly terminal: Terminal;
  readonly #listeners: ((bytes: Uint8Array) => void)[] = [];

  constructor() {
    const events = this.events;
    const input: InputStream = {
      isTTY: true,
      setRawMode: (raw) => events.push(raw ? "raw" : "cooked"),
      on: (event: string, listener: (bytes: Uint8Array) => void) => {
        if (event === "data") this.#listeners.push(listener);
      },
      resume: () => undefined,
      pause: () => undefined,
    } as InputStream;
    const rig = this;
    const terminal = new Terminal(input, {
      get columns() {
        return rig.columns;
      },
      get rows() {
        return rig.rows;
      },
      get writableLength() {
        return rig.writableLength;
      },
      write: (bytes, done) => {
        this.model.write(new TextDecoder().decode(bytes).replaceAll("\n", ""));
        done?.();
        return true;
      },
      on: () => undefined,
    });
    this.terminal = terminal;
    const mux = new TerminalMux(
      terminal,
      { quit: () => events.push("quit"), inputEnded: () => undefined },
      { escapes: true },
    );
    const board = {
      vga: this,
      input: { key: (code: number, down: boolean) => events.push(`${code} ${down}`) },
    };
    const session = { runState: "running", pc: { board, wake: () => undefined } };
    this.display = openTerminalDisplay(terminal, mux, () => session as never);
    mux.connectMonitor({
      feed: (byte) => events.push(`monitor ${String.fromCharCode(byte)}`),
      focus: () => events.push("monitor"),
      blur: () => events.push("no monitor"),
    });
    mux.open();
  }

  textCells(): TextCells | null {
    return this.adapter.textCells();
  }

  get pictureSize() {
    return this.adapter.pictureSize;
  }

  type(text: string): void {
    for (const listener of this.#listeners) listener(new TextEncoder().encode(text));
  }

  /** The user makes the window another size, in which nothing that was there can be relied on. */
  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.model = new TerminalModel({ columns, rows });
  }

  async shown(): Promise<readonly string[]> {
    await aWhile();
    return this.model.rows().map((row) => row.trimEnd());
  }
}

/** An adapter that shows `text` in one row. */
function textOf(text: string): ShownAdapter {
  const cells = Uint16Array.from(text, (char) => 0x0700 | char.charCodeAt(0));
  const screen = { columns: text.length, rows: 1, cells, cursor: null, blinks: true };
  return { textCells: () => screen, pictureSize: { width: 720, height: 400 } };
}

describe("a display on the terminal", () => {
  it("shows text as it changes, and the size of other pictures", async () => {
    const rig = new Rig();
    expect(await rig.shown()).toEqual(["", "nothing yet", ""]);
    rig.adapter = textOf("SeaBIOS");
    expect(await rig.shown()).toEqual(["", "  SeaBIOS", ""]);
    rig.resize(30, 5);
    expect(await rig.shown()).toEqual(["", "", "           SeaBIOS", "", ""]);
    rig.adapter = { textCells: () => null, pictureSize: { width: 640, height: 480 } };
    expect(await rig.shown()).toEqual(["", "", "    640 x 480 Graphic mode", "", ""]);
    rig.display[Symbol.dispose]();
  });

  it("gives its keys to the guest, and the terminal to the monitor for as long as that is wanted", async () => {
    const rig = new Rig();
    rig.adapter = textOf("guest");
    expect(await rig.shown()).toEqual(["", "   guest", ""]);
    rig.type("a");
    expect(rig.events.splice(0)).toEqual(["raw", `${keyCode("a")} true`, `${keyCode("a")} false`]);
    rig.type("\u0001c");
    expect(rig.terminal.isTaken).toBe(false);
    rig.adapter = textOf("later");
    rig.type("q");
    await aWhile();
    expect(rig.model.isOther).toBe(false);
    expect(rig.model.text()).not.toContain("later");
    rig.type("\u0001c");
    expect(await rig.shown()).toEqual(["", "   later", ""]);
    expect(rig.model.isOther).toBe(true);
    expect(rig.events.splice(0)).toEqual(["monitor", "monitor q", "no monitor"]);
    rig.type("\u0001x");
    expect(rig.events).toEqual(["quit"]);
    rig.terminal.restore();
    await aWhile();
    expect([rig.model.isOther, rig.events.at(-1)]).toEqual([false, "cooked"]);
    rig.display[Symbol.dispose]();
  });

  it("lists the keys of the terminal until one is pressed, which is not the guest's", async () => {
    const rig = new Rig();
    rig.resize(70, 8);
    rig.adapter = textOf("guest");
    rig.type("\u0001h");
    expect((await rig.shown()).join("\n")).toContain("Ctrl-A x       quit");
    rig.type("b");
    expect((await rig.shown()).join("\n").trim()).toBe("guest");
    expect(rig.events).toEqual(["raw"]);
    rig.display[Symbol.dispose]();
  });

  it("is drawn as a whole where something else was written", async () => {
    const rig = new Rig();
    rig.adapter = textOf("guest");
    expect(await rig.shown()).toEqual(["", "   guest", ""]);
    rig.model.write("\u001b[2;1Hlog");
    rig.display.repaint();
    expect(await rig.shown()).toEqual(["", "   guest", ""]);
    rig.display[Symbol.dispose]();
  });

  it("needs a terminal", () => {
    const nothing = { on: () => undefined, resume: () => undefined, pause: () => undefined };
    const output = { ...nothing, writableLength: 0, write: () => true };
    const terminal = new Terminal(nothing, output);
    expect(() => openTerminalDisplay(terminal, null as never, () => null)).toThrow(
      "-display curses: We need a terminal output",
    );
  });

  it("waits for a terminal that is slow, and draws what is there then", async () => {
    const rig = new Rig();
    rig.adapter = textOf("one");
    expect(await rig.shown()).toEqual(["", "    one", ""]);
    rig.writableLength = 1;
    rig.adapter = textOf("two");
    expect(await rig.shown()).toEqual(["", "    one", ""]);
    rig.adapter = textOf("six");
    rig.writableLength = 0;
    expect(await rig.shown()).toEqual(["", "    six", ""]);
    rig.display[Symbol.dispose]();
  });
});
