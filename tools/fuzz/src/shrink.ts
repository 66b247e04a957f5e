import type { Operation, Program } from "./operation.js";
import { runProgram } from "./run-program.js";

/** How many programs are run to make one shorter. */
const MAX_RUNS = 600;

/**
 * The program without steps that are not needed for it to fail: runs of them are left out, ever
 * shorter ones, as long as it still does; then what callbacks do in the steps that are left.
 */
export function shrink(program: Program, fails = defaultFails): Program {
  let runs = 0;
  const stillFails = (steps: readonly Operation[]): boolean =>
    runs++ < MAX_RUNS && fails({ ...program, steps });
  let steps: readonly Operation[] = program.steps;
  for (let length = Math.ceil(steps.length / 2); length >= 1; length = Math.floor(length / 2)) {
    for (let at = 0; at < steps.length;) {
      const rest = [...steps.slice(0, at), ...steps.slice(at + length)];
      if (stillFails(rest)) steps = rest;
      else at += length;
    }
  }
  for (const [i, step] of steps.entries()) {
    if (!("reactions" in step)) continue;
    let { reactions } = step;
    for (let j = reactions.length - 1; j >= 0; j--) {
      const fewer = reactions.filter((_, index) => index !== j);
      const changed = steps.map((other, index) =>
        index === i ? { ...step, reactions: fewer } : other,
      );
      if (!stillFails(changed)) continue;
      reactions = fewer;
      steps = changed;
    }
  }
  return { ...program, steps };
}

function defaultFails(program: Program): boolean {
  return runProgram(program) !== null;
}
