import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { CliError } from "../../src/cli/cli-error.js";
import { DebianPackages } from "../../src/cli/linux/debian-packages.js";
import { Progress } from "../../src/cli/linux/progress.js";
import { MemoryBackend } from "../../src/host/chardev.js";
import { MIB } from "../support/board-rig.js";
import { SeabiosPc, seabiosMissing } from "../support/firmware.js";
import { kernelsMissing } from "./kernels.js";

/** Debian's GNU Mach for i386: of the Hurd, which it starts, Debian 12 has nothing. */
const PACKAGE = "gnumach-image-1.8-486";
const LIMIT_MS = 1_800_000;
/** Time of the machine's that it has. */
const LIMIT_NS = 120e9;

/** The microkernel, out of its package. @throws CliError when it cannot be had */
async function fetchKernel(folder: string): Promise<Uint8Array> {
  if (!DebianPackages.available(process.env)) throw new CliError("there is no apt here");
  const progress = new Progress({ write: () => undefined }, "test");
  const packages = new DebianPackages(join(folder, "apt"), "i386", process.env, progress);
  await packages.update();
  await packages.unpack(await packages.fetch(PACKAGE), folder, ["./boot/gnumach-*"]);
  const [name = ""] = readdirSync(join(folder, "boot"));
  return gunzipSync(readFileSync(join(folder, "boot", name)));
}

/** The program that it starts. */
function bootstrap(folder: string): Uint8Array {
  const output = join(folder, "bootstrap");
  const source = fileURLToPath(new URL("bootstrap.asm", import.meta.url));
  const { status, stderr } = spawnSync("nasm", ["-f", "bin", "-o", output, source]);
  if (status !== 0) throw new Error(stderr.toString());
  return readFileSync(output);
}

describe("GNU Mach", () => {
  let missing: string | null = seabiosMissing() ?? kernelsMissing();
  const folder = mkdtempSync(join(tmpdir(), "mem-gnumach-"));
  let image = new Uint8Array();

  beforeAll(async () => {
    if (missing !== null) return;
    try {
      image = Uint8Array.from(await fetchKernel(folder));
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      missing = error.message;
    }
  }, LIMIT_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Boots by Multiboot, until its console shows a text. */
  const until = (
    text: string,
    modules: readonly { bytes: Uint8Array; commandLine: string }[],
  ): string => {
    const serial = new MemoryBackend();
    const kernel = { image, commandLine: "console=com0", modules };
    const { pc } = new SeabiosPc({ ramSize: 64 * MIB, kernel, accel: "jit", serial: [serial] });
    while (!serial.text.includes(text)) {
      const result = pc.step(2_000_000);
      if (result.kind === "ran" && pc.clock.nowNs() < LIMIT_NS) continue;
      throw new Error(`"${text}" did not appear:\n${serial.text.slice(-2000)}`);
    }
    return serial.text;
  };

  it(
    "finds the devices, and a program to start in a task of its own",
    (context) => {
      context.skip(missing !== null, missing ?? "");
      const commandLine = "bootstrap $(task-create) $(task-resume)";
      const log = until("the bootstrap runs", [{ bytes: bootstrap(folder), commandLine }]);
      expect(log).toContain("PCI BIOS revision 2.10");
      expect(log).toContain("Intel 82371 PIIX3 (dual FIFO) DMA Bus Mastering IDE");
      expect(log).toContain("FDC 0 is a S82078B");
      expect(log).toContain("1 multiboot modules");
    },
    LIMIT_MS,
  );

  it(
    "says so where there is none",
    (context) => {
      context.skip(missing !== null, missing ?? "");
      const log = until("No bootstrap code loaded with the kernel!", []);
      expect(log).not.toContain("multiboot modules");
    },
    LIMIT_MS,
  );
});
