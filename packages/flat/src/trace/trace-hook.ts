import {
  type Address,
  addWrapped,
  type Data64,
  type MemOp,
  MemOp as Op,
  memOpSize,
  type MemoryRegion,
  type MemorySystem,
  MEMTXATTRS_UNSPECIFIED,
  type MemTxAttrs,
  MemTxResult,
} from "@mem/core";
import { fastMmioRead, fastMmioWrite, NOT_FAST, internalsOf } from "@mem/core/plumbing";
import type { AccessHook } from "../access/access-hook.js";
import type { AccessWindow } from "../view/access-window.js";
import { type AddressSpace, memberOf } from "../space/address-space.js";
import { type PieceObserver, readView, writeRomView, writeView } from "../access/bulk-access.js";
import type { Mapping } from "../access/mapping.js";
import { ScratchStack } from "../access/scratch.js";
import type { Translation } from "../access/translation.js";
import { loadView, storeView } from "../access/word-access.js";
import type { AccessType } from "./access-event.js";
import type { AccessFilter } from "./access-filter.js";
import { AccessRecord } from "./access-record.js";
import { TraceState } from "./trace-state.js";
import { TraceWindows } from "./trace-windows.js";
import { TraceZones } from "./trace-zones.js";

/** A trace, as the accesses know it. */
export interface TraceSink {
  readonly filter: AccessFilter;
  /** An access that {@link filter} matches ended. */
  take(record: AccessRecord): void;
}

/** Carries out the accesses of a traced address space, and tells its traces. */
export class TraceHook implements AccessHook {
  readonly #space: AddressSpace;
  readonly #system: MemorySystem;
  readonly #state: TraceState;
  readonly #scratch: ScratchStack;
  readonly #record: AccessRecord;
  #sinks: readonly TraceSink[] = [];
  #zones = new TraceZones([]);
  #windows: TraceWindows;

  private constructor(space: AddressSpace) {
    this.#space = space;
    this.#system = space.system;
    this.#state = TraceState.of(space.system);
    this.#scratch = new ScratchStack(space.system, space.crossSections === "split");
    this.#record = new AccessRecord(space);
    this.#windows = new TraceWindows(space.system, space.flatView, this.#zones);
  }

  /** Has a trace told of the accesses of an address space. */
  static add(space: AddressSpace, sink: TraceSink): void {
    const present = memberOf(space).accessHook;
    const hook = present instanceof TraceHook ? present : new TraceHook(space);
    hook.#setSinks([...hook.#sinks, sink]);
    memberOf(space).setAccessHook(hook);
  }

  /** Takes that back. */
  static remove(space: AddressSpace, sink: TraceSink): void {
    const hook = memberOf(space).accessHook;
    if (!(hook instanceof TraceHook)) return;
    hook.#setSinks(hook.#sinks.filter((other) => other !== sink));
    memberOf(space).setAccessHook(hook.#sinks.length === 0 ? null : hook);
  }

  observes(addr: number): boolean {
    return this.#zones.holds(addr);
  }

  wordWindow(addr: number): AccessWindow {
    return this.#currentWindows().wordWindow(addr);
  }

  lookup(addr: number): AccessWindow {
    return this.#currentWindows().lookup(addr);
  }

  access(
    isWrite: boolean,
    addr: Address,
    op: MemOp,
    data: Data64,
    attrs: MemTxAttrs,
    isWord: boolean,
    isFetch = false,
  ): MemTxResult {
    const window = this.#space.flatView.find(addr);
    const { translation } = this.#scratch.current;
    const { lo, hi } = data;
    let result = isWord
      ? accessDevice(window, isWrite, addr, op, data, attrs, translation)
      : NOT_FAST;
    if (result === NOT_FAST) result = this.#dispatch(isWrite, addr, op, data, attrs, translation);
    const size = memOpSize(op);
    if (!this.#isObserved(addr, size)) return result;
    const type = isWrite ? "write" : isFetch ? "fetch" : "read";
    const record = this.#begin(type, addr, size, isWrite, attrs);
    // A store may exchange the bytes of what it is given.
    if (isWrite) record.data.set(lo, hi);
    else record.data.set(data.lo, data.hi);
    record.data.truncate(size);
    if (op & Op.BIG) record.data.swap(size);
    record.hasValue = true;
    this.#end(translation, window.region, result);
    return result;
  }

  #dispatch(
    isWrite: boolean,
    addr: Address,
    op: MemOp,
    data: Data64,
    attrs: MemTxAttrs,
    translation: Translation,
  ): MemTxResult {
    const { flatView } = this.#space;
    const { reclaimer } = this.#system;
    reclaimer.enter();
    try {
      return isWrite
        ? storeView(flatView, addr, op, data, attrs, translation)
        : loadView(flatView, addr, op, data, attrs, translation);
    } finally {
      reclaimer.exit();
    }
  }

  read(addr: Address, into: Uint8Array, attrs: MemTxAttrs): MemTxResult {
    return this.#bulk((view, scratch) =>
      readView(view, addr, into, attrs, scratch, this.#observer(addr, into, false, attrs)),
    );
  }

  write(addr: Address, from: Uint8Array, attrs: MemTxAttrs): MemTxResult {
    return this.#bulk((view, scratch) =>
      writeView(view, addr, from, attrs, scratch, this.#observer(addr, from, true, attrs)),
    );
  }

  writeRom(addr: Address, from: Uint8Array, attrs: MemTxAttrs): void {
    this.#bulk((view, scratch) => {
      writeRomView(view, addr, from, attrs, scratch, this.#observer(addr, from, true, attrs));
      return MemTxResult.OK;
    });
  }

  mapped(mapping: Mapping, attrs: MemTxAttrs): void {
    this.#tellMapping("map", mapping, mapping.length, attrs);
  }

  unmapped(mapping: Mapping, length: number): void {
    this.#tellMapping("unmap", mapping, length, MEMTXATTRS_UNSPECIFIED);
  }

  #tellMapping(type: AccessType, mapping: Mapping, length: number, attrs: MemTxAttrs): void {
    const { addr, region, isWrite, offset } = mapping;
    // What was not used at all was there nevertheless.
    if (!this.#isObserved(addr, Math.max(length, 1))) return;
    const record = this.#begin(type, addr, length, isWrite, attrs);
    record.region = region;
    record.offset = offset;
    const first = this.#space.flatView.find(addr).region;
    record.via = first.isIommu ? first : null;
    this.#tell(record);
  }

  #setSinks(sinks: readonly TraceSink[]): void {
    this.#sinks = sinks;
    this.#zones = new TraceZones(sinks.map(({ filter }) => filter));
    this.#windows = new TraceWindows(this.#system, this.#space.flatView, this.#zones);
  }

  #currentWindows(): TraceWindows {
    const { flatView } = this.#space;
    if (!this.#windows.areOf(flatView)) {
      this.#windows = new TraceWindows(this.#system, flatView, this.#zones);
    }
    return this.#windows;
  }

  #isObserved(addr: Address, size: number): boolean {
    return !this.#state.isQuiet && this.#zones.touches(addr, size);
  }

  #bulk(
    access: (view: AddressSpace["flatView"], scratch: ScratchStack["current"]) => MemTxResult,
  ): MemTxResult {
    const scratch = this.#scratch.current;
    const { reclaimer } = this.#system;
    reclaimer.enter();
    try {
      return access(this.#space.flatView, scratch);
    } finally {
      reclaimer.exit();
    }
  }

  /** Observer of the pieces of a transfer; `undefined` when it concerns nobody. */
  #observer(
    addr: Address,
    bytes: Uint8Array,
    isWrite: boolean,
    attrs: MemTxAttrs,
  ): PieceObserver | undefined {
    if (this.#state.isQuiet) return undefined;
    const { flatView } = this.#space;
    return (done, length, translation, result, isMoved) => {
      const at = addWrapped(addr, done);
      if (!this.#isObserved(at, length)) return;
      const record = this.#begin(isWrite ? "write" : "read", at, length, isWrite, attrs);
      record.hasValue = isMoved && length <= 8;
      if (record.hasValue) record.data.loadBytes(bytes, done, length);
      this.#end(translation, flatView.find(at).region, result);
    };
  }

  #begin(
    type: AccessType,
    addr: Address,
    size: number,
    isWrite: boolean,
    attrs: MemTxAttrs,
  ): AccessRecord {
    const record = this.#record;
    record.renew();
    record.type = type;
    record.address = addr;
    record.size = size;
    record.isWrite = isWrite;
    record.attrs = attrs;
    record.hasValue = false;
    record.result = MemTxResult.OK;
    return record;
  }

  /** @param first what the address itself belongs to. */
  #end(translation: Translation, first: MemoryRegion, result: MemTxResult): void {
    const record = this.#record;
    record.region = translation.region;
    record.offset = translation.xlat;
    record.via = first.isIommu ? first : null;
    record.result = result;
    this.#tell(record);
  }

  #tell(record: AccessRecord): void {
    const state = this.#state;
    const { reclaimer } = this.#system;
    record.sequence = state.sequence++;
    state.isQuiet = true;
    // Callbacks that access memory must not disturb what this access works with.
    reclaimer.enter();
    try {
      for (const sink of this.#sinks) if (sink.filter.matches(record)) sink.take(record);
    } finally {
      state.isQuiet = false;
      reclaimer.exit();
    }
  }
}

/**
 * A word to or from a device whose rules ask for nothing but one call; otherwise `NOT_FAST`, and
 * nothing has happened.
 */
function accessDevice(
  window: AccessWindow,
  isWrite: boolean,
  addr: Address,
  op: MemOp,
  data: Data64,
  attrs: MemTxAttrs,
  translation: Translation,
): MemTxResult | typeof NOT_FAST {
  const { region } = window;
  const { ops } = region;
  const isMemory = isWrite ? region.isRomDevice && attrs.debug : region.directRead;
  if (ops === null || isMemory || !window.exact || typeof addr !== "number") return NOT_FAST;
  const offset = addr - window.start + window.offset;
  if (offset < 0) return NOT_FAST;
  const size = memOpSize(op);
  if (isWrite) data.truncate(size);
  const answer = isWrite
    ? fastMmioWrite(internalsOf(region), ops, offset, data.lo, size, attrs)
    : fastMmioRead(internalsOf(region), ops, offset, size, attrs);
  if (answer === NOT_FAST) return NOT_FAST;
  if (!isWrite) data.value = answer < 0 ? 0 : answer;
  translation.region = region;
  translation.xlat = offset;
  return answer < 0 ? MemTxResult.ERROR : MemTxResult.OK;
}
