import { beforeEach, describe, expect, it } from "vitest";
import { assemble, hasNasm } from "./harness/assemble.js";
import { runOnMachine } from "./harness/machine.js";
import { qemuVersion, runOnQemu } from "./harness/qemu.js";
import { recordedStream, writeRecording } from "./harness/recorded.js";

const PROGRAM = { name: "long-mode.64", file: "long-mode.asm", mode: 64, judge: "qemu" } as const;
const RECORD = process.env["MEM_X86_RECORD"] === "1";

/** The stream as lines: a label, or a register. */
function lines(stream: Uint8Array): string[] {
  const all: string[] = [];
  for (let at = 0; at + 8 <= stream.length;) {
    if (stream[at] === 0x21 && stream[at + 1] === 0) {
      all.push("fault");
      at += 2;
      continue;
    }
    all.push(Buffer.from(stream.slice(at, at + 8).reverse()).toString("hex"));
    at += 8;
  }
  return all;
}

/** QEMU 7.2 tells of a gate by 16 times its number; processors do by 8 times it. */
const GATE_ERRORS = new Map([0x21, 0x22, 0x23, 0x3c].map((n) => [hex(16 * n + 2), hex(8 * n + 2)]));
function hex(value: number): string {
  return value.toString(16).padStart(16, "0");
}

describe("long mode", () => {
  beforeEach((context) => context.skip(!hasNasm(), "nasm is not installed"));

  it("behaves as on QEMU: tables, gates with IST, ring 3, SYSCALL, compatibility code", async () => {
    const image = assemble(PROGRAM);
    if (RECORD && qemuVersion() !== null)
      writeRecording(PROGRAM, await runOnQemu(image, { is64: true }));
    const recorded = recordedStream(PROGRAM);
    if (recorded === null) throw new Error("no recording: run with MEM_X86_RECORD=1");
    const run = runOnMachine(image);
    expect(lines(run.stream), run.registers).toEqual(
      lines(recorded).map((line) => GATE_ERRORS.get(line) ?? line),
    );
    expect(run.end).toBe("finished");
  });
});
