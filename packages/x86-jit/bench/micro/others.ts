/** Other emulators that run the micro programs, where they are installed. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Time and checksum of a program on another emulator. */
export interface OtherRun {
  readonly checksum: number;
  readonly milliseconds: number;
}

/** An emulator. */
export interface OtherEmulator {
  readonly name: string;
  /** `null`: it has not what the program needs. */
  run(image: Uint8Array, bits: 32 | 64): Promise<OtherRun | null>;
}

const QEMU = "qemu-system-x86_64";
const LIMIT_MS = 60_000;

/** Gathers what a program sends: S, and four bytes of checksum. */
class Sent {
  readonly #bytes: number[] = [];
  #begun = 0;
  #ended = 0;

  take(bytes: Iterable<number>): void {
    for (const byte of bytes) {
      this.#bytes.push(byte);
      if (this.#bytes.length === 1) this.#begun = performance.now();
      if (this.#bytes.length === 2) this.#ended = performance.now();
    }
  }
  get isWhole(): boolean {
    return this.#bytes.length >= 5;
  }
  outcome(): OtherRun {
    const checksum = new DataView(Uint8Array.from(this.#bytes).buffer).getUint32(1, true);
    return { checksum, milliseconds: this.#ended - this.#begun };
  }
}

/** QEMU's TCG, or why it is not there. */
export function tcg(): OtherEmulator | string {
  if (spawnSync(QEMU, ["--version"]).status !== 0) return `${QEMU} is not installed`;
  return { name: "TCG", run: runOnTcg };
}

async function runOnTcg(image: Uint8Array): Promise<OtherRun | null> {
  const folder = mkdtempSync(join(tmpdir(), "mem-micro-"));
  try {
    const bios = join(folder, "image");
    writeFileSync(bios, image);
    const args = [
      ...["-M", "pc", "-accel", "tcg", "-cpu", "max", "-m", "16", "-nodefaults", "-no-reboot"],
      ...["-display", "none", "-bios", bios, "-debugcon", "stdio"],
      ...["-device", "isa-debug-exit,iobase=0xf4,iosize=4"],
    ];
    const sent = new Sent();
    await new Promise<void>((resolve, reject) => {
      const child = spawn(QEMU, args, { stdio: ["ignore", "pipe", "ignore"], timeout: LIMIT_MS });
      child.stdout.on("data", (bytes: Buffer) => sent.take(bytes));
      child.on("error", reject);
      child.on("close", () => resolve());
    });
    return sent.isWhole ? sent.outcome() : null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const V86_VERSION = "0.5.462";
const V86 = fileURLToPath(
  new URL("../../../../.tools/v86/node_modules/v86/build", import.meta.url),
);

/** The part of v86's interface that is used here. */
interface V86Machine {
  readonly v86: {
    readonly cpu: {
      readonly io: {
        register_write(port: number, device: object, write: (value: number) => void): void;
      };
    };
  };
  add_listener(event: string, listener: () => void): void;
  run(): Promise<void>;
  destroy(): Promise<void>;
}

/** The emulator v86, or how it is installed. */
export async function v86(): Promise<OtherEmulator | string> {
  const module = join(V86, "libv86.mjs");
  if (!existsSync(module)) {
    return `v86 is not installed: npm install --prefix .tools/v86 v86@${V86_VERSION}`;
  }
  const { V86: Machine } = (await import(pathToFileURL(module).href)) as {
    V86: new (options: object) => V86Machine;
  };
  const run = async (image: Uint8Array, bits: 32 | 64): Promise<OtherRun | null> => {
    if (bits === 64) return null;
    const machine = new Machine({
      wasm_path: join(V86, "v86.wasm"),
      bios: { buffer: image.slice().buffer },
      memory_size: 16 << 20,
      autostart: false,
      disable_speaker: true,
      log_level: 0,
    });
    const sent = new Sent();
    await new Promise<void>((resolve) => machine.add_listener("emulator-ready", resolve));
    const { io } = machine.v86.cpu;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LIMIT_MS);
      io.register_write(0xe9, {}, (byte) => sent.take([byte]));
      io.register_write(0xf4, {}, () => {
        clearTimeout(timer);
        resolve();
      });
      void machine.run();
    });
    await machine.destroy();
    return sent.isWhole ? sent.outcome() : null;
  };
  return { name: "v86", run };
}
