import { describe, expect, it } from "vitest";

import { EscapeKeys } from "../../src/terminal/escape-keys.js";
import type { LineHandler } from "../../src/terminal/line-input.js";
import { ConnectionLines } from "../../src/terminal/connection-lines.js";
import { PipedLines } from "../../src/terminal/piped-lines.js";
import { ReadlineLines } from "../../src/terminal/readline-lines.js";
import { TerminalMux } from "../../src/terminal/mux.js";
import { Terminal, type InputStream, type OutputStream } from "../../src/terminal/terminal.js";

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

const WORDS = ["info", "info mtree", "system_reset", "stop", "qom/"];

/** Types into an editor; a line `end` is the last one that it wants. */
function edit(
  typed: string,
  kind: "terminal" | "pipe" | "connection" = "terminal",
): { lines: string[]; shown: string } {
  const lines: string[] = [];
  let shown = "";
  const print = (text: string): void => {
    shown += text;
  };
  const handler: LineHandler = {
    prompt: "> ",
    line: (line) => {
      lines.push(line);
      return line !== "end";
    },
    complete: (text) => ({ words: WORDS.filter((word) => word.startsWith(text)), typed: text }),
  };
  const editor =
    kind === "pipe"
      ? new PipedLines(handler, print)
      : kind === "connection"
        ? new ConnectionLines(handler, print)
        : new ReadlineLines({ write: print }, handler);
  editor.prompt();
  new TextEncoder().encode(typed).forEach((byte) => editor.feed(byte));
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

  it.each([
    ["cursor keys", "bd\x1b[Dc\x1b[D\x1b[Da\r", ["abcd"]],
    ["Home and End", "b\x1b[Ha\x1b[Fc\r", ["abc"]],
    ["other codes of Home and End", "b\x1b[1~a\x1b[4~c\r", ["abc"]],
    ["UTF-8", "h\u00e4\u4e2d\u{1f600}\x7f!\r", ["h\u00e4\u4e2d!"]],
    ["Tab", "sy\t\r", ["system_reset "]],
    ["Tab up to where words part, and no space behind a path", "s\tq\x15q\t\r", ["qom/"]],
    ["Ctrl-C", "wrong\x03right\r", ["right"]],
    ["Ctrl-D on an empty line", "\x04a\r", ["a"]],
    ["Ctrl-Z", "a\x1ab\r", ["ab"]],
    ["Ctrl-R", "one\rtwo\r\x12o\r", ["one", "two", "two"]],
    ["Ctrl-R twice", "one\rtwo\r\x12o\x12\r", ["one", "two", "one"]],
    ["Ctrl-R, then a cursor key", "one\rtwo\r\x12ne\x1b[D!\r", ["one", "two", "on!e"]],
    ["Ctrl-R given up", "one\rt\x12on\x07x\r", ["one", "tx"]],
    ["Ctrl-R that finds nothing", "one\r\x12zz\x7f\x7fo\r", ["one", "one"]],
    ["nothing after the last line", "end\rmore\r", ["end"]],
  ])("knows %s", (_name, typed, lines) => {
    expect(edit(typed).lines).toEqual(lines);
  });

  it("lists what Tab could mean when it is pressed twice", () => {
    expect(edit("s\t\t").shown).toMatch(/system_reset\s+stop|stop\s+system_reset/);
  });

  it("shows what it takes", () => {
    expect(edit("ab\r").shown).toMatch(/> .*ab\r\n.*> /s);
    expect(edit("one\r\x12n").shown).toContain("(reverse-i-search)`n': one");
  });

  it("makes way for what is printed meanwhile", () => {
    let shown = "";
    const editor = new ReadlineLines(
      { write: (text) => (shown += text) },
      { prompt: "> ", line: () => true, complete: () => ({ words: [], typed: "" }) },
    );
    editor.prompt();
    bytes("abc").forEach((byte) => editor.feed(byte));
    shown = "";
    editor.print("news\n");
    expect(shown).toContain("\x1b[1G\x1b[0Jnews\n");
    editor.leave();
    shown = "";
    editor.print("news\n");
    expect(shown).toBe("news\n");
  });
});

describe("lines from a connection", () => {
  it.each([
    ["ends of lines", "one\ntwo\rthree\r\nfour\r\0", ["one", "two", "three", "four"]],
    ["Backspace", "\x7finx\x7ffx\bo\r", ["info"]],
    ["UTF-8", "h\u00e4\u4e2d\u{1f600}\x7f!\r", ["h\u00e4\u4e2d!"]],
    ["Ctrl-U and Ctrl-W", "wrong\x15info foo \x17mtree\r", ["info mtree"]],
    ["Tab", "sy\t\r", ["system_reset "]],
    ["Tab, and no space behind a path", "q\t\r", ["qom/"]],
    ["Tab up to where words part", "in\tx\r", ["infox"]],
    ["the history", "a\rb\r\x1b[A\x1bOA\r\x1b[A\x1b[Bc\r", ["a", "b", "a", "c"]],
    ["the history's ends", "\x1b[A\x1b[Ba\r\x1b[B\x1b[A\x1b[A\r", ["a", "a"]],
    ["other keys, which do nothing", "x\x1b[3~\x1b[1;5C\x1bq\x07\x04y\r", ["xy"]],
    ["nothing after the last line", "end\rmore\r", ["end"]],
  ])("know %s", (_name, typed, lines) => {
    expect(edit(typed, "connection").lines).toEqual(lines);
  });

  it("are echoed as they are typed", () => {
    expect(edit("ab\r", "connection").shown).toBe("> ab\n> ");
    expect(edit("ab\x7f", "connection").shown).toBe("> ab\b \b");
  });

  it("list what Tab could mean where nothing can be added", () => {
    expect(edit("s\t", "connection").shown).toBe("> s\nsystem_reset  stop\n> s");
    expect(edit("x\t", "connection").shown).toBe("> x");
  });
});

describe("lines from a pipe", () => {
  it.each([
    ["one\ntwo\n", ["one", "two"]],
    ["one\rtwo\r", ["one", "two"]],
    ["one\r\ntwo\r\n", ["one", "two"]],
    ["\n\n", ["", ""]],
    ["h\u00e4\n", ["h\u00e4"]],
    ["end\nmore\n", ["end"]],
  ])("%j", (typed, lines) => {
    expect(edit(typed, "pipe").lines).toEqual(lines);
  });

  it("are shown, and nothing else is", () => {
    expect(edit("a\tb\nend\nc\n", "pipe").shown).toBe("> a\tb\n> end\n");
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
