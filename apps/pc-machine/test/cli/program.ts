/** The program as its users run it: bundled from the sources, started as a process. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const BUNDLER = new URL("../../../../tools/build/bundle.mjs", import.meta.url).href;
const SOURCE = fileURLToPath(new URL("../../src/cli.ts", import.meta.url));
/** A bound so that what hangs ends; no machine is that slow. */
const LIMIT_MS = 600_000;

/** How a run of the program ended. */
export interface ProgramResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run that is under way. */
export interface ProgramRun {
  /** Number of the process, `undefined` where it could not be started. */
  readonly pid: number | undefined;
  /** What the program wrote to standard output so far. */
  readonly stdout: string;
  /** Type `text`. */
  type(text: string): void;
  /** Settles when standard output holds `text` so many times, once by default; fails when the program ends before. */
  seen(text: string, times?: number): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<ProgramResult>;
}

/** The bundled program, with a folder for its files. */
export class Program {
  readonly folder: string = mkdtempSync(join(tmpdir(), "mem-pc-test-"));
  readonly #file = join(this.folder, "mem-pc.mjs");

  constructor() {
    const script = `const { bundle } = await import(${JSON.stringify(BUNDLER)});
      await bundle(${JSON.stringify(SOURCE)}, ${JSON.stringify(this.#file)});`;
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--input-type=module", "--eval", script],
      { encoding: "utf8" },
    );
    if (status !== 0) {
      throw new Error(`the program cannot be bundled:\n${stderr}`);
    }
  }

  /** A file with `bytes` in the folder. */
  write(name: string, bytes: Uint8Array): string {
    const path = join(this.folder, name);
    writeFileSync(path, bytes);
    return path;
  }

  /** Run with standard input closed, or with `input` in it. */
  run(args: readonly string[], input?: string): ProgramResult {
    const { status, stdout, stderr } = spawnSync(process.execPath, [this.#file, ...args], {
      encoding: "latin1",
      cwd: this.folder,
      timeout: LIMIT_MS,
      ...(input === undefined ? { stdio: ["ignore", "pipe", "pipe"] as const } : { input }),
    });
    return { code: status, stdout, stderr };
  }

  /** Start, with standard input open; it is killed after `limitMs`. */
  start(args: readonly string[], limitMs = LIMIT_MS): ProgramRun {
    const child = spawn(process.execPath, [this.#file, ...args], { cwd: this.folder });
    const output = { stdout: "", stderr: "" };
    const limit = setTimeout(() => child.kill("SIGKILL"), limitMs);
    child.stdout.setEncoding("latin1").on("data", (text: string) => {
      output.stdout += text;
    });
    child.stderr.setEncoding("latin1").on("data", (text: string) => {
      output.stderr += text;
    });
    // A program that has ended takes no more input; the test looks at how it ended.
    child.stdin.on("error", () => undefined);
    const ended = new Promise<ProgramResult>((resolve) => {
      child.on("close", (code) => {
        clearTimeout(limit);
        resolve({ code, ...output });
      });
    });
    return {
      pid: child.pid,
      get stdout() {
        return output.stdout;
      },
      type: (text) => child.stdin.write(text, "latin1"),
      seen: (text, times = 1) =>
        new Promise((resolve, reject) => {
          const look = (): void => {
            if (output.stdout.split(text).length > times) {
              child.stdout.off("data", look);
              resolve();
            }
          };
          child.stdout.on("data", look);
          child.on("close", () =>
            reject(new Error(`"${text}" was not printed:\n${output.stdout}`)),
          );
          look();
        }),
      kill: (signal) => child.kill(signal),
      ended,
    };
  }

  /** Remove the folder. */
  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A boot sector that does `code`, in a disk of 1 MiB. */
export function bootDisk(code: readonly number[], data = ""): Uint8Array {
  const disk = new Uint8Array(1 << 20);
  disk.set(code);
  disk.set(new TextEncoder().encode(data), code.length);
  disk.set([0x55, 0xaa], 510);
  return disk;
}

/** Code that sends the text behind it to the first serial port and halts for good. */
export const SAY_AND_HALT: readonly number[] = [
  0xfa, // cli
  0x31,
  0xc0, // xor ax, ax
  0x8e,
  0xd8, // mov ds, ax
  0xbe,
  0x16,
  0x7c, // mov si, 0x7c16
  0xba,
  0xf8,
  0x03, // mov dx, 0x3f8
  0xac, // next: lodsb
  0x84,
  0xc0, // test al, al
  0x74,
  0x03, // jz done
  0xee, // out dx, al
  0xeb,
  0xf8, // jmp next
  0xf4, // done: hlt
  0xeb,
  0xfd, // jmp done
];

/** Code that asks the keyboard controller for a reset. */
export const RESET: readonly number[] = [
  0xb0,
  0xfe, // mov al, 0xfe
  0xe6,
  0x64, // out 0x64, al
  0xf4, // hlt
];
