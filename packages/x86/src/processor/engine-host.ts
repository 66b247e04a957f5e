/** The processor as its translator sees it. */
import { UnknownKernelError } from "../kernels/unknown-kernel-error.js";
import type { Cpu } from "../state/cpu.js";
import type { CodePage, EngineHost } from "../state/engine.js";
import {
  FAULTS,
  MODE_CODE32,
  MODE_FLAT_CS,
  MODE_FLAT_DS,
  MODE_FLAT_ES,
  MODE_FLAT_SS,
  MODE_FPU,
  MODE_IF,
  MODE_LONG,
  MODE_NONE,
  MODE_SSE,
  MODE_STACK32,
  MODE_USER,
  NOT_DIRECT,
} from "../state/engine.js";
import type { StateStorage } from "../state/layout.js";
import { AT_EFLAGS, AT_EIP, AT_FLAG_REST, AT_FLAG_RESULT, AT_LEFT } from "../state/layout.js";
import {
  CR0_EM,
  CR0_TS,
  CR4_OSFXSR,
  CS,
  DS,
  EAX,
  ES,
  EV_SHADOW,
  SS,
  TLB_MASK,
} from "../constants.js";
import { setGeneral } from "../decode/any-mode.js";
import { iopl } from "../state/flags.js";
import type { Kernel } from "../kernels/kernel-module.js";
import {
  fillFetch,
  fillRead,
  fillWrite,
  isGlobalRead,
  isGlobalWrite,
  protectStores,
} from "../mmu/tlb.js";
import { canEnter } from "../mmu/long-memory.js";
import { ACCESS_ASK, ACCESS_FETCH, ACCESS_WRITE } from "../mmu/walk.js";
import { longCodePage, longDirect } from "./long-pages.js";
import { moveRsp } from "../long/operations/stack.js";
import { moveSp } from "../operations/stack.js";
import { loadSegment } from "../mmu/segment.js";
import { loadAside, storeFromAside } from "./access-aside.js";
import { afterThrow, isCalm, runOne } from "./run.js";

const EVERYTHING = 0xffffffff;

/** Makes the host of `c`'s engine. */
export function engineHost(c: Cpu, storage: StateStorage): EngineHost {
  return new Host(c, storage);
}

class Host implements EngineHost {
  readonly storage: StateStorage;
  readonly #cpu: Cpu;
  #segmentation = 0;
  #gdtBase = 0;
  #gdtLimit = 0;
  #hasDescriptors = false;
  /** The window that was asked for last, and the place of its first byte in the storage's buffer if it is there. */
  #window: Uint8Array | null = null;
  #windowAt = NOT_DIRECT;

  constructor(c: Cpu, storage: StateStorage) {
    this.#cpu = c;
    this.storage = storage;
  }

  hasFeature(name: string): boolean {
    return this.#cpu.model.has(name);
  }
  get tellsPause(): boolean {
    return this.#cpu.host.pause !== null;
  }
  mode(): number {
    const c = this.#cpu;
    if (c.code64) return longMode(c);
    return (
      (c.code32 ? MODE_CODE32 : 0) |
      (c.stack32 ? MODE_STACK32 : 0) |
      (c.tlb === c.tlbUser ? MODE_USER : 0) |
      (c.segBase[CS] === 0 && c.segLimit[CS] === -1 ? MODE_FLAT_CS : 0) |
      (isFlat(c, SS) ? MODE_FLAT_SS : 0) |
      (isFlat(c, DS) ? MODE_FLAT_DS : 0) |
      (isFlat(c, ES) ? MODE_FLAT_ES : 0) |
      (canUseSse(c) ? MODE_SSE : 0) |
      (canUseFpu(c) ? MODE_FPU : 0) |
      (!c.pe || c.cpl <= iopl(c) ? MODE_IF : 0)
    );
  }
  get codeBase(): number {
    return this.#cpu.code64 ? 0 : this.#cpu.segBase[CS];
  }
  get codeLimit(): number {
    return this.#cpu.segLimit[CS] >>> 0;
  }
  get eip(): number {
    const c = this.#cpu;
    return c.code64 ? c.long.rip : c.eip;
  }
  get left(): number {
    return this.#cpu.left;
  }
  goesOn(): boolean {
    const c = this.#cpu;
    if (c.left <= 0) return false;
    // The next instruction is executed in any case, and before it there is nothing to hold off.
    if (c.events === EV_SHADOW) {
      c.events = 0;
      c.debugHeld = false;
    }
    return isCalm(c);
  }

  save(): void {
    const c = this.#cpu;
    const w = c.words;
    if (c.code64) c.long.savedRip[0] = c.long.rip;
    else w[AT_EIP >> 2] = c.eip;
    w[AT_FLAG_RESULT >> 2] = c.fr;
    w[AT_FLAG_REST >> 2] = c.fx;
    w[AT_EFLAGS >> 2] = c.eflags;
    w[AT_LEFT >> 2] = c.left;
  }
  restore(): void {
    const c = this.#cpu;
    const w = c.words;
    if (c.code64) c.long.rip = c.long.savedRip[0];
    else c.eip = w[AT_EIP >> 2];
    c.fr = w[AT_FLAG_RESULT >> 2];
    c.fx = w[AT_FLAG_REST >> 2];
    c.eflags = w[AT_EFLAGS >> 2];
    c.left = w[AT_LEFT >> 2];
  }
  interpret(): boolean {
    return runOne(this.#cpu);
  }
  input(port: number, size: 1 | 2 | 4, length: number): void {
    const c = this.#cpu;
    begin(c, length);
    setGeneral(c, EAX, size, c.io.load(port, size) | 0);
    end(c, length);
  }
  output(port: number, size: 1 | 2 | 4, value: number, length: number): void {
    const c = this.#cpu;
    begin(c, length);
    c.io.store(port, size, value);
    end(c, length);
  }
  load(linear: number, size: 1 | 2 | 4 | 8, length: number): void {
    const c = this.#cpu;
    begin(c, length);
    loadAside(c, linear, size);
    end(c, length);
  }
  store(linear: number, size: 1 | 2 | 4 | 8, length: number): void {
    const c = this.#cpu;
    begin(c, length);
    storeFromAside(c, linear, size);
    end(c, length);
  }
  loadSegment(segment: number, selector: number, length: number, popped: number): boolean {
    const c = this.#cpu;
    begin(c, length);
    try {
      loadSegment(c, segment, selector);
    } catch (e) {
      afterThrow(c, e);
      return false;
    }
    if (c.code64) moveRsp(c, popped);
    else moveSp(c, popped);
    end(c, length);
    return true;
  }

  get segmentation(): number {
    const c = this.#cpu;
    const hasDescriptors = hasPlainDescriptors(c);
    if (
      c.gdtBase !== this.#gdtBase ||
      c.gdtLimit !== this.#gdtLimit ||
      hasDescriptors !== this.#hasDescriptors
    ) {
      this.#gdtBase = c.gdtBase;
      this.#gdtLimit = c.gdtLimit;
      this.#hasDescriptors = hasDescriptors;
      this.#segmentation++;
    }
    return this.#segmentation;
  }
  descriptorPlace(segment: number): number {
    const c = this.#cpu;
    const selector = c.segSel[segment];
    const isInGdt = (selector & 4) === 0 && selector > 3;
    if (!isInGdt || !hasPlainDescriptors(c)) return NOT_DIRECT;
    const at = (c.gdtBase + (selector & 0xfff8)) | 0;
    const t = c.tlbSuper;
    const i = (at >>> 12) & TLB_MASK;
    if (t.rTag[i] !== (at & -4096) || (at & 0xfff) > 0xff8) return NOT_DIRECT;
    return this.#index(t.rBytes[i], (at + t.rBias[i]) >>> 0);
  }

  codePage(linear: number): CodePage | null {
    const c = this.#cpu;
    if (c.code64) return this.#longCodePage(linear);
    const t = c.tlb;
    const page = linear & -4096;
    const i = (linear >>> 12) & TLB_MASK;
    if (t.pxTag[i] !== page && !fillFetch(c, t, linear, ACCESS_ASK)) return null;
    if (t.xTag[i] !== page) return null;
    const frame = t.prPhys[i];
    const { region, start, offset = 0 } = c.memory.lookup(frame);
    return {
      bytes: t.rBytes[i],
      at: (page + t.rBias[i]) >>> 0,
      isGlobal: isGlobalRead(t, i),
      block: region.ramBlock ?? null,
      offset: offset + frame - start,
    };
  }
  #longCodePage(linear: number): CodePage | null {
    const c = this.#cpu;
    const { tlb } = c.long;
    const isKnown = tlb.xTag[(linear >>> 12) & TLB_MASK] === linear - (linear & 0xfff);
    return isKnown || canEnter(c, linear, ACCESS_FETCH) ? longCodePage(c, linear) : null;
  }
  direct(linear: number, write: boolean): number {
    const c = this.#cpu;
    const i = (linear >>> 12) & TLB_MASK;
    if (c.code64) {
      const { tlb } = c.long;
      const isKnown = (write ? tlb.pwTag : tlb.prTag)[i] === linear - (linear & 0xfff);
      if (!isKnown && !canEnter(c, linear, write ? ACCESS_WRITE : 0)) return FAULTS;
      return longDirect(c, linear, write, this.storage.buffer);
    }
    const t = c.tlb;
    const page = linear & -4096;
    if (write) {
      if (t.pwTag[i] !== page && !fillWrite(c, t, linear, ACCESS_ASK)) return FAULTS;
      if (t.wTag[i] !== page || !t.wRegion[i].plainWrite) return NOT_DIRECT;
      return this.#index(t.wBytes[i], (linear + t.wBias[i]) >>> 0);
    }
    if (t.prTag[i] !== page && !fillRead(c, t, linear, ACCESS_ASK)) return FAULTS;
    return t.rTag[i] === page ? this.#index(t.rBytes[i], (linear + t.rBias[i]) >>> 0) : NOT_DIRECT;
  }
  isGlobal(linear: number, write: boolean): boolean {
    const { code64, long, tlb } = this.#cpu;
    const i = (linear >>> 12) & TLB_MASK;
    if (code64) return long.tlb.isGlobal(i);
    return write ? isGlobalWrite(tlb, i) : isGlobalRead(tlb, i);
  }
  #index(bytes: Uint8Array, at: number): number {
    if (bytes !== this.#window) {
      this.#window = bytes;
      this.#windowAt = bytes.buffer === this.storage.buffer ? bytes.byteOffset : NOT_DIRECT;
    }
    return this.#windowAt === NOT_DIRECT ? NOT_DIRECT : this.#windowAt + at;
  }
  fpuKernel(name: string): Kernel {
    const { kernels } = this.#cpu;
    if (kernels === null)
      throw new UnknownKernelError("there is no x87 unit", { rule: "kernel-exists" });
    return kernels.kernel(name);
  }
  sseKernel(name: string): Kernel {
    const { sse } = this.#cpu;
    if (sse === null) throw new UnknownKernelError("there is no SSE", { rule: "kernel-exists" });
    return sse.kernel(name);
  }
  protect(): void {
    protectStores(this.#cpu);
  }
}

/**
 * Begins an instruction of which only the access is left. What it accesses sees the registers as when the
 * instruction is interpreted: EIP is behind it already, RIP is not.
 */
function begin(c: Cpu, length: number): void {
  c.left--;
  if (c.code64) {
    c.long.startRip = c.long.rip;
    return;
  }
  c.startEip = c.eip;
  c.eip = (c.eip + length) | 0;
}
/** Ends it. */
function end(c: Cpu, length: number): void {
  if (c.code64) c.long.rip = c.long.startRip + length;
}

/** Are segments loaded from descriptors, at a level that whether the TLB is the user's tells? Long mode is left out. */
function hasPlainDescriptors(c: Cpu): boolean {
  return c.pe && !c.vm && !c.lma && c.cpl % 3 === 0;
}
function canUseFpu(c: Cpu): boolean {
  return c.kernels !== null && (c.cr0 & (CR0_EM | CR0_TS)) === 0;
}
function canUseSse(c: Cpu): boolean {
  return c.sse !== null && (c.cr0 & (CR0_EM | CR0_TS)) === 0 && (c.cr4 & CR4_OSFXSR) !== 0;
}

function isFlat(c: Cpu, seg: number): boolean {
  return c.segBase[seg] === 0 && c.readEnd[seg] === EVERYTHING && c.writeEnd[seg] === EVERYTHING;
}

/** Mode of 64-bit code: none while accesses must be looked at one by one. */
function longMode(c: Cpu): number {
  if (c.alignCheck || c.watches !== 0) return MODE_NONE;
  return (
    MODE_LONG |
    (c.long.tlb === c.long.userTlb ? MODE_USER : 0) |
    (canUseSse(c) ? MODE_SSE : 0) |
    (canUseFpu(c) ? MODE_FPU : 0) |
    (c.cpl <= iopl(c) ? MODE_IF : 0)
  );
}
