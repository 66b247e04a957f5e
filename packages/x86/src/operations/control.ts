/** Near jumps, calls, returns, loops, and group 5's near forms. */
import type { Cpu, OpcodeTables } from "../state/cpu.js";
import { CS, ECX, SS } from "../constants.js";
import { gp, ud } from "../state/fault.js";
import { fetch16, fetch32, fetch8, fetchS8 } from "../decode/fetch.js";
import { condition } from "../state/flags.js";
import { incDec } from "./arith.js";
import { callFarMemory, jumpFarMemory } from "../system/far.js";
import { checkCodeLimit } from "../mmu/limits.js";
import { read16, read32 } from "../mmu/memory.js";
import { advanceRegister, countRegister } from "../decode/modrm.js";
import { rm, rm16, rm32, wordSize } from "../decode/operands.js";
import { moveSp, push, push16, push32, spOffset } from "./stack.js";
import { both, sized } from "../decode/table-build.js";

/** Continues at `eip` of the same code segment; #GP(0) beyond its limit. */
function jumpNear(c: Cpu, eip: number): void {
  checkCodeLimit(c, eip);
  c.eip = eip;
}

function jcc8w(c: Cpu, op: number): void {
  const d = fetchS8(c);
  if (condition(c, op)) jumpNear(c, (c.eip + d) & 0xffff);
}
function jcc8d(c: Cpu, op: number): void {
  const d = fetchS8(c);
  if (condition(c, op)) jumpNear(c, (c.eip + d) | 0);
}
function jccw(c: Cpu, op: number): void {
  const d = fetch16(c);
  if (condition(c, op)) jumpNear(c, (c.eip + d) & 0xffff);
}
function jccd(c: Cpu, op: number): void {
  const d = fetch32(c);
  if (condition(c, op)) jumpNear(c, (c.eip + d) | 0);
}

/** Jumps by `d` in the operand size's width. */
function relative(c: Cpu, d: number): void {
  const target = (c.eip + d) | 0;
  jumpNear(c, c.op32 ? target : target & 0xffff);
}

function loop(c: Cpu, op: number): void {
  const d = fetchS8(c);
  const before = c.reg32[ECX];
  advanceRegister(c, ECX, -1);
  if (countRegister(c) === 0) return;
  if (op !== 0xe2 && (c.fr === 0) !== (op === 0xe1)) return;
  const target = c.op32 ? (c.eip + d) | 0 : (c.eip + d) & 0xffff;
  if (target >>> 0 > c.segLimit[CS] >>> 0) {
    // The counter is put back if the jump faults.
    c.reg32[ECX] = before;
    gp(c, 0);
  }
  c.eip = target;
}
function jcxz(c: Cpu): void {
  const d = fetchS8(c);
  if (countRegister(c) === 0) relative(c, d);
}

/** Pushes the return address and continues at `target`. */
function call16(c: Cpu, target: number): void {
  checkCodeLimit(c, target);
  push16(c, c.eip & 0xffff);
  c.eip = target;
}
function call32(c: Cpu, target: number): void {
  checkCodeLimit(c, target);
  push32(c, c.eip);
  c.eip = target;
}
function callw(c: Cpu): void {
  const d = fetch16(c);
  call16(c, (c.eip + d) & 0xffff);
}
function calld(c: Cpu): void {
  const d = fetch32(c);
  call32(c, (c.eip + d) | 0);
}
function retw(c: Cpu, op: number): void {
  const extra = op === 0xc2 ? fetch16(c) : 0;
  jumpNear(c, read16(c, SS, spOffset(c, 0)));
  moveSp(c, 2 + extra);
}
function retd(c: Cpu, op: number): void {
  const extra = op === 0xc2 ? fetch16(c) : 0;
  jumpNear(c, read32(c, SS, spOffset(c, 0)));
  moveSp(c, 4 + extra);
}

function group5(c: Cpu): void {
  const m = fetch8(c);
  const size = wordSize(c);
  switch ((m >> 3) & 7) {
    case 0:
    case 1:
      return incDec(c, m, size);
    case 2:
      return size === 4 ? call32(c, rm32(c, m)) : call16(c, rm16(c, m));
    case 3:
      return callFarMemory(c, m);
    case 4:
      return jumpNear(c, rm(c, m, size));
    case 5:
      return jumpFarMemory(c, m);
    case 6:
      return push(c, rm(c, m, size));
    default:
      return ud(c);
  }
}

/** Enters this file's instructions. */
export function installControl(t: OpcodeTables): void {
  for (let code = 0; code < 16; code++) {
    sized(t, 0x70 + code, jcc8w, jcc8d);
    sized(t, 0x180 + code, jccw, jccd);
  }
  // The commonest two conditions, without the switch.
  sized(
    t,
    0x74,
    (c) => {
      const d = fetchS8(c);
      if (c.fr === 0) jumpNear(c, (c.eip + d) & 0xffff);
    },
    (c) => {
      const d = fetchS8(c);
      if (c.fr === 0) jumpNear(c, (c.eip + d) | 0);
    },
  );
  sized(
    t,
    0x75,
    (c) => {
      const d = fetchS8(c);
      if (c.fr !== 0) jumpNear(c, (c.eip + d) & 0xffff);
    },
    (c) => {
      const d = fetchS8(c);
      if (c.fr !== 0) jumpNear(c, (c.eip + d) | 0);
    },
  );
  for (const op of [0xe0, 0xe1, 0xe2]) both(t, op, loop);
  both(t, 0xe3, jcxz);
  both(t, 0xeb, (c) => relative(c, fetchS8(c)));
  both(t, 0xe9, (c) => relative(c, c.op32 ? fetch32(c) : fetch16(c)));
  sized(t, 0xe8, callw, calld);
  for (const op of [0xc2, 0xc3]) sized(t, op, retw, retd);
  both(t, 0xff, group5);
}
