import {
  type Address,
  type MemorySystem,
  MEMTXATTRS_UNSPECIFIED,
  type MemTxAttrs,
  MemTxResult,
} from "@mem/core";
import { addWrapped, internalsOf } from "@mem/core/plumbing";
import type { AccessObserver, EndedPiece } from "../access/access-observer.js";
import type { Mapping } from "../mapping/mapping.js";
import { type AddressSpace, memberOf } from "../space/address-space.js";
import type { AccessWindow } from "../view/access-window.js";
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

/** Observes the accesses of a traced address space, and tells its traces. */
export class TraceObserver implements AccessObserver {
  readonly #space: AddressSpace;
  readonly #system: MemorySystem;
  readonly #state: TraceState;
  readonly #record: AccessRecord;
  #sinks: readonly TraceSink[] = [];
  #zones = new TraceZones([]);
  #windows: TraceWindows;

  private constructor(space: AddressSpace) {
    this.#space = space;
    this.#system = space.system;
    this.#state = TraceState.of(space.system);
    this.#record = new AccessRecord(space);
    this.#windows = new TraceWindows(space.system, space.flatView, this.#zones);
  }

  /** Has a trace told of the accesses of an address space. */
  static add(space: AddressSpace, sink: TraceSink): void {
    const present = memberOf(space).observer;
    const observer = present instanceof TraceObserver ? present : new TraceObserver(space);
    observer.#setSinks([...observer.#sinks, sink]);
    memberOf(space).setObserver(observer);
  }

  /** Takes that back. */
  static remove(space: AddressSpace, sink: TraceSink): void {
    const { observer } = memberOf(space);
    if (!(observer instanceof TraceObserver)) return;
    observer.#setSinks(observer.#sinks.filter((other) => other !== sink));
    memberOf(space).setObserver(observer.#sinks.length === 0 ? null : observer);
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

  ended(piece: EndedPiece): void {
    const { addr, attrs, done, isWrite, kind, pieceSize, region, result, via, xlat } = piece;
    const at = done === 0 ? addr : addWrapped(addr, done);
    if (!this.#isObserved(at, pieceSize)) return;
    const type = kind === "fetch" ? "fetch" : isWrite ? "write" : "read";
    const record = this.#begin(type, at, pieceSize, isWrite, attrs);
    record.hasValue = piece.valueTo(record.data);
    record.region = region;
    record.offset = xlat;
    record.via = via;
    record.result = result;
    this.#tell(record);
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
    record.via = internalsOf(first).isIommu ? first : null;
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

  #tell(record: AccessRecord): void {
    const state = this.#state;
    record.sequence = state.sequence++;
    state.isQuiet = true;
    try {
      for (const sink of this.#sinks) if (sink.filter.matches(record)) sink.take(record);
    } finally {
      state.isQuiet = false;
    }
  }
}
