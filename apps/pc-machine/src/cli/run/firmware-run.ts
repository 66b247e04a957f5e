/** Running a guest for its effect on the machine alone, with nobody at the terminal. */
import type { PcMachine } from "../../board/index.js";

/** End of a run of firmware: not at all, so many instructions, or until firmware only waits. */
export type FirmwareRun =
  | { readonly kind: "none" }
  | { readonly kind: "steps"; readonly steps: number }
  | { readonly kind: "until-idle" };

const STEP = 50_000;
/** A guest that seems to wait is looked at more often: most of its instructions are those of timer interrupts. */
const QUIET_STEP = 2_500;
/** Firmware that does not come to rest is left after so many instructions. */
const MOST_STEPS = 200_000_000;
/** The guest waits when this many steps in a row took mostly time asleep. */
const QUIET_STEPS = 20;
const NS_PER_INSTRUCTION = 10;
const ASLEEP = 20;

/** Run `pc`, which has a clock that counts instructions. Ends early where the machine does. */
export function runFirmware(pc: PcMachine, run: FirmwareRun): void {
  if (run.kind === "none") return;
  const limit = run.kind === "steps" ? run.steps : MOST_STEPS;
  let quiet = 0;
  for (let left = limit; left > 0;) {
    const instructions = pc.cpu.instructionCount;
    const time = pc.clock.nowNs();
    const step = Math.min(quiet > 0 && run.kind === "until-idle" ? QUIET_STEP : STEP, left);
    const { kind } = pc.step(step);
    if (kind !== "ran") return;
    left -= step;
    const ran = (pc.cpu.instructionCount - instructions) * NS_PER_INSTRUCTION;
    quiet = pc.clock.nowNs() - time > ran * ASLEEP ? quiet + 1 : 0;
    if (run.kind === "until-idle" && quiet >= QUIET_STEPS) return;
  }
}
