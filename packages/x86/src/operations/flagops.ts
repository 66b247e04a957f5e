/** Instructions on single flags: CLC STC CMC CLD STD CLI STI SAHF LAHF SALC. */
import type { Cpu, OpcodeTables } from "../state/cpu.js";
import { EV_SHADOW, F_DF, F_IF } from "../constants.js";
import { gp } from "../state/fault.js";
import { arithFlags, getCF, iopl, setArithFlags, setCF } from "../state/flags.js";
import { both, everywhere } from "../decode/table-build.js";

function checkInterruptFlag(c: Cpu): void {
  if (c.pe && c.cpl > iopl(c)) gp(c, 0);
}

function cli(c: Cpu): void {
  checkInterruptFlag(c);
  c.eflags &= ~F_IF;
}
function complementCarry(c: Cpu): void {
  setCF(c, !getCF(c));
}
function clearDirection(c: Cpu): void {
  c.eflags &= ~F_DF;
}
function setDirection(c: Cpu): void {
  c.eflags |= F_DF;
}
function sti(c: Cpu): void {
  checkInterruptFlag(c);
  // Interrupts stay off for one more instruction.
  if ((c.eflags & F_IF) === 0) c.events |= EV_SHADOW;
  c.eflags |= F_IF;
}

/** Enters this file's instructions. */
export function installFlagOps(t: OpcodeTables): void {
  everywhere(t, 0xf5, complementCarry);
  everywhere(t, 0xf8, (c) => setCF(c, false));
  everywhere(t, 0xf9, (c) => setCF(c, true));
  everywhere(t, 0xfa, cli);
  everywhere(t, 0xfb, sti);
  everywhere(t, 0xfc, clearDirection);
  everywhere(t, 0xfd, setDirection);
  both(t, 0x9e, (c) => setArithFlags(c, (arithFlags(c) & 0x800) | (c.reg8[1] & 0xd5)));
  both(t, 0x9f, (c) => {
    c.reg8[1] = (arithFlags(c) & 0xd5) | 2;
  });
  both(t, 0xd6, (c) => {
    c.reg8[0] = getCF(c) ? 0xff : 0;
  });
}
