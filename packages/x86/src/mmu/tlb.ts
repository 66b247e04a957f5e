/** Paging: the page walk and the software TLBs. */
import type { CpuWindow } from "../bus.js";
import type { Cpu, Tlb } from "../state/cpu.js";
import { CR0_PG, CR0_WP, CR4_PSE, TLB_EMPTY, TLB_MASK, TLB_SIZE } from "../constants.js";
import { pageFault } from "../state/fault.js";
import { storePhysical } from "./physical.js";

/** Forgets every translation, and the fetch window with them. */
export function flushTlb(c: Cpu): void {
  flushOne(c.tlbSuper);
  flushOne(c.tlbUser);
  c.largeCached.fill(0);
  c.fetchSafe = 0;
  if (c.engine !== null) c.engine.tlbFlushed();
}

function flushOne(t: Tlb): void {
  if (t.usedCount <= t.used.length) {
    for (let k = 0; k < t.usedCount; k++) drop(t, t.used[k]);
  } else {
    t.rTag.fill(TLB_EMPTY);
    t.wTag.fill(TLB_EMPTY);
    t.guardTag.fill(TLB_EMPTY);
    t.prTag.fill(TLB_EMPTY);
    t.pwTag.fill(TLB_EMPTY);
  }
  t.usedCount = 0;
}

function drop(t: Tlb, i: number): void {
  t.rTag[i] = TLB_EMPTY;
  t.wTag[i] = TLB_EMPTY;
  t.guardTag[i] = TLB_EMPTY;
  t.prTag[i] = TLB_EMPTY;
  t.pwTag[i] = TLB_EMPTY;
}

/** Forgets the translation of one page (INVLPG). A 4 MiB page is cached in pieces: all go. */
export function flushPage(c: Cpu, linear: number): void {
  if (c.largeCached[linear >>> 22] !== 0) {
    flushTlb(c);
    return;
  }
  const i = (linear >>> 12) & TLB_MASK;
  drop(c.tlbSuper, i);
  drop(c.tlbUser, i);
  c.fetchSafe = 0;
  if (c.engine !== null) c.engine.pageFlushed(linear);
}

/** Has stores to pages that the engine guards go by dispatch from now on. */
export function protectStores(c: Cpu): void {
  for (const t of [c.tlbSuper, c.tlbUser]) {
    for (let i = 0; i < TLB_SIZE; i++) {
      const page = t.wTag[i];
      if (page !== TLB_EMPTY && isGuarded(c, t.wBytes[i], (page + t.wBias[i]) >>> 0)) {
        t.wTag[i] = TLB_EMPTY;
        t.guardTag[i] = page;
      }
    }
  }
}

/**
 * Tells the engine of bytes stored in the guarded page of entry `i`, which may be written without
 * telling from then on if the engine has lost its interest.
 */
export function storedInGuarded(c: Cpu, t: Tlb, i: number, at: number, size: number): void {
  if (c.engine === null) return;
  c.engine.stored(t.wBytes[i], at, size);
  const page = t.guardTag[i];
  if (page === TLB_EMPTY || isGuarded(c, t.wBytes[i], (page + t.wBias[i]) >>> 0)) return;
  t.wTag[i] = page;
  t.guardTag[i] = TLB_EMPTY;
}

function isGuarded(c: Cpu, bytes: Uint8Array, at: number): boolean {
  return c.engine !== null && c.engine.guards(bytes, at);
}

/** Makes the TLB of the current privilege level the active one. */
export function selectTlb(c: Cpu): void {
  const t = c.cpl === 3 ? c.tlbUser : c.tlbSuper;
  if (t === c.tlb) return;
  c.tlb = t;
  c.rTag = t.rTag;
  c.rBias = t.rBias;
  c.rView = t.rView;
  c.wTag = t.wTag;
  c.wBias = t.wBias;
  c.wView = t.wView;
  c.wRegion = t.wRegion;
  c.fetchSafe = 0;
}

/** Physical address of `linear`; sets accessed and dirty bits; throws #PF. */
export function walk(c: Cpu, linear: number, write: boolean, user: boolean): number {
  if ((c.cr0 & CR0_PG) === 0) return linear;
  const mask = c.a20mask;
  const bus = c.memory;
  const code = (write ? 2 : 0) | (user ? 4 : 0);
  const pdeAddr = (((c.cr3 & -4096) + ((linear >>> 22) << 2)) & mask) >>> 0;
  const pde = bus.load(pdeAddr, 4) | 0;
  if ((pde & 1) === 0) return pageFault(c, linear, code);
  if ((pde & 0x80) !== 0 && (c.cr4 & CR4_PSE) !== 0) {
    if (!allowed(c, pde, write, user)) return pageFault(c, linear, code | 1);
    const want = pde | 0x20 | (write ? 0x40 : 0);
    if (want !== pde) storePhysical(c, pdeAddr, 4, want >>> 0);
    c.largeCached[linear >>> 22] = 1;
    return (pde & 0xffc00000) | (linear & 0x3fffff);
  }
  const pteAddr = (((pde & -4096) + ((linear >>> 10) & 0xffc)) & mask) >>> 0;
  // The directory entry counts as used even if the table's then faults.
  if ((pde & 0x20) === 0) storePhysical(c, pdeAddr, 4, (pde | 0x20) >>> 0);
  const pte = bus.load(pteAddr, 4) | 0;
  if ((pte & 1) === 0) return pageFault(c, linear, code);
  if (!allowed(c, pde & pte, write, user)) return pageFault(c, linear, code | 1);
  const want = pte | 0x20 | (write ? 0x40 : 0);
  if (want !== pte) storePhysical(c, pteAddr, 4, want >>> 0);
  return (pte & -4096) | (linear & 0xfff);
}

function allowed(c: Cpu, bits: number, write: boolean, user: boolean): boolean {
  if (user) return (bits & 4) !== 0 && (!write || (bits & 2) !== 0);
  return !write || (bits & 2) !== 0 || (c.cr0 & CR0_WP) === 0;
}

/** A page walk without side effects, for debuggers: the physical address or null. */
export function walkDebug(c: Cpu, linear: number): number | null {
  if ((c.cr0 & CR0_PG) === 0) return (linear & c.a20mask) >>> 0;
  const mask = c.a20mask;
  const pde = c.memory.load((((c.cr3 & -4096) + ((linear >>> 22) << 2)) & mask) >>> 0, 4) | 0;
  if ((pde & 1) === 0) return null;
  if ((pde & 0x80) !== 0 && (c.cr4 & CR4_PSE) !== 0) {
    return (((pde & 0xffc00000) | (linear & 0x3fffff)) & mask) >>> 0;
  }
  const pte = c.memory.load((((pde & -4096) + ((linear >>> 10) & 0xffc)) & mask) >>> 0, 4) | 0;
  if ((pte & 1) === 0) return null;
  return (((pte & -4096) | (linear & 0xfff)) & mask) >>> 0;
}

/** Translates the page of `linear` for reading into TLB `t`; throws #PF. */
export function fillRead(c: Cpu, t: Tlb, linear: number): void {
  const physical = walk(c, linear, false, t === c.tlbUser);
  const frame = physical & -4096 & c.a20mask;
  enterRead(t, linear, frame, c.memory.lookup(frame >>> 0));
}

function enterRead(t: Tlb, linear: number, frame: number, w: CpuWindow): void {
  const page = linear & -4096;
  const i = (linear >>> 12) & TLB_MASK;
  if (t.usedCount < t.used.length) t.used[t.usedCount] = i;
  t.usedCount++;
  t.prTag[i] = page;
  t.prPhys[i] = frame;
  const address = frame >>> 0;
  if (
    w.bytes !== null &&
    w.view !== null &&
    w.region.directRead &&
    w.start <= address &&
    w.last >= address + 0xfff
  ) {
    t.rTag[i] = page;
    t.rBias[i] = address - w.bias - page;
    t.rView[i] = w.view;
    t.rBytes[i] = w.bytes;
  } else {
    t.rTag[i] = TLB_EMPTY;
  }
}

/** Translates the page of `linear` for writing (and reading) into TLB `t`; throws #PF. */
export function fillWrite(c: Cpu, t: Tlb, linear: number): void {
  const physical = walk(c, linear, true, t === c.tlbUser);
  const frame = physical & -4096 & c.a20mask;
  const page = linear & -4096;
  const i = (linear >>> 12) & TLB_MASK;
  const address = frame >>> 0;
  const w = c.memory.lookup(address);
  enterRead(t, linear, frame, w);
  t.pwTag[i] = page;
  t.pwPhys[i] = frame;
  const whole = w.start <= address && w.last >= address + 0xfff;
  t.wTag[i] = TLB_EMPTY;
  t.guardTag[i] = TLB_EMPTY;
  if (w.bytes !== null && w.view !== null && whole && w.readonly !== true) {
    if (isGuarded(c, w.bytes, address - w.bias)) t.guardTag[i] = page;
    else t.wTag[i] = page;
    t.wBias[i] = address - w.bias - page;
    t.wView[i] = w.view;
    t.wBytes[i] = w.bytes;
    t.wRegion[i] = w.region;
  }
}
