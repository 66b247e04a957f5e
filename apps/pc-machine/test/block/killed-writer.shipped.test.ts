/** A machine that ends while its guest writes: the image is whole, and has all that the guest was told is written. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { missing } from "../boot/firmware-support.js";
import { Program, type ProgramRun } from "../cli/program.js";
import { seabiosMissing } from "../support/firmware.js";

const MIB = 1 << 20;
const CLUSTER = 1 << 16;
/** As the boot sector has it. */
const CLUSTERS = 4096;
const SECTOR = 512;
/** What it says of a write; the monitor says neither. */
const WRITTEN = "#";
const FAILED = "!";
const LIMIT_MS = 600_000;
/** What `qemu-img check` ends with. */
const Check = { WHOLE: 0, LEAKS: 3 } as const;

const absent = seabiosMissing() ?? missing("nasm") ?? missing("qemu-img");

let program: Program;
beforeAll(() => {
  program = new Program();
});
afterAll(() => program.dispose());

function run(name: string, ...args: readonly string[]): number | null {
  return spawnSync(name, args, { cwd: program.folder }).status;
}

/** Ends, and what a `check` may find behind each: nobody tidies up after a kill. */
const ENDS: readonly (readonly [
  name: string,
  end: (run: ProgramRun) => void,
  checks: readonly number[],
])[] = [
  ["SIGKILL", (machine) => machine.kill("SIGKILL"), [Check.WHOLE, Check.LEAKS]],
  ["SIGTERM", (machine) => machine.kill("SIGTERM"), [Check.WHOLE]],
  ["Ctrl-A x", (machine) => machine.type("\u0001x"), [Check.WHOLE]],
  ["quit", (machine) => machine.type("\u0001cquit\n"), [Check.WHOLE]],
];

/** Writes after which it ends: in the first table of clusters, and in the second. */
const WRITES = [40, 1200];

const CASES = ENDS.flatMap(([name, end, checks]) =>
  WRITES.map((writes) => ({ name, end, checks, writes })),
);

describe("an image on a raw one", () => {
  it.for(CASES)(
    "is whole where a machine ends by $name after $writes writes",
    { timeout: LIMIT_MS },
    async ({ end, checks, writes }, context) => {
      context.skip(absent !== null, absent ?? "");
      const source = fileURLToPath(new URL("killed-writer.asm", import.meta.url));
      expect(run("nasm", "-f", "bin", "-o", "sector", source)).toBe(0);
      const base = new Uint8Array(MIB).fill(0x5a);
      base.set(readFileSync(join(program.folder, "sector")));
      program.write("base.raw", base);
      const create = ["create", "-q", "-f", "qcow2", "-b", "base.raw", "-F", "raw"];
      expect(run("qemu-img", ...create, "top.qcow2", `${(CLUSTERS + 1) * CLUSTER}`)).toBe(0);

      const machine = program.start(
        [
          "-m",
          "64",
          "-display",
          "none",
          "-nic",
          "none",
          "-serial",
          "mon:stdio",
          "-hda",
          "top.qcow2",
        ],
        LIMIT_MS,
      );
      await machine.seen(WRITTEN, writes);
      end(machine);
      const { stdout } = await machine.ended;
      expect(stdout).not.toContain(FAILED);
      const told = Math.min(CLUSTERS, stdout.split(WRITTEN).length - 1);

      expect(checks).toContain(run("qemu-img", "check", "-q", "-f", "qcow2", "top.qcow2"));
      expect(run("qemu-img", "convert", "-f", "qcow2", "-O", "raw", "top.qcow2", "all.raw")).toBe(
        0,
      );
      const all = readFileSync(join(program.folder, "all.raw"));
      const wrong = Array.from({ length: told }, (_none, write) => write).filter((write) => {
        const at = (write + 1) * CLUSTER;
        const sector = new Uint32Array(SECTOR / 4).fill(write);
        return Buffer.compare(all.subarray(at, at + SECTOR), Buffer.from(sector.buffer)) !== 0;
      });
      expect(wrong).toEqual([]);
      // What was not written shows what is beneath, which stays as it was.
      expect(all.readUInt8(SECTOR)).toBe(0x5a);
      expect(Buffer.compare(readFileSync(join(program.folder, "base.raw")), base)).toBe(0);
    },
  );
});
