/** The serial console. */
import { FitAddon } from "@xterm/addon-fit";
import { type ITheme, Terminal } from "@xterm/xterm";
import "@xterm/xterm/css/xterm.css";
import { BOOT_MS } from "./boot-time.js";

const LIGHT: ITheme = {
  background: "#fbfbfc",
  foreground: "#1b1f24",
  cursor: "#1b1f24",
  selectionBackground: "#b6d4fe",
};
const DARK: ITheme = {
  background: "#0b0e12",
  foreground: "#e8ebef",
  cursor: "#e8ebef",
  selectionBackground: "#2f4f7f",
};

/** Between two looks at how much is written, in milliseconds. */
const LOOK_MS = 500;
/** Bytes between two looks that can be read out, which is half a screen of text. */
const MOST_READ_OUT = 1000;

/** A terminal in `host`, which Tab leaves. */
export class SerialTerminal {
  readonly #terminal: Terminal;
  #isLookDue = false;
  #written = 0;
  #isUsed = false;

  /** @param typed is handed what is typed and pasted */
  constructor(host: HTMLElement, typed: (bytes: Uint8Array<ArrayBuffer>) => void) {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const terminal = new Terminal({
      rows: 22,
      convertEol: true,
      scrollback: 5000,
      fontSize: 13,
      fontFamily: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace",
      theme: dark.matches ? DARK : LIGHT,
      minimumContrastRatio: 4.5,
    });
    this.#terminal = terminal;
    const fit = new FitAddon();
    terminal.loadAddon(fit);
    terminal.open(host);
    const resize = (): void => {
      const columns = fit.proposeDimensions()?.cols;
      if (columns !== undefined) terminal.resize(Math.max(20, columns), terminal.rows);
    };
    resize();
    new ResizeObserver(resize).observe(host);
    dark.addEventListener("change", () => {
      terminal.options.theme = dark.matches ? DARK : LIGHT;
    });
    // Whoever has no mouse must get out again.
    terminal.attachCustomKeyEventHandler((event) => event.key !== "Tab");
    terminal.onData((text) => typed(new TextEncoder().encode(text)));
    // What a machine writes that starts is a flood.
    this.#lookSoon(BOOT_MS);
  }

  /** Bytes that the guest sent. */
  write(bytes: Uint8Array): void {
    this.#isUsed = true;
    this.#written += bytes.length;
    if (this.#written > MOST_READ_OUT) this.#terminal.options.screenReaderMode = false;
    this.#terminal.write(bytes);
    this.#lookSoon();
  }

  /**
   * The text for screen readers is kept while it can be read out, and again once a flood is over: with
   * each line of a flood the browser would lay out the page anew.
   */
  #lookSoon(ms = LOOK_MS): void {
    if (this.#isLookDue) return;
    this.#isLookDue = true;
    setTimeout(() => {
      this.#isLookDue = false;
      const isFlood = this.#written > MOST_READ_OUT;
      this.#written = 0;
      if (isFlood) this.#lookSoon();
      else this.#terminal.options.screenReaderMode = true;
    }, ms);
  }

  /** An empty screen for another machine. */
  clear(): void {
    // The first machine finds it empty, and waits for nothing.
    if (this.#isUsed) this.#terminal.reset();
    this.#isUsed = false;
  }

  focus(): void {
    this.#terminal.focus();
  }

  /** Text on the screen and above it, for tests. */
  text(): string {
    const { active } = this.#terminal.buffer;
    const lines = Array.from({ length: active.length }, (_, at) => {
      return active.getLine(at)?.translateToString(true) ?? "";
    });
    return lines.join("\n").trimEnd();
  }
}
