/**
 * Guest memory as instructions see it. `loadN`/`storeN` take linear addresses at the current
 * privilege level; `readN`/`writeN` take a segment and an offset and check limits first;
 * `sysLoadN`/`sysStoreN` are the processor's own accesses (descriptors, TSS), at supervisor level.
 * 8 and 16 bit values are unsigned, 32 bit values signed; of a value to be stored the low bits count.
 * Without a width in the name the last parameter but the value is the width.
 */
import type { CpuWindow, StoreFlag } from "../bus.js";
import type { Cpu, Tlb } from "../state/cpu.js";
import { TLB_MASK } from "../constants.js";
import { checkAccess } from "./limits.js";
import { storePhysical } from "./physical.js";
import { fillFetch, fillRead, fillWrite, storedInGuarded } from "./tlb.js";

/** The width of an access in bytes. */
export type Size = 1 | 2 | 4;

function slowLoad(c: Cpu, t: Tlb, linear: number, size: Size): number {
  if ((linear & 0xfff) + size > 0x1000) {
    let value = 0;
    for (let k = 0; k < size; k++) value |= slowLoad(c, t, (linear + k) | 0, 1) << (8 * k);
    return value;
  }
  const page = linear & -4096;
  const i = (linear >>> 12) & TLB_MASK;
  if (t.prTag[i] !== page) fillRead(c, t, linear);
  if (t.rTag[i] === page) {
    const at = (linear + t.rBias[i]) >>> 0;
    if (size === 1) return t.rView[i].getUint8(at);
    return size === 2 ? t.rView[i].getUint16(at, true) : t.rView[i].getInt32(at, true);
  }
  if ((linear & (size - 1)) !== 0) return loadUnaligned(c, t, linear, size);
  const value = c.memory.load(t.prPhys[i] + (linear & 0xfff), size);
  return size === 4 ? value | 0 : value;
}

/** Loads what is not plain RAM in aligned accesses only: the two around an unaligned one. */
function loadUnaligned(c: Cpu, t: Tlb, linear: number, size: Size): number {
  const physical = t.prPhys[(linear >>> 12) & TLB_MASK] + (linear & 0xfff);
  const window = c.memory.lookup(physical);
  if (isTracedPage(window, physical) && window.region.directRead) {
    const value = c.memory.load(physical, size);
    return size === 4 ? value | 0 : value;
  }
  const shift = (linear & (size - 1)) * 8;
  const aligned = linear & -size;
  const low = slowLoad(c, t, aligned, size);
  const high = slowLoad(c, t, (aligned + size) | 0, size);
  const value = (low >>> shift) | (high << (size * 8 - shift));
  return size === 4 ? value | 0 : value & 0xffff;
}

/** The flag that stores of the processor go by. */
function storesOf(window: CpuWindow): StoreFlag {
  return window.besideCode ?? window.region;
}

/** True if the page of an address would be in the TLB if its accesses were not traced. */
function isTracedPage(window: CpuWindow, physical: number): boolean {
  const frame = physical - (physical & 0xfff);
  return window.traced === true && window.start <= frame && window.last >= frame + 0xfff;
}

/** Makes sure that `size` bytes at `linear` may be written by TLB `t`'s level; throws #PF. */
export function prepareWrite(c: Cpu, t: Tlb, linear: number, size: number): void {
  if (t.pwTag[(linear >>> 12) & TLB_MASK] !== (linear & -4096)) fillWrite(c, t, linear);
  if ((linear & 0xfff) + size > 0x1000) {
    const next = ((linear & -4096) + 0x1000) | 0;
    if (t.pwTag[(next >>> 12) & TLB_MASK] !== next) fillWrite(c, t, next);
  }
}

function slowStore(c: Cpu, t: Tlb, linear: number, size: Size, value: number): void {
  prepareWrite(c, t, linear, size);
  if ((linear & 0xfff) + size > 0x1000) return storeBytes(c, t, linear, size, value);
  const i = (linear >>> 12) & TLB_MASK;
  const page = linear & -4096;
  if ((t.wTag[i] === page || t.guardTag[i] === page) && t.wRegion[i].plainWrite) {
    const at = (linear + t.wBias[i]) >>> 0;
    if (size === 1) t.wView[i].setUint8(at, value);
    else if (size === 2) t.wView[i].setUint16(at, value, true);
    else t.wView[i].setInt32(at, value, true);
    if (t.guardTag[i] === page) storedInGuarded(c, t, i, at, size);
    return;
  }
  const physical = t.pwPhys[i] + (linear & 0xfff);
  const window = c.memory.lookup(physical);
  // What is not plain RAM sees aligned accesses only: an unaligned store goes byte by byte.
  if (
    (linear & (size - 1)) !== 0 &&
    !(isTracedPage(window, physical) && storesOf(window).plainWrite)
  ) {
    return storeBytes(c, t, linear, size, value);
  }
  const unsigned = size === 4 ? value >>> 0 : size === 2 ? value & 0xffff : value & 0xff;
  // RAM that an alias shows read-only, as shadowed firmware is, drops a processor's stores.
  if (window.readonly === true && window.region.isRam === true) return;
  storePhysical(c, physical, size, unsigned);
}

function storeBytes(c: Cpu, t: Tlb, linear: number, size: Size, value: number): void {
  for (let k = 0; k < size; k++) slowStore(c, t, (linear + k) | 0, 1, (value >>> (8 * k)) & 0xff);
}

/** Loads a byte. */
export function load8(c: Cpu, linear: number): number {
  const i = (linear >>> 12) & TLB_MASK;
  if (c.rTag[i] === (linear & -4096)) return c.rView[i].getUint8((linear + c.rBias[i]) >>> 0);
  return slowLoad(c, c.tlb, linear, 1);
}
/** Loads a byte of an instruction. */
export function loadCode(c: Cpu, linear: number): number {
  const { tlb, memory } = c;
  const page = linear & -4096;
  const i = (linear >>> 12) & TLB_MASK;
  if (tlb.pxTag[i] !== page) fillFetch(c, tlb, linear);
  if (tlb.xTag[i] === page) return tlb.rView[i].getUint8((linear + tlb.rBias[i]) >>> 0);
  const physical = tlb.prPhys[i] + (linear & 0xfff);
  return memory.fetch === undefined ? memory.load(physical, 1) : memory.fetch(physical);
}
/** Loads a word. */
export function load16(c: Cpu, linear: number): number {
  const i = (linear >>> 12) & TLB_MASK;
  // Neighbouring pages never share an index, so this one comparison also finds page crossings.
  if (c.rTag[i] === ((linear + 1) & -4096)) {
    return c.rView[i].getUint16((linear + c.rBias[i]) >>> 0, true);
  }
  return slowLoad(c, c.tlb, linear, 2);
}
/** Loads a doubleword. */
export function load32(c: Cpu, linear: number): number {
  const i = (linear >>> 12) & TLB_MASK;
  if (c.rTag[i] === ((linear + 3) & -4096)) {
    return c.rView[i].getInt32((linear + c.rBias[i]) >>> 0, true);
  }
  return slowLoad(c, c.tlb, linear, 4);
}

/** Stores a byte. */
export function store8(c: Cpu, linear: number, value: number): void {
  const i = (linear >>> 12) & TLB_MASK;
  if (c.wTag[i] === (linear & -4096) && c.wRegion[i].plainWrite) {
    c.wView[i].setUint8((linear + c.wBias[i]) >>> 0, value);
  } else slowStore(c, c.tlb, linear, 1, value);
}
/** Stores a word. */
export function store16(c: Cpu, linear: number, value: number): void {
  const i = (linear >>> 12) & TLB_MASK;
  if (c.wTag[i] === ((linear + 1) & -4096) && c.wRegion[i].plainWrite) {
    c.wView[i].setUint16((linear + c.wBias[i]) >>> 0, value, true);
  } else slowStore(c, c.tlb, linear, 2, value);
}
/** Stores a doubleword. */
export function store32(c: Cpu, linear: number, value: number): void {
  const i = (linear >>> 12) & TLB_MASK;
  if (c.wTag[i] === ((linear + 3) & -4096) && c.wRegion[i].plainWrite) {
    c.wView[i].setInt32((linear + c.wBias[i]) >>> 0, value, true);
  } else slowStore(c, c.tlb, linear, 4, value);
}

/** Loads `size` bytes. */
export function load(c: Cpu, linear: number, size: Size): number {
  if (size === 1) return load8(c, linear);
  return size === 2 ? load16(c, linear) : load32(c, linear);
}
/** Stores `size` bytes. */
export function store(c: Cpu, linear: number, size: Size, value: number): void {
  if (size === 1) store8(c, linear, value);
  else if (size === 2) store16(c, linear, value);
  else store32(c, linear, value);
}

/** Reads a byte of a segment. */
export function read8(c: Cpu, seg: number, offset: number): number {
  if (offset >>> 0 >= c.readEnd[seg]) checkAccess(c, seg, offset, 1, false);
  return load8(c, (c.segBase[seg] + offset) | 0);
}
/** Reads a word of a segment. */
export function read16(c: Cpu, seg: number, offset: number): number {
  if (offset >>> 0 >= c.readEnd[seg]) checkAccess(c, seg, offset, 2, false);
  return load16(c, (c.segBase[seg] + offset) | 0);
}
/** Reads a doubleword of a segment. */
export function read32(c: Cpu, seg: number, offset: number): number {
  if (offset >>> 0 >= c.readEnd[seg]) checkAccess(c, seg, offset, 4, false);
  return load32(c, (c.segBase[seg] + offset) | 0);
}

/** Writes a byte of a segment. */
export function write8(c: Cpu, seg: number, offset: number, value: number): void {
  if (offset >>> 0 >= c.writeEnd[seg]) checkAccess(c, seg, offset, 1, true);
  store8(c, (c.segBase[seg] + offset) | 0, value);
}
/** Writes a word of a segment. */
export function write16(c: Cpu, seg: number, offset: number, value: number): void {
  if (offset >>> 0 >= c.writeEnd[seg]) checkAccess(c, seg, offset, 2, true);
  store16(c, (c.segBase[seg] + offset) | 0, value);
}
/** Writes a doubleword of a segment. */
export function write32(c: Cpu, seg: number, offset: number, value: number): void {
  if (offset >>> 0 >= c.writeEnd[seg]) checkAccess(c, seg, offset, 4, true);
  store32(c, (c.segBase[seg] + offset) | 0, value);
}

/** Reads `size` bytes of a segment. */
export function read(c: Cpu, seg: number, offset: number, size: Size): number {
  if (size === 1) return read8(c, seg, offset);
  return size === 2 ? read16(c, seg, offset) : read32(c, seg, offset);
}
/** Writes `size` bytes of a segment. */
export function write(c: Cpu, seg: number, offset: number, size: Size, value: number): void {
  if (size === 1) write8(c, seg, offset, value);
  else if (size === 2) write16(c, seg, offset, value);
  else write32(c, seg, offset, value);
}

/**
 * Begins a read-modify-write of `size` bytes: every fault of the coming store is raised now.
 * Returns the linear address for the load and the store, which then cannot fault.
 */
export function modify(c: Cpu, seg: number, offset: number, size: number): number {
  if (offset >>> 0 >= c.writeEnd[seg]) checkAccess(c, seg, offset, size, true);
  const linear = (c.segBase[seg] + offset) | 0;
  if (c.wTag[(linear >>> 12) & TLB_MASK] !== ((linear + size - 1) & -4096)) {
    prepareWrite(c, c.tlb, linear, size);
  }
  return linear;
}

/** Supervisor load of a word. */
export function sysLoad16(c: Cpu, linear: number): number {
  return slowLoad(c, c.tlbSuper, linear, 2);
}
/** Supervisor load of a doubleword. */
export function sysLoad32(c: Cpu, linear: number): number {
  return slowLoad(c, c.tlbSuper, linear, 4);
}
/** Supervisor store of a word. */
export function sysStore16(c: Cpu, linear: number, value: number): void {
  slowStore(c, c.tlbSuper, linear, 2, value);
}
/** Supervisor store of a doubleword. */
export function sysStore32(c: Cpu, linear: number, value: number): void {
  slowStore(c, c.tlbSuper, linear, 4, value);
}
/** Raises the faults a supervisor store of `size` bytes would raise. */
export function sysPrepareWrite(c: Cpu, linear: number, size: number): void {
  for (let at = 0; at < size; at += 0x1000) {
    prepareWrite(c, c.tlbSuper, (linear + at) | 0, Math.min(0x1000, size - at));
  }
}
