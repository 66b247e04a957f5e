/** Entering and leaving 64-bit code, and with it which registers rule. */
import type { Cpu } from "../state/cpu.js";
import { CS, D_L, EV_MODE } from "../constants.js";

/**
 * Follows a change of the code segment or of EFER.LMA. When 64-bit code begins, the wide registers
 * take the narrow ones' values: a high half stays only if its low half does.
 */
export function updateCodeMode(c: Cpu): void {
  const is64 = c.lma && (c.segAttr[CS] & D_L) !== 0;
  if (is64 === c.code64) return;
  const { words } = c.long;
  c.code64 = is64;
  c.events |= EV_MODE;
  for (let n = 0; n < 8; n++) {
    if (!is64) c.reg32[n] = words[2 * n];
    else if (words[2 * n] !== c.reg32[n]) {
      words[2 * n] = c.reg32[n];
      words[2 * n + 1] = 0;
    }
  }
  if (is64) {
    c.long.rip = c.eip >>> 0;
    c.long.startRip = c.long.rip;
    c.long.page = NaN;
  } else {
    c.eip = c.long.rip | 0;
    c.fetchSafe = 0;
    c.rep = 0;
  }
}

/** Continues at an address, whichever code the code segment now holds. */
export function continueAt(c: Cpu, rip: number): void {
  c.long.rip = rip;
  c.long.jumped = true;
  if (!c.code64) c.eip = rip | 0;
}
