import { existsSync } from "node:fs";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Program } from "./cli-program.js";

const UBOOT = "/usr/lib/u-boot/qemu-x86/u-boot.rom";
/** A bound so that what hangs ends; nothing is measured. */
const LIMIT_MS = 1_800_000;

describe("systems of Debian's packages", () => {
  let program: Program;

  beforeAll(() => {
    program = new Program();
  });
  afterAll(() => program.dispose());

  /** Runs until `text` is printed on the serial port, then ends it. */
  async function shows(text: string, options: readonly string[]): Promise<string> {
    const run = program.start(
      ["-accel", "jit", "-display", "none", "-serial", "stdio", ...options],
      LIMIT_MS,
    );
    const ended = run.ended.then(({ code, stderr }) => {
      throw new Error(`it ended with ${code}: ${stderr}`);
    });
    try {
      await Promise.race([run.seen(text), ended]);
    } finally {
      run.kill("SIGKILL");
      await run.ended;
      ended.catch(() => undefined);
    }
    return run.stdout;
  }

  it(
    "U-Boot comes to its prompt",
    async (context) => {
      const missing = existsSync(UBOOT) ? null : `${UBOOT} is not installed (package u-boot-qemu)`;
      context.skip(missing !== null, missing ?? "");
      // Without a display, whose option ROM reads beyond a segment's limit when U-Boot runs it.
      const log = await shows("\n=> ", ["-vga", "none", "-m", "256", "-bios", UBOOT]);
      expect(log).toContain("Model: QEMU x86 (I440FX)");
      expect(log).toMatch(/DRAM: +256 MiB/);
    },
    LIMIT_MS,
  );
});
