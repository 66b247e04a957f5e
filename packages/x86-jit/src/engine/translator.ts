/** The translator: finds units for the processor, makes them, and drops those that became void. */
import type { CodePage, Engine, EngineHost } from "@mem/x86";
import { MODE_NONE } from "@mem/x86";
import { CodeWriter } from "@mem/wasm-emit";
import { Reason } from "../emit/unit-mode.js";
import { translateRegion } from "../emit/unit.js";
import {
  AT_LONG_TLBS,
  AT_TLBS,
  LONG_TLB_ENTRY_BYTES,
  TLB_ENTRY_BYTES,
  TRANSLATOR_BYTES,
} from "../layout.js";
import type { CodeBytes } from "../decode/code-bytes.js";
import { findRegion } from "../region/region.js";
import type { CodePageRecord } from "./pages/code-pages.js";
import { CodePages } from "./pages/code-pages.js";
import { codeBytes, isCut, withFollowing } from "./pages/code-bytes.js";
import { areInside, type Context, Contexts } from "./contexts.js";
import { TranslatorCounters } from "./counters.js";
import { FlagWords } from "./shared/flag-words.js";
import type { TranslatorGroupMember } from "./group.js";
import { Heat } from "./heat.js";
import { JumpCache } from "./shared/jump-cache.js";
import { X87_KERNEL } from "../emit/x87.js";
import { KernelTable } from "./kernel-table.js";
import { LoadedSegments } from "./shared/loaded-segments.js";
import { Modules, UNIT_TYPE } from "./modules.js";
import { Moment } from "./moment.js";
import type { TranslatorSettings } from "./options.js";
import { TranslatedPages } from "./pages/translated-pages.js";
import { CallsOfUnits } from "./unit-calls.js";
import type { Unit, UnitEnd } from "./unit.js";
import { codePages, unitKey } from "./unit.js";
import { listingOf, type UnitListing, type UnitReport, unitReport } from "./unit-report.js";

/** Drops of units of one page after which it is interpreted for a while. */
const RESTLESS = 16;
/** A unit, and the instruction that is at its end, reach no further than so many bytes from EIP: two pages. */
const FLUSHED_NEAR = 2 * 4096;
/** Of so many accesses beside the TLB one is looked at, unless code is translated sooner. */
const REFUSALS = 16;
/** A batch is at least the units alive divided by this. */
const BATCHES = 16;
/** For how many attempts to find a unit there. */
const REST = 2000;

/** Places of what a unit is made from. */
interface UnitPlace {
  readonly code: CodePage;
  /** The next page, if the first instruction ends there. */
  readonly end: UnitEnd | null;
  readonly record: CodePageRecord;
}

/**
 * Translates for one processor.
 * @see {@link translator}
 */
export class Translator implements Engine, TranslatorGroupMember {
  /** Statistics so far. */
  readonly counters = new TranslatorCounters();
  readonly #host: EngineHost;
  readonly #settings: TranslatorSettings;
  readonly #memory: WebAssembly.Memory;
  readonly #flags: FlagWords;
  readonly #tlb: TranslatedPages;
  readonly #longTlb: TranslatedPages;
  readonly #segments: LoadedSegments;
  readonly #jumps: JumpCache;
  readonly #modules: Modules;
  readonly #kernels: KernelTable;
  readonly #pages = new CodePages();
  readonly #heat: Heat;
  readonly #code = new CodeWriter(1 << 16);
  readonly #contexts = new Contexts();
  readonly #moment = new Moment();
  readonly #calls: CallsOfUnits;
  /** Units that wait to be compiled, and how often they were wanted meanwhile. */
  #pending: Unit[] = [];
  #waits = 0;
  readonly #units = new Set<Unit>();
  /** Runs of the units alive by their number, where they are counted. */
  readonly #runs = new Map<number, number>();
  #nextNumber = 0;
  readonly #freeSlots: number[] = [];
  #nextSlot = 0;

  constructor(host: EngineHost, settings: TranslatorSettings) {
    const { buffer, offset } = host.storage;
    this.#host = host;
    this.#settings = settings;
    this.#memory = settings.memory;
    const words = new Int32Array(buffer, offset, TRANSLATOR_BYTES / 4);
    this.#flags = new FlagWords(words);
    const narrow = { at: AT_TLBS, entryBytes: TLB_ENTRY_BYTES, tagWords: 1 } as const;
    const long = { at: AT_LONG_TLBS, entryBytes: LONG_TLB_ENTRY_BYTES, tagWords: 2 } as const;
    this.#tlb = new TranslatedPages(words, narrow);
    this.#longTlb = new TranslatedPages(words, long);
    this.#segments = new LoadedSegments(words);
    this.#jumps = new JumpCache(words);
    this.#heat = new Heat(settings.threshold);
    settings.group.join(this);
    this.#kernels = new KernelTable((name) =>
      name.startsWith(X87_KERNEL)
        ? host.fpuKernel(name.slice(X87_KERNEL.length))
        : host.sseKernel(name),
    );
    this.#calls = new CallsOfUnits({
      host,
      flags: this.#flags,
      tlb: this.#tlb,
      longTlb: this.#longTlb,
      segments: this.#segments,
      counters: this.counters,
      moment: this.#moment,
      refusals: Math.min(REFUSALS, settings.threshold),
      noteDevice: () => this.#noteDevice(),
      entered: (number) => this.#runs.set(number, (this.#runs.get(number) ?? 0) + 1),
    });
    const calls = this.#calls.functions();
    this.#modules = new Modules(settings.memory, settings.units, calls, this.#kernels);
  }

  // ---- running --------------------------------------------------------------------------

  execute(): boolean {
    const host = this.#host;
    const mode = host.mode();
    if (mode === MODE_NONE) return false;
    let { context } = this.#moment;
    if (context === null || context.mode !== mode) {
      context = this.#moment.context = this.#contexts.of(mode);
    }
    const base = host.codeBase;
    if (!context.unitMode.flatCode) this.#followSegment(context, base, host.codeLimit);
    const linear = context.unitMode.isLong ? host.eip : (base + host.eip) | 0;
    let slot = this.#jumps.slotOf(context.unitMode, linear);
    if (slot < 0) {
      slot = this.#heat.isHot(linear, host.left) ? this.#find(context, linear) : -1;
      if (slot < 0) return false;
    }
    return this.#run(slot);
  }

  #run(slot: number): boolean {
    const host = this.#host;
    const before = host.left;
    this.#heat.pass();
    this.#calls.save();
    this.#flags.begin();
    const reason = this.#modules.enter(slot);
    this.counters.entries++;
    if (reason === Reason.STOPPED) {
      this.counters.stopped++;
      return true;
    }
    this.#calls.restore();
    if (reason === Reason.BUDGET) {
      this.counters.budgets++;
      return host.left < before;
    }
    this.counters.unknown++;
    return true;
  }

  // ---- contexts -------------------------------------------------------------------------

  /** Units take the place of their page in the code segment for granted. */
  #followSegment(context: Context, base: number, limit: number): void {
    if (context.base === base && context.limit === limit) return;
    context.base = base;
    context.limit = limit;
    this.#jumps.flush();
  }

  // ---- finding and making units ---------------------------------------------------------

  #find(context: Context, linear: number): number {
    if (!areInside(context, linear, 1)) return -1;
    const code = this.#host.codePage(linear);
    if (code === null) return -1;
    const record = this.#pages.record(this.#pages.key(code.bytes, code.at));
    let unit = record.units.get(unitKey(context.number, linear));
    let end = unit !== undefined && unit.end !== null ? this.#nextPage(context, linear) : null;
    // One with the same low half of its address has the constants of another page; or it ends in another one.
    if (unit !== undefined && (unit.linear !== linear || unit.end?.page !== end?.page)) {
      this.#drop(unit);
      unit = undefined;
    }
    if (unit === undefined) {
      if (record.rest > 0) {
        record.rest--;
        return -1;
      }
      let bytes = codeBytes(this.#host, context, linear, code);
      if (isCut(bytes, linear)) {
        end = this.#nextPage(context, linear);
        if (end === null) return -1;
        bytes = withFollowing(bytes, end.code);
      }
      unit = this.#make(context, linear, bytes, { code, end, record });
      if (unit === undefined) return -1;
    }
    if (!unit.compiled) {
      this.#waits++;
      if (!this.#isBatch()) return -1;
      this.#compile();
    }
    this.#jumps.enter(unit, {
      memory: record.key,
      isGlobal: code.isGlobal && end?.code.isGlobal !== false,
      pages: unit.end === null ? 1 : 2,
    });
    return unit.slot;
  }
  /**
   * The page behind that of a linear address, if an instruction may reach into it. It is asked for where such an
   * instruction comes next, which is fetched then in any case.
   */
  #nextPage(context: Context, linear: number): UnitEnd | null {
    const next = linear - (linear & 0xfff) + 4096;
    if ((next | 0) === 0 || !areInside(context, linear, 2)) return null;
    const code = this.#host.codePage(context.unitMode.isLong ? next : next | 0);
    if (code === null || (code.bytes.byteOffset + code.at) % 4096 !== 0) return null;
    return { page: this.#pages.key(code.bytes, code.at), code };
  }

  /**
   * Is it time to compile what waits? The price of one more module is higher the more units there are,
   * so batches grow with their number, but no unit is interpreted for long because others are few.
   */
  #isBatch(): boolean {
    const { batch, patience } = this.#settings;
    const growth = Math.max(1, this.#units.size / (BATCHES * batch));
    return this.#pending.length >= growth * batch || this.#waits >= patience;
  }

  #make(
    context: Context,
    linear: number,
    bytes: CodeBytes,
    { code, end, record }: UnitPlace,
  ): Unit | undefined {
    // A page that begins in the midst of a page of memory would have two records.
    if ((code.bytes.byteOffset + code.at) % 4096 !== 0) return undefined;
    const region = findRegion(
      bytes,
      linear & 0xfff,
      {
        instructions: this.#settings.instructions,
        isWarm: (target) => this.#settings.links && this.#heat.isWarm(target),
        isSeen: (target) => this.#heat.isSeen(target),
      },
      (at) => record.ofDevices.has(at & 0xfff),
    );
    const number = this.#nextNumber++;
    const placement = {
      state: this.#host.storage.offset,
      page: linear - (linear & 0xfff),
      kernelNumber: (name: string) => this.#kernels.number(name),
      isLinked: this.#settings.links,
      runNumber: this.#settings.countRuns ? number : null,
    };
    const body = translateRegion(this.#code, region, context.unitMode, placement, UNIT_TYPE);
    const unit: Unit = {
      body,
      slot: this.#takeSlot(body.length),
      live: true,
      compiled: false,
      page: record.key,
      key: unitKey(context.number, linear),
      first: region.first,
      last: region.last,
      // What is interpreted ends a unit with its first byte.
      end: region.last > 4096 ? end : null,
      instructionCount: region.instructionCount,
      starts: Uint16Array.from(
        region.blocks.flatMap(({ instructions }) => instructions.map(({ at }) => at & 0xfff)),
      ),
      code,
      mode: context.unitMode,
      number,
      linear,
    };
    const first = codePages(unit).filter(({ bytes, at }) => !this.hasUnits(bytes, at));
    this.#pages.add(unit);
    this.#units.add(unit);
    for (const page of first) this.#settings.group.protect(page);
    this.#pending.push(unit);
    const { counters } = this;
    counters.units++;
    counters.instructions += region.instructionCount;
    counters.bytes += body.length;
    return unit;
  }

  /** From now on the access of the instruction at EIP may be made by dispatch in the midst of units. */
  #noteDevice(): void {
    const host = this.#host;
    const linear = this.#moment.isLong ? host.eip : (host.codeBase + host.eip) | 0;
    const code = host.codePage(linear);
    if (code === null) return;
    const record = this.#pages.find(this.#pages.key(code.bytes, code.at));
    const offset = linear & 0xfff;
    if (record === undefined || record.ofDevices.has(offset)) return;
    record.ofDevices.add(offset);
    for (const unit of record.units.values()) {
      if (unit.starts.includes(offset)) this.#drop(unit);
    }
  }

  #takeSlot(bytes: number): number {
    const isFull = this.#freeSlots.length === 0 && this.#nextSlot === this.#settings.units;
    if (isFull || this.counters.bytes + bytes > this.#settings.bytes) this.#dropAll();
    return this.#freeSlots.pop() ?? this.#nextSlot++;
  }

  #compile(): void {
    const units = this.#pending.filter((unit) => unit.live);
    this.#pending = [];
    this.#waits = 0;
    if (units.length === 0) return;
    this.#modules.add(units);
    for (const unit of units) unit.compiled = true;
    this.counters.modules = this.#modules.count;
    this.counters.compiled = this.#modules.compiled;
  }

  // ---- what becomes void ----------------------------------------------------------------

  tlbFlushed(): void {
    this.#flushed();
    this.#tlb.flushPages();
    this.#longTlb.flushPages();
    this.#jumps.flush();
  }
  localFlushed(): void {
    this.#flushed();
    this.#tlb.flushLocal();
    this.#longTlb.flushLocal();
    this.#jumps.flushLocal();
  }
  pageFlushed(linear: number): void {
    if (this.#isNearCode(linear)) this.#moment.epoch++;
    this.#segments.forget();
    this.#tlb.flushPage(linear);
    this.#longTlb.flushPage(linear);
    this.#jumps.flushPage(linear);
  }
  #flushed(): void {
    this.#moment.epoch++;
    this.#segments.forget();
  }
  /** May the unit that runs lie in the page of a linear address, or behind it? Of both the low halves count. */
  #isNearCode(linear: number): boolean {
    const { codeBase, eip } = this.#host;
    // A distance of 32 bits wraps as addresses do: the pages on either side of 2^31 are neighbours.
    return Math.abs((codeBase + eip - linear) | 0) < FLUSHED_NEAR;
  }
  guards(bytes: Uint8Array, at: number): boolean {
    return this.#settings.group.hasUnits(bytes, at);
  }
  /** Has this translator translated code of a page? @param at index of its first byte in `bytes` */
  hasUnits(bytes: Uint8Array, at: number): boolean {
    if (this.#units.size === 0) return false;
    const pages = this.#pages;
    if (pages.hasUnits(pages.key(bytes, at))) return true;
    return (bytes.byteOffset + at) % 4096 !== 0 && pages.hasUnits(pages.key(bytes, at + 0xfff));
  }
  /** Has stores to pages that are guarded go by dispatch from now on. */
  forbidStores(): void {
    this.#host.protect();
    const bytes = new Uint8Array(this.#memory.buffer);
    for (const tlb of [this.#tlb, this.#longTlb]) tlb.forbidStores((at) => this.guards(bytes, at));
  }
  stored(bytes: Uint8Array, at: number, size: number): void {
    this.#settings.group.stored(bytes, at, size);
  }
  /** Drops what this translator made of bytes that have been stored. @param at index of the first one */
  dropStored(bytes: Uint8Array, at: number, size: number): void {
    if (this.#units.size === 0) return;
    for (let from = at; from < at + size;) {
      const offset = (bytes.byteOffset + from) % 4096;
      const length = Math.min(at + size - from, 4096 - offset);
      const record = this.#pages.find(this.#pages.key(bytes, from));
      if (record !== undefined) this.#storedInPage(record, offset, length);
      from += length;
    }
  }
  #storedInPage(record: CodePageRecord, offset: number, length: number): void {
    for (const unit of record.units.values()) {
      if (offset < unit.last && offset + length > unit.first) this.#dropOfStore(unit);
    }
    for (const unit of record.ends) {
      if (offset < unit.last - 4096) this.#dropOfStore(unit);
    }
  }
  #dropOfStore(unit: Unit): void {
    this.#drop(unit);
    const record = this.#pages.record(unit.page);
    if (++record.drops % RESTLESS === 0) record.rest = REST;
  }
  #drop(unit: Unit): void {
    this.#pages.remove(unit);
    this.#units.delete(unit);
    unit.live = false;
    this.#runs.delete(unit.number);
    if (unit.compiled) this.#modules.drop(unit.slot);
    this.#freeSlots.push(unit.slot);
    this.#jumps.drop(unit);
    this.#heat.cool(unit.linear);
    this.#moment.epoch++;
    this.counters.bytes -= unit.body.length;
    this.counters.dropped++;
    for (const page of codePages(unit)) {
      if (!this.hasUnits(page.bytes, page.at)) this.#settings.group.release(page);
    }
  }
  #dropAll(): void {
    for (const record of this.#pages.all()) {
      for (const unit of record.units.values()) this.#drop(unit);
    }
    this.#pages.clear();
    this.#modules.clear();
    this.#freeSlots.length = 0;
    this.#nextSlot = 0;
    this.counters.clears++;
  }

  /** Drops all units, for instance after code was changed behind the processor's back. */
  clear(): void {
    this.#dropAll();
    this.#pending = [];
    this.#contexts.clear();
    this.#moment.context = null;
  }

  /** The units of this moment, those that ran most often first where runs are counted. */
  units(): UnitReport[] {
    const runsOf = ({ number }: Unit): number | null =>
      this.#settings.countRuns ? (this.#runs.get(number) ?? 0) : null;
    return [...this.#units]
      .map((unit) => unitReport(unit, runsOf(unit)))
      .sort((one, other) => (other.runs ?? 0) - (one.runs ?? 0));
  }

  /**
   * The guest's instructions of a unit, and what became of them.
   * @param linear linear address of the unit's first instruction, as {@link units} tells it
   * @returns `null` when there is no such unit
   */
  listing(linear: number): UnitListing | null {
    for (const unit of this.#units) {
      const isIt = unit.mode.isLong ? unit.linear === linear : unit.linear >>> 0 === linear >>> 0;
      if (isIt) return listingOf(unit);
    }
    return null;
  }
}
