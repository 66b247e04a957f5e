/** Decimal arithmetic: DAA DAS AAA AAS AAM AAD. Undefined flags follow the reference system. */
import type { Cpu, OpcodeTables } from "../state/cpu.js";
import { logic8 } from "./alu.js";
import { EX_DE, F_AF, F_CF, F_PF, F_SF, F_ZF } from "../constants.js";
import { raise } from "../state/fault.js";
import { fetch8 } from "../decode/fetch.js";
import { arithFlags, getAF, getCF, setArithFlags } from "../state/flags.js";
import { both } from "../decode/table-build.js";

/** Flags after DAA/DAS: SF ZF PF from AL, OF clear. */
function decimalFlags(c: Cpu, al: number, af: boolean, cf: boolean): void {
  logic8(c, al);
  const szp = arithFlags(c) & (F_SF | F_ZF | F_PF);
  setArithFlags(c, szp | (af ? F_AF : 0) | (cf ? F_CF : 0));
}

function daa(c: Cpu): void {
  const al = c.reg8[0];
  const half = (al & 15) > 9 || getAF(c);
  const full = al > 0x99 || getCF(c);
  const r = (al + (half ? 6 : 0) + (full ? 0x60 : 0)) & 0xff;
  c.reg8[0] = r;
  decimalFlags(c, r, half, full);
}
function das(c: Cpu): void {
  const al = c.reg8[0];
  const carry = getCF(c);
  const half = (al & 15) > 9 || getAF(c);
  const full = al > 0x99 || carry;
  const r = (al - (half ? 6 : 0) - (full ? 0x60 : 0)) & 0xff;
  c.reg8[0] = r;
  decimalFlags(c, r, half, full || (half && al < 6));
}
function asciiFlags(c: Cpu, adjust: boolean): void {
  const rest = arithFlags(c) & ~(F_AF | F_CF);
  setArithFlags(c, rest | (adjust ? F_AF | F_CF : 0));
}
function aaa(c: Cpu): void {
  const al = c.reg8[0];
  const adjust = (al & 15) > 9 || getAF(c);
  // Adding 6 to AX as a whole lets a carry out of AL reach AH.
  if (adjust) c.reg16[0] += 0x106;
  c.reg8[0] &= 15;
  asciiFlags(c, adjust);
}
function aas(c: Cpu): void {
  const al = c.reg8[0];
  const adjust = (al & 15) > 9 || getAF(c);
  if (adjust) c.reg16[0] -= 0x106;
  c.reg8[0] &= 15;
  asciiFlags(c, adjust);
}
function aam(c: Cpu): void {
  const base = fetch8(c);
  if (base === 0) raise(c, EX_DE);
  const al = c.reg8[0];
  c.reg8[1] = al / base;
  c.reg8[0] = logic8(c, al % base);
}
function aad(c: Cpu): void {
  const base = fetch8(c);
  const al = (c.reg8[1] * base + c.reg8[0]) & 0xff;
  c.reg16[0] = al;
  logic8(c, al);
}

/** Enters this file's instructions. */
export function installBcd(t: OpcodeTables): void {
  both(t, 0x27, daa);
  both(t, 0x2f, das);
  both(t, 0x37, aaa);
  both(t, 0x3f, aas);
  both(t, 0xd4, aam);
  both(t, 0xd5, aad);
}
