import { describe, expect, it } from "vitest";

import { EscapeKeys } from "../src/terminal/escape-keys.js";
import { LineEditor } from "../src/terminal/line-editor.js";
import { TerminalMux } from "../src/terminal/mux.js";
import { Terminal, type InputStream, type OutputStream } from "../src/terminal/terminal.js";

function bytes(text: string): number[] {
  return [...text].map((char) => char.charCodeAt(0));
}

function escapes(typed: string): string[] {
  const events: string[] = [];
  const keys = new EscapeKeys({
    data: (byte) => events.push(String.fromCharCode(byte)),
    quit: () => events.push("quit"),
    switchFocus: () => events.push("switch"),
    help: () => events.push("help"),
  });
  bytes(typed).forEach((byte) => keys.feed(byte));
  return events;
}

describe("escape keys", () => {
  it.each([
    ["xch", ["x", "c", "h"]],
    ["\x01x", ["quit"]],
    ["a\x01cb", ["a", "switch", "b"]],
    ["\x01h\x01?", ["help", "help"]],
    ["\x01\x01", ["\x01"]],
    ["\x01\x01x", ["\x01", "x"]],
    ["\x01zx", ["x"]],
    ["\x01", []],
    ["\x03\x04", ["\x03", "\x04"]],
  ])("%j", (typed, expected) => {
    expect(escapes(typed)).toEqual(expected);
  });
});

function edit(typed: string): { lines: string[]; shown: string } {
  const lines: string[] = [];
  let shown = "";
  const editor = new LineEditor(
    (text) => {
      shown += text;
    },
    (line) => lines.push(line),
  );
  bytes(typed).forEach((byte) => editor.feed(byte));
  return { lines, shown };
}

describe("the line editor", () => {
  it.each([
    ["one\ntwo\n", ["one", "two"]],
    ["one\rtwo\r", ["one", "two"]],
    ["one\r\ntwo\r\n", ["one", "two"]],
    ["\n\n", ["", ""]],
    ["inx\x7ffo\r", ["info"]],
    ["inx\bfo\r", ["info"]],
    ["\x7f\x7fa\r", ["a"]],
    ["wrong\x15right\r", ["right"]],
    ["info foo \x17mtree\r", ["info mtree"]],
    ["a\rb\r\x1b[A\x1b[A\r", ["a", "b", "a"]],
    ["a\r\x1b[A\x1b[Bc\r", ["a", "c"]],
    ["x\x1b[3~\x1b[Cy\r", ["xy"]],
    ["a\x07\tb\r", ["ab"]],
  ])("%j", (typed, lines) => {
    expect(edit(typed).lines).toEqual(lines);
  });

  it("shows what it takes", () => {
    expect(edit("ab\x7f\r").shown).toBe("ab\b \b\n");
  });
});

/** Standard streams that a test types into and reads from. */
class Streams {
  readonly rawModes: boolean[] = [];
  readonly #listeners = new Map<string, (value: never) => void>();
  readonly input: InputStream;
  readonly output: OutputStream;
  written = "";

  constructor(isTTY: boolean) {
    const on = (event: string, listener: (value: never) => void): void => {
      this.#listeners.set(event, listener);
    };
    this.input = {
      isTTY,
      setRawMode: (raw) => this.rawModes.push(raw),
      on,
      resume: () => undefined,
      pause: () => undefined,
    };
    this.output = {
      writableLength: 0,
      write: (chunk, done) => {
        this.written += String.fromCharCode(...chunk);
        done?.();
        return true;
      },
      on: () => undefined,
    };
  }

  emit(event: string, value?: unknown): void {
    this.#listeners.get(event)?.(value as never);
  }

  type(text: string): void {
    this.emit("data", Uint8Array.from(bytes(text)));
  }
}

function muxRig(options: { tty: boolean; console?: boolean; monitor?: boolean }) {
  const streams = new Streams(options.tty);
  const terminal = new Terminal(streams.input, streams.output);
  const events: string[] = [];
  const mux = new TerminalMux(
    terminal,
    { quit: () => events.push("quit"), inputEnded: () => events.push("end") },
    { escapes: true },
  );
  const got = { console: "", monitor: "" };
  const device = mux.connect(options.console ?? true, () => events.push("output"));
  device.receive = (byte) => {
    got.console += String.fromCharCode(byte);
  };
  if (options.monitor ?? true) {
    mux.connectMonitor({
      feed: (byte) => {
        got.monitor += String.fromCharCode(byte);
      },
      focus: () => terminal.writeText("(mem) "),
    });
  }
  mux.open();
  return { streams, terminal, mux, device, got, events };
}

describe("the shared terminal", () => {
  it("gives keys to the console, and after Ctrl-A c to the monitor, and back", () => {
    const { streams, got } = muxRig({ tty: true });
    streams.type("a\x01cb\x01cc");
    expect(got).toEqual({ console: "ac", monitor: "b" });
  });

  it("shows keys on Ctrl-A h, and quits on Ctrl-A x", async () => {
    const { streams, terminal, events } = muxRig({ tty: true });
    streams.type("\x01h\x01x");
    await terminal.drain();
    expect(streams.written).toContain("Ctrl-A x       quit");
    expect(events).toEqual(["quit"]);
  });

  it("starts in the monitor when no device reads", async () => {
    const { streams, terminal, got } = muxRig({ tty: false, console: false });
    streams.type("q\x01cr");
    await terminal.drain();
    expect(got).toEqual({ console: "", monitor: "qr" });
    expect(streams.written).toBe("(mem) ");
  });

  it("keeps piped input until the guest drives the port", () => {
    const { streams, mux, device, got, events } = muxRig({ tty: false });
    streams.type("early");
    streams.emit("end");
    expect(got.console).toBe("");
    expect(mux.holdsInput).toBe(true);
    device.write(0x3e);
    expect(got.console).toBe("early");
    expect(mux.holdsInput).toBe(false);
    expect(events).toEqual(["end", "output"]);
  });

  it("reads nothing when nobody wants input", () => {
    const { streams, mux, events } = muxRig({ tty: true, console: false, monitor: false });
    streams.type("\x01x");
    expect(mux.hasReaders).toBe(false);
    expect(events).toEqual([]);
    expect(streams.rawModes).toEqual([]);
  });
});

describe("the terminal", () => {
  it("is raw while it is open, and restored once", () => {
    const { streams, terminal } = muxRig({ tty: true });
    expect(streams.rawModes).toEqual([true]);
    terminal.restore();
    terminal.restore();
    expect(streams.rawModes).toEqual([true, false]);
  });

  it("leaves a pipe alone", () => {
    const { streams, terminal } = muxRig({ tty: false });
    terminal.restore();
    expect(streams.rawModes).toEqual([]);
  });

  it("tells the end of input once", () => {
    const { streams, terminal, events } = muxRig({ tty: false });
    expect(terminal.inputOpen).toBe(true);
    streams.emit("end");
    streams.emit("close");
    expect(terminal.inputOpen).toBe(false);
    expect(events).toEqual(["end"]);
  });
});
