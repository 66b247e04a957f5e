/** MMX beside its table: EMMS and MASKMOVQ. */
import type { Cpu, OpcodeTables } from "../../state/cpu.js";
import { CR0_EM, CR0_TS, EDI } from "../../constants.js";
import { nm, ud } from "../../state/fault.js";
import { AT_FPU_TAGS, AT_FPU_TOP, AT_ST } from "../../state/layout.js";
import { fetch8 } from "../../decode/fetch.js";
import { addressRegister, dataSegment, offsetAfter } from "../../decode/modrm.js";
import { both } from "../../decode/table-build.js";
import { modify, store8 } from "../../mmu/memory.js";
import { mustWait } from "../fpu/wait.js";

/** Raises what keeps MMX from being used. */
export function checkMmx(c: Cpu): void {
  if (c.sse === null || (c.cr0 & CR0_EM) !== 0) ud(c);
  if ((c.cr0 & CR0_TS) !== 0) nm(c);
}

/** EMMS. */
export function emms(c: Cpu): void {
  checkMmx(c);
  if (mustWait(c)) return;
  c.words[AT_FPU_TOP >> 2] = 0;
  c.words[AT_FPU_TAGS >> 2] = 0;
}

function maskmovq(c: Cpu): void {
  const m = fetch8(c);
  if (m < 0xc0 || c.rep !== 0) ud(c);
  checkMmx(c);
  if (mustWait(c)) return;
  const registers = new Uint8Array(c.words.buffer, c.words.byteOffset + AT_ST, 128);
  const source = 16 * ((m >> 3) & 7);
  const mask = 16 * (m & 7);
  const seg = dataSegment(c);
  const first = addressRegister(c, EDI);
  const at: number[] = [];
  for (let k = 0; k < 8; k++) {
    const isWritten = registers[mask + k] >= 0x80;
    at.push(isWritten ? modify(c, seg, offsetAfter(c, first, k), 1) >>> 0 : -1);
  }
  at.forEach((linear, k) => {
    if (linear >= 0) store8(c, linear | 0, registers[source + k]);
  });
  c.words[AT_FPU_TOP >> 2] = 0;
  c.words[AT_FPU_TAGS >> 2] = 0xff;
}

/** Enters this file's instructions. */
export function installMmx(t: OpcodeTables, has: (feature: string) => boolean): void {
  if (has("mmx")) both(t, 0x177, emms);
  if (has("sse")) both(t, 0x1f7, maskmovq);
}
