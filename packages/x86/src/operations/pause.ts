/** NOP, and PAUSE, by which a processor that waits for another one lets that go on. */
import type { Cpu } from "../state/cpu.js";

/** `Cpu.rep` behind F3. */
const F3 = 1;

/** NOP, which is PAUSE behind F3. */
export function noOperation(c: Cpu): void {
  const { pause } = c.host;
  if (c.rep === F3 && pause !== null) pause();
}
