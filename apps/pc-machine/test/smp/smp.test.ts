import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { PcMachine } from "../../src/board/pc-machine.js";
import { InstructionClock } from "../../src/host/instruction-clock.js";
import { MIB } from "../support/board-rig.js";

const RESULT = 0x600;
const FINISHED = 0x600d600d;
/** The end of what it finds, at most. */
const LIMIT = 40_000_000;

let folder: string;
let bios: Uint8Array | null = null;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mem-smp-"));
  const image = join(folder, "smp.bin");
  const source = fileURLToPath(new URL("smp.asm", import.meta.url));
  const made = spawnSync("nasm", ["-f", "bin", "-o", image, source]);
  if (made.status === 0) bios = new Uint8Array(readFileSync(image));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the guest finds, and what came with it: the clock and what each processor has executed. */
function run(cpus: number, accel: "interp" | "jit"): { results: number[]; told: unknown } {
  const clock = new InstructionClock();
  const firmware = bios ?? new Uint8Array();
  const pc = new PcMachine({ ramSize: 16 * MIB, bios: firmware, clock, vga: false, cpus, accel });
  const words = new Uint8Array(17 * 4);
  const results = new Uint32Array(words.buffer);
  for (let ran = 0; ran < LIMIT && results[16] !== FINISHED; ran += 100_000) {
    pc.step(100_000);
    pc.memory.read(RESULT, words);
  }
  return { results: [...results], told: [pc.clock.nowNs(), pc.cpu.instructionCount] };
}

describe("a guest with several processors", () => {
  it.for([
    [2, "interp"],
    [4, "jit"],
    [8, "interp"],
  ] as const)("-smp %i, %s: starts them and sends messages", ([cpus, accel], context) => {
    context.skip(bios === null, "nasm is not installed");
    const others = cpus - 1;
    // Messages to 1; to all; to all others; to the set of 1 and 2; to itself; by x2APIC to 2 and itself.
    const two = cpus > 2 ? 1 : 0;
    let taken = 0;
    const after = (more: number): number => (taken += more);
    expect(run(cpus, accel).results).toEqual([
      ...[0, others, others],
      ...[after(1), after(cpus), after(others), after(1 + two), after(1)],
      // Illegal vectors that were sent; start-ups with one more.
      ...[0x20, others + 1],
      ...[0, after(two), after(1)],
      // The deadline is met, and forgotten.
      ...[1, 0, after(1), FINISHED],
    ]);
  });

  it("does the same in every run, to the instruction", (context) => {
    context.skip(bios === null, "nasm is not installed");
    expect(run(2, "jit")).toEqual(run(2, "jit"));
  });
});
