/** Repeated MOVS, STOS, CMPS and SCAS over plain memory: as many elements at once as lie within one page. */
import type { Cpu } from "../state/cpu.js";
import { EAX, ECX, EDI, ES, ESI, TLB_MASK } from "../constants.js";
import type { Size } from "../mmu/memory.js";
import { storedInGuarded } from "../mmu/tlb.js";
import { addressRegister, advanceRegister, countRegister } from "../decode/modrm.js";
import { register } from "../decode/operands.js";
import { alu, CMP } from "./alu.js";
import { elementOf, lengthUntil, lengthUntilPair, repeatElement } from "./string-search.js";

/**
 * Number of elements of `size` that fit before the offset leaves its segment's checked range, its
 * page, or (16-bit addressing) wraps; 0 = not for the fast path.
 */
function span(offset: number, linear: number, end: number, size: number, wide: boolean): number {
  const first = offset >>> 0;
  if (first >= end) return 0;
  let bytes = 0x1000 - (linear & 0xfff);
  if (end !== 0xffffffff) bytes = Math.min(bytes, end - first);
  if (!wide) bytes = Math.min(bytes, 0x10000 - first);
  return Math.floor(bytes / size);
}

/** REP MOVS forwards; false when an element must go the slow way (then nothing was done). */
export function fastMove(c: Cpu, size: Size, seg: number): boolean {
  const wide = c.addr32;
  const si = addressRegister(c, ESI);
  const di = addressRegister(c, EDI);
  const from = (c.segBase[seg] + si) | 0;
  const to = (c.segBase[ES] + di) | 0;
  const f = (from >>> 12) & TLB_MASK;
  const t = (to >>> 12) & TLB_MASK;
  if (c.rTag[f] !== (from & -4096) || !mayStore(c, t, to & -4096)) return false;
  const n = Math.min(
    countRegister(c),
    span(si, from, c.readEnd[seg], size, wide),
    span(di, to, c.writeEnd[ES], size, wide),
  );
  if (n < 2) return false;
  const bytes = n * size;
  const source = c.tlb.rBytes[f];
  const target = c.tlb.wBytes[t];
  const a = (from + c.rBias[f]) >>> 0;
  const b = (to + c.wBias[t]) >>> 0;
  if (source !== target && source.buffer === target.buffer) {
    // Two windows on one block: leave true overlaps to the element loop.
    const distance = target.byteOffset + b - source.byteOffset - a;
    if (distance > -bytes && distance < bytes) return false;
  }
  if (source === target && (b <= a || b >= a + bytes)) target.copyWithin(b, a, a + bytes);
  else if (size === 1 || source !== target) {
    for (let k = 0; k < bytes; k++) target[b + k] = source[a + k];
  } else {
    // The target overlaps the source ahead: elements repeat, as one by one.
    const view = c.wView[t];
    if (size === 2) for (let k = 0; k < bytes; k += 2) view.setUint16(b + k, view.getUint16(a + k));
    else for (let k = 0; k < bytes; k += 4) view.setInt32(b + k, view.getInt32(a + k));
  }
  storedInGuarded(c, c.tlb, t, b, bytes);
  advanceRegister(c, ESI, bytes);
  advanceRegister(c, EDI, bytes);
  advanceRegister(c, ECX, -n);
  return true;
}

/** May the page be stored to directly, if the translator is told? */
function mayStore(c: Cpu, i: number, page: number): boolean {
  return (c.wTag[i] === page || c.tlb.guardTag[i] === page) && c.wRegion[i].plainWrite;
}

/** REP STOS forwards; false when an element must go the slow way (then nothing was done). */
export function fastStore(c: Cpu, size: Size): boolean {
  const di = addressRegister(c, EDI);
  const to = (c.segBase[ES] + di) | 0;
  const t = (to >>> 12) & TLB_MASK;
  if (!mayStore(c, t, to & -4096)) return false;
  const n = Math.min(countRegister(c), span(di, to, c.writeEnd[ES], size, c.addr32));
  if (n < 2) return false;
  const bytes = n * size;
  const b = (to + c.wBias[t]) >>> 0;
  if (size === 1) c.tlb.wBytes[t].fill(c.reg8[0], b, b + bytes);
  else {
    if (size === 2) c.wView[t].setUint16(b, c.reg16[0], true);
    else c.wView[t].setInt32(b, c.reg32[0], true);
    repeatElement(c.tlb.wBytes[t], b, size, bytes);
  }
  storedInGuarded(c, c.tlb, t, b, bytes);
  advanceRegister(c, EDI, bytes);
  advanceRegister(c, ECX, -n);
  return true;
}

/**
 * REPE or REPNE SCAS forwards: elements up to the one that ends it, or the page's last, and the flags of that one;
 * false when an element must go the slow way (then nothing was done).
 */
export function fastScan(c: Cpu, size: Size): boolean {
  const di = addressRegister(c, EDI);
  const at = (c.segBase[ES] + di) | 0;
  const t = (at >>> 12) & TLB_MASK;
  if (c.rTag[t] !== (at & -4096)) return false;
  const most = Math.min(countRegister(c), span(di, at, c.readEnd[ES], size, c.addr32));
  if (most < 2) return false;
  const view = c.rView[t];
  const first = (at + c.rBias[t]) >>> 0;
  const value = register(c, EAX, size);
  const n = lengthUntil(view, first, most, size, value, c.rep === 2);
  alu(c, CMP, value, elementOf(view, first + (n - 1) * size, size), size);
  advanceRegister(c, EDI, n * size);
  advanceRegister(c, ECX, -n);
  return true;
}

/** The same for CMPS. */
export function fastCompare(c: Cpu, size: Size, seg: number): boolean {
  const wide = c.addr32;
  const si = addressRegister(c, ESI);
  const di = addressRegister(c, EDI);
  const one = (c.segBase[seg] + si) | 0;
  const other = (c.segBase[ES] + di) | 0;
  const f = (one >>> 12) & TLB_MASK;
  const t = (other >>> 12) & TLB_MASK;
  if (c.rTag[f] !== (one & -4096) || c.rTag[t] !== (other & -4096)) return false;
  const most = Math.min(
    countRegister(c),
    span(si, one, c.readEnd[seg], size, wide),
    span(di, other, c.readEnd[ES], size, wide),
  );
  if (most < 2) return false;
  const a = (one + c.rBias[f]) >>> 0;
  const b = (other + c.rBias[t]) >>> 0;
  const [view, otherView] = [c.rView[f], c.rView[t]];
  const n = lengthUntilPair(view, a, otherView, b, most, size, c.rep === 2);
  const last = (n - 1) * size;
  alu(c, CMP, elementOf(view, a + last, size), elementOf(otherView, b + last, size), size);
  advanceRegister(c, ESI, n * size);
  advanceRegister(c, EDI, n * size);
  advanceRegister(c, ECX, -n);
  return true;
}
