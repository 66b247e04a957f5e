/** Virtual time that qtest moves: the clock of `-accel qtest`. */
import type { InstructionClock } from "../host/instruction-clock.js";

/** Times that one step looks at the timers at most: a guest can arm one for each nanosecond. */
const MOST_LOOKS = 2 ** 20;
/** No time is later: 292 years. */
const LATEST_NS = 2 ** 63;

/** Let time pass until `toNs`, if that lies ahead, with each timer heard at its deadline. */
export function moveClock(clock: InstructionClock, toNs: number): void {
  const ns = Math.min(toNs, LATEST_NS);
  for (let looks = 0; looks < MOST_LOOKS && clock.nextDeadlineNs <= ns; looks++) {
    clock.advance(clock.nextDeadlineNs - clock.nowNs());
    clock.runDue();
  }
  clock.advance(ns - clock.nowNs());
  clock.runDue();
}

/** Let time pass until the next timer is due. Nothing happens where none is armed. */
export function moveToDeadline(clock: InstructionClock): void {
  const deadline = clock.nextDeadlineNs;
  if (deadline !== Infinity) moveClock(clock, deadline);
}
