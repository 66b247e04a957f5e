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

function recordingOf(program: Program): Uint8Array {
  const recorded = recordedStream(program);
  if (recorded !== null) return recorded;
  throw new Error(`no recording of ${program.name}: run with MEM_X86_RECORD=1`);
}

async function checkAgainstRecording(program: Program): Promise<void> {
  const image = assemble(program);
  if (RECORD) writeRecording(program, await runOnQemu(image));
  const run = runOnMachine(image);
  const ended = run.end === "finished" ? "" : `ended: ${run.end}\n${run.registers}\n`;
  const found = problems("recording / interpreter", recordingOf(program), run.stream);
  expect(ended + found).toBe("");
}

/** Whether the recording, which the interpreter is compared with, is what the QEMU here does. */
async function checkRecording(program: Program, version: string): Promise<void> {
  const live = await runOnQemu(assemble(program));
  const found = problems("recording / QEMU here", recordingOf(program), live);
  const isRecorded = version.includes(` ${RECORDED_WITH}.`);
  if (found !== "" && !isRecorded) {
    console.log(
      `${program.name}: ${version} differs from the recording made with ${RECORDED_WITH}`,
    );
  }
  expect(isRecorded ? found : "").toBe("");
}

function checkAgainstManual(program: Program): void {
  const run = runOnMachine(assemble(program));
  expect(run.end === "finished" ? "" : `${run.end}\n${run.registers}`).toBe("");
  expect(failedExpectations(run.stream)).toEqual([]);
}

/**
 * Declares one test for each of `programs`, which compares the interpreter with the recording of
 * QEMU, or with what the manual says. Without nasm they are skipped.
 */
export function declareSuite(title: string, programs: readonly Program[]): void {
  const nasm = hasNasm();
  describe(`${title}`, () => {
    beforeEach((context) => context.skip(!nasm, "nasm is not installed"));
    for (const program of programs) {
      it(`${program.name}`, () =>
        program.judge === "manual" ? checkAgainstManual(program) : checkAgainstRecording(program));
    }
  });
}

/** Declares one test for each of `programs` that QEMU judges, which runs it there. */
export function declareRecordings(title: string, programs: readonly Program[]): void {
  const nasm = hasNasm();
  const version = qemuVersion();
  describe(`${title}`, () => {
    beforeEach((context) => {
      context.skip(!nasm, "nasm is not installed");
      context.skip(version === null, "QEMU is not installed");
    });
    for (const program of programs.filter(({ judge }) => judge === "qemu")) {
      it(`${program.name}`, () => checkRecording(program, version ?? ""));
    }
  });
}
