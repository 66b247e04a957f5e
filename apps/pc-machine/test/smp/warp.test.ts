import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { PcMachine } from "../../src/board/pc-machine.js";
import { InstructionClock } from "../../src/host/instruction-clock.js";
import { RealTimeClock } from "../../src/host/real-time-clock.js";
import { MIB } from "../support/board-rig.js";

/** Words of the guest's: what was read last (two), how often it was behind, changes of processors, who is through. */
const FOUND = 0x500;
const LIMIT = 40_000_000;
const CLOCKS = {
  instructions: () => new InstructionClock(),
  host: () => new RealTimeClock(),
} as const;

let folder: string;
let bios: Uint8Array | null = null;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mem-warp-"));
  const image = join(folder, "warp.bin");
  const source = fileURLToPath(new URL("warp.asm", import.meta.url));
  const made = spawnSync("nasm", ["-f", "bin", "-o", image, source]);
  if (made.status === 0) bios = new Uint8Array(readFileSync(image));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("time stamp counters of several processors", () => {
  it.for([
    [2, "interp", "instructions"],
    [2, "jit", "instructions"],
    [3, "jit", "host"],
    [2, "interp", "host"],
  ] as const)("-smp %i, %s, time by %s: are one clock", ([cpus, accel, time], context) => {
    context.skip(bios === null, "nasm is not installed");
    const firmware = bios ?? new Uint8Array();
    const clock = CLOCKS[time]();
    const pc = new PcMachine({ ramSize: 16 * MIB, bios: firmware, clock, vga: false, cpus, accel });
    const bytes = new Uint8Array(5 * 4);
    const found = new Uint32Array(bytes.buffer);
    clock.setRunning(true);
    for (let ran = 0; ran < LIMIT && found[4] !== cpus; ran += 100_000) {
      pc.step(100_000);
      pc.memory.read(FOUND, bytes);
    }
    const [, , behind = 0, changes = 0, done = 0] = found;
    expect({ behind, done }).toEqual({ behind: 0, done: cpus });
    expect(changes).toBeGreaterThan(20);
    // It counts nanoseconds of the machine's clock.
    const last = (found[0] ?? 0) + (found[1] ?? 0) * 2 ** 32;
    expect(last).toBeGreaterThan(0);
    expect(last).toBeLessThanOrEqual(pc.clock.nowNs());
  });
});
