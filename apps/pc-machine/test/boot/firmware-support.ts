/** What the firmware's tests share: its files, the lines of its tour, and a real QEMU to run it on. */
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A path in `firmware/`. */
export function firmwarePath(name: string): string {
  return fileURLToPath(new URL(`../../firmware/${name}`, import.meta.url));
}

/** The steps of the tour, in order. */
export const TOUR_STEPS = [
  "ram size",
  "a20 gate",
  "pam shadow",
  "pci bus",
  "vga text window",
  "vga bank alias",
  "bar sizing and move",
  "bar over ram",
  "mmio widths",
  "port widths",
  "fw_cfg dma",
  "smram window",
  "rom write protection",
  "holes",
  "timer interrupt",
  "rtc interrupt",
  "pm timer",
  "paging",
] as const;

/** The steps that are skipped without a display. */
export const NEEDS_DISPLAY = [
  "vga text window",
  "vga bank alias",
  "bar sizing and move",
  "bar over ram",
  "mmio widths",
  "smram window",
];

/** What precedes the cursor when the firmware asks for a command. */
export const PROMPT = "\r\n> ";

/** What the test disk prints before it asks for a key. */
export const TEST_DISK_LINES = [
  "testdisk: started",
  "testdisk: by cylinder: the second sector",
  "testdisk: by number: the third sector",
  "testdisk: written: THe third sector",
  "testdisk: past the end: error",
  "testdisk: memory map read",
  "testdisk: ",
];

/** The step and summary lines of a tour, without its details. */
export function tourLines(transcript: string): string[] {
  return transcript.split(/\r?\n/).filter((line) => /^(step|tour:) ?/.test(line));
}

/** What {@link tourLines} must give when all is well; `skipped` names the steps that have to be. */
export function expectedTour(skipped: readonly string[] = []): string[] {
  const steps = TOUR_STEPS.map((name, index) => {
    const number = String(index + 1).padStart(2, "0");
    return `step ${number} ${name}: ${skipped.includes(name) ? "skipped" : "ok"}`;
  });
  const ok = TOUR_STEPS.length - skipped.length;
  const tail = skipped.length === 0 ? "" : `, ${skipped.length} skipped`;
  return [...steps, `tour: ${ok} ok, 0 FAIL${tail}`];
}

/** Why a test that needs `command` cannot run here, `null` when it can. */
export function missing(command: string): string | null {
  return spawnSync(command, ["--version"], { stdio: "ignore" }).status === 0
    ? null
    : `${command} is not installed`;
}

const LIMIT_MS = 600_000;

/** A QEMU with the embedded firmware, its first serial port in our hands. */
export class QemuConsole implements Disposable {
  readonly #process: ChildProcessWithoutNullStreams;
  #text = "";
  #errors = "";
  #searched = 0;
  #changed: () => void = () => undefined;
  #closed = false;

  constructor(args: readonly string[]) {
    const firmware = [
      "-display",
      "none",
      "-serial",
      "stdio",
      "-bios",
      firmwarePath("embedded.bin"),
    ];
    this.#process = spawn("qemu-system-i386", ["-M", "pc", ...firmware, ...args]);
    this.#process.stdout.on("data", (data: Buffer) => {
      this.#text += data.toString("latin1");
      this.#changed();
    });
    this.#process.stderr.on("data", (data: Buffer) => {
      this.#errors += data.toString();
    });
    this.#process.on("close", () => {
      this.#closed = true;
      this.#changed();
    });
  }

  /** Everything the guest has written. */
  get text(): string {
    return this.#text;
  }

  /** Wait until the guest has written `text`, after what was waited for before. */
  async until(text: string): Promise<string> {
    const end = Date.now() + LIMIT_MS;
    for (;;) {
      const found = this.#text.indexOf(text, this.#searched);
      if (found >= 0) {
        const part = this.#text.slice(this.#searched, found);
        this.#searched = found + text.length;
        return part;
      }
      const left = end - Date.now();
      if (this.#closed || left <= 0) {
        throw new Error(`no ${JSON.stringify(text)} from the guest:\n${this.#text}${this.#errors}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#changed = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Wait until the machine has gone. The exit status, `null` when it was killed. */
  async exitStatus(): Promise<number | null> {
    if (!this.#closed) {
      await new Promise((resolve) => this.#process.once("close", resolve));
    }
    return this.#process.exitCode;
  }

  /** Type `text` at the guest. */
  type(text: string): void {
    this.#process.stdin.write(text);
  }

  [Symbol.dispose](): void {
    this.#process.kill("SIGKILL");
  }
}
