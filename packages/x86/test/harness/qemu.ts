import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const QEMU = "qemu-system-i386";
/** The one with long mode. */
const QEMU64 = "qemu-system-x86_64";
/** The exit status isa-debug-exit makes of the 0x10 that a finished program writes. */
const FINISHED = 33;

/** The installed QEMU's version line, or null when there is none. */
export function qemuVersion(): string | null {
  const run = spawnSync(QEMU, ["--version"], { encoding: "utf8" });
  return run.status === 0 ? (run.stdout.split("\n")[0] ?? null) : null;
}

/**
 * Runs one BIOS image on QEMU's TCG and resolves to the bytes it wrote to port 0xE9. Rejects when
 * the program did not end by itself within `timeoutMs`.
 */
export async function runOnQemu(
  image: string,
  {
    is64 = false,
    cpu = is64 ? "max" : "pentium2",
    timeoutMs = 600_000,
  }: { is64?: boolean; cpu?: string; timeoutMs?: number } = {},
): Promise<Uint8Array> {
  const emulator = is64 ? QEMU64 : QEMU;
  const dir = mkdtempSync(join(tmpdir(), "mem-x86-qemu-"));
  const out = join(dir, "stream");
  const args = [
    ...["-M", "pc", "-accel", "tcg", "-cpu", cpu, "-m", "4"],
    ...["-nodefaults", "-display", "none", "-no-reboot", "-bios", image],
    ...["-debugcon", `file:${out}`, "-device", "isa-debug-exit,iobase=0xf4,iosize=4"],
  ];
  try {
    const status = await new Promise<number | string>((resolve, reject) => {
      const child = spawn(emulator, args, { stdio: "ignore" });
      const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
      child.on("error", reject);
      child.on("exit", (code, signal) => {
        clearTimeout(timer);
        resolve(code ?? signal ?? "unknown");
      });
    });
    if (status !== FINISHED) throw new Error(`${emulator} on ${image} ended with ${status}`);
    return readFileSync(out);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
