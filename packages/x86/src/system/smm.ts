/**
 * System management mode: entering it on an SMI, leaving it with RSM. The registers are saved at
 * SMBASE + 0xfe00 and up, in the layout of processors with long mode or without.
 */
import type { Cpu, OpcodeTables } from "../state/cpu.js";
import { EV_SHUTDOWN } from "../constants.js";
import { ud } from "../state/fault.js";
import { arePossible } from "./control-registers.js";
import type { SegmentState } from "../processor/register-state.js";
import { applyState } from "../processor/register-state.js";
import { everywhere } from "../decode/table-build.js";
import { flushTlb } from "../mmu/tlb.js";
import { restoreArea32, saveArea32 } from "./save-area-32.js";
import { restoreArea64, saveArea64 } from "./save-area-64.js";
import { SMM_ENTRY } from "./save-area.js";

function select(c: Cpu, inside: boolean): void {
  c.smm = inside;
  c.memory = inside ? c.smmMemory : c.normalMemory;
  flushTlb(c);
}

/** Enters system management mode at the next instruction's boundary. */
export function enterSmm(c: Cpu): void {
  select(c, true);
  if (c.model.has("lm")) saveArea64(c);
  else saveArea32(c);
  c.smmNmiBlocked = c.nmiBlocked;
  c.nmiBlocked = true;
  const data: SegmentState = { selector: 0, base: 0, limit: 0xffffffff, flags: 0x809300 };
  applyState(c, {
    eflags: 2,
    eip: SMM_ENTRY,
    efer: 0,
    cr0: c.cr0 & ~(1 | 4 | 8 | 0x80000000),
    cr4: 0,
    dr7: 0x400,
    es: data,
    ss: data,
    ds: data,
    fs: data,
    gs: data,
    cs: { ...data, selector: (c.smbase >>> 4) & 0xffff, base: c.smbase >>> 0 },
    cpl: 0,
  });
}

/** RSM. A save area whose control registers cannot be ends in a shutdown. */
export function rsm(c: Cpu): void {
  if (!c.smm) ud(c);
  const part = c.model.has("lm") ? restoreArea64(c) : restoreArea32(c);
  select(c, false);
  c.long.jumped = true;
  c.nmiBlocked = c.smmNmiBlocked;
  if (!arePossible(c, part.cr0 ?? 0, part.cr4 ?? 0)) {
    c.shutdown = true;
    c.events |= EV_SHUTDOWN;
    return;
  }
  applyState(c, part);
}

/** Enters this file's instruction. */
export function installSmm(t: OpcodeTables): void {
  everywhere(t, 0x1aa, rsm);
}
