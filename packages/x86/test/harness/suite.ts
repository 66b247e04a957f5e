import { beforeEach, describe, expect, it } from "vitest";
import { assemble, hasNasm } from "./assemble.js";
import { compareStreams, failedExpectations } from "./compare.js";
import { runOnMachine } from "./machine.js";
import type { Program } from "./programs.js";
import { qemuVersion, runOnQemu } from "./qemu.js";
import { recordedStream, writeRecording } from "./recorded.js";

/** Set to 1 to replace the recordings by what the installed QEMU does. */
const RECORD = process.env["MEM_X86_RECORD"] === "1";

/** The QEMU whose streams are in `recorded/`; another one's differences are told, not failed. */
const RECORDED_WITH = "7.2";

function problems(title: string, expected: Uint8Array, actual: Uint8Array): string {
  const { lines, differences, items } = compareStreams(expected, actual);
  if (lines.length === 0) return "";
  return `${title}: ${differences} of ${items} items differ\n  ${lines.join("\n  ")}\n`;
}

async function checkAgainstQemu(program: Program, version: string | null): Promise<void> {
  const image = assemble(program);
  const qemu = version === null ? null : runOnQemu(image);
  qemu?.catch(() => undefined);
  const run = runOnMachine(image);
  let found = run.end === "finished" ? "" : `ended: ${run.end}\n${run.registers}\n`;
  const live = qemu === null ? null : await qemu;
  if (RECORD && live !== null) writeRecording(program, live);
  const recorded = recordedStream(program);
  if (recorded === null)
    throw new Error(`no recording of ${program.name}: run with MEM_X86_RECORD=1`);
  found += problems("recording / interpreter", recorded, run.stream);
  if (live !== null && Buffer.compare(live, recorded) !== 0) {
    if (version?.includes(` ${RECORDED_WITH}.`)) {
      found += problems("QEMU here / interpreter", live, run.stream);
    } else {
      console.log(
        `${program.name}: ${version} differs from the recording made with ${RECORDED_WITH}`,
      );
    }
  }
  expect(found).toBe("");
}

function checkAgainstManual(program: Program): void {
  const run = runOnMachine(assemble(program));
  expect(run.end === "finished" ? "" : `${run.end}\n${run.registers}`).toBe("");
  expect(failedExpectations(run.stream)).toEqual([]);
}

/**
 * Declares one test for each of `programs`. Without nasm they are skipped, without QEMU those it
 * judges are compared with their recordings alone; either is said in one line.
 */
export function declareSuite(title: string, programs: readonly Program[]): void {
  const nasm = hasNasm();
  const version = qemuVersion();
  if (nasm && version === null) {
    console.log(`${title}: compared with the recordings alone, because QEMU is not installed`);
  }
  describe(`${title}`, () => {
    beforeEach((context) => context.skip(!nasm, "nasm is not installed"));
    for (const program of programs) {
      it(`${program.name}`, { timeout: 60_000 }, () =>
        program.judge === "manual"
          ? checkAgainstManual(program)
          : checkAgainstQemu(program, version),
      );
    }
  });
}
