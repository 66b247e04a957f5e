/** Functions that units call: the interpreter, devices, and the translations of addresses. */
import { type EngineHost, FAULTS, StateLayout } from "@mem/x86";
import { LONGEST_INSTRUCTION } from "../decode/code-bytes.js";
import { AT_LAST_VALUE } from "../emit/device-access.js";
import { ownRest, ownResult } from "../emit/flags/kinds.js";
import { ACCESS_WRITE, LENGTH_SHIFT, Miss, POPPED_SHIFT } from "../emit/unit-mode.js";
import type { TranslatorCounters } from "./counters.js";
import type { FlagWords } from "./shared/flag-words.js";
import type { LoadedSegments } from "./shared/loaded-segments.js";
import type { Moment } from "./moment.js";
import type { TranslatedPages } from "./pages/translated-pages.js";

/** Functions that units call. */
export interface UnitCalls {
  /** Enters the page of a linear address in the TLB: a {@link Miss}. */
  miss(linear: number, access: number): number;
  /** The same of 64-bit code, by both halves of the address. */
  longMiss(low: number, high: number, access: number): number;
  /** Has one instruction interpreted: 0 if the unit may go on at the linear address `next`. */
  interpret(next: number): number;
  /** The same for an instruction that leads to the next one and leaves the mode alone, unless it faults. */
  calm(): number;
  /** Has the instruction at EIP interpreted: 0 if units may go on at the EIP after it. */
  step(): number;
  /** Loads a segment register: 0 if the unit may go on. */
  segment(selector: number, access: number): number;
  /** Executes an IN from a port to the accumulator of the state: 0 if the unit may go on. */
  input(port: number, access: number): number;
  /** Executes an OUT: likewise. */
  output(port: number, value: number, access: number): number;
  /** Loads from a page that is not in the TLB: where in the memory it lies then, or 0. */
  load(low: number, high: number, access: number): number;
  /** Stores what lies in the scratch area: 0 if the unit may go on. */
  store(low: number, high: number, access: number): number;
  /** Brings the flags of a 64-bit unit, where they lie in memory, into the processor's form: 0. */
  ownFlags(): number;
  flagResult(kind: number, a: number, b: number): number;
  flagRest(kind: number, a: number, b: number): number;
  /** A unit whose runs are counted was entered. */
  entered(number: number): void;
}

/** The interpreter repeats a string instruction only while more instructions than that are left. */
const PLENTY = 2000;
const TWO32 = 0x1_0000_0000;
const SIZE = (1 << LENGTH_SHIFT) - 1;
/** The first segment register that is no part of the mode. */
const FS = 4;
const GO_ON = 0;
const STOP = 1;

/** Parts of a translator that its units' calls need. */
export interface CallSurroundings {
  readonly host: EngineHost;
  readonly flags: FlagWords;
  readonly tlb: TranslatedPages;
  readonly longTlb: TranslatedPages;
  readonly segments: LoadedSegments;
  readonly counters: TranslatorCounters;
  readonly moment: Moment;
  /** Of so many accesses that units could not make, one is looked at. */
  readonly refusals: number;
  /** The instruction at EIP accesses what is not in the TLB, again and again. */
  readonly noteDevice: () => void;
  /** A unit whose runs are counted was entered. */
  readonly entered: (number: number) => void;
}

type Size = 1 | 2 | 4 | 8;

/** Is an address with these bits 32 to 63 canonical? */
function isCanonical(high: number): boolean {
  return high >> 15 === high >> 31;
}
/** Do so many bytes from an address lie in one page of those that there are? */
function isPlace(low: number, high: number, size: number, isLong: boolean): boolean {
  return (low & 0xfff) + size <= 0x1000 && (!isLong || isCanonical(high));
}

/** Calls of the units of one translator. */
export class CallsOfUnits {
  readonly #s: CallSurroundings;
  readonly #host: EngineHost;
  readonly #moment: Moment;
  readonly #counters: TranslatorCounters;
  /** All of the memory, and the place of the scratch area in it. */
  readonly #memory: Uint8Array;
  readonly #scratch: number;
  /** Was an access refused that a device could have answered? And how many were there? */
  #isRefused = false;
  #refusals = 0;
  /** The number that the records of segments were made under. */
  #segmentation = -1;

  constructor(surroundings: CallSurroundings) {
    this.#s = surroundings;
    this.#host = surroundings.host;
    this.#moment = surroundings.moment;
    const { buffer, offset } = surroundings.host.storage;
    this.#memory = new Uint8Array(buffer);
    this.#scratch = offset + StateLayout.scratch;
    this.#counters = surroundings.counters;
  }

  /** The functions that modules import. */
  functions(): UnitCalls {
    return {
      miss: (linear, access) => this.#miss(linear, linear, access),
      longMiss: (low, high, access) => this.#longMiss(low, high, access),
      ownFlags: () => this.#s.flags.ownWide(),
      interpret: (next) => this.#interpret(next),
      calm: () => this.#calm(),
      step: () => this.#step(),
      segment: (selector, access) => this.#segment(selector, access),
      input: (port, access) => this.#input(port, access),
      output: (port, value, access) => this.#output(port, value, access),
      load: (low, high, access) => this.#load(low, high, access),
      store: (low, high, access) => this.#store(low, high, access),
      flagResult: ownResult,
      flagRest: ownRest,
      entered: this.#s.entered,
    };
  }

  /** Leaves the processor's state where units find it. */
  save(): void {
    const { segmentation } = this.#host;
    if (segmentation !== this.#segmentation) {
      this.#segmentation = segmentation;
      this.#s.segments.forget();
    }
    this.#host.save();
    if (this.#moment.isLong) this.#s.flags.enterWide();
  }
  /** Takes it from there. */
  restore(): void {
    if (this.#moment.isLong) this.#s.flags.leaveWide();
    else this.#s.flags.own();
    this.#host.restore();
  }

  // ---- the interpreter --------------------------------------------------------------------

  #interpret(next: number): number {
    const host = this.#host;
    const { epoch } = this.#moment;
    this.#counters.called++;
    this.restore();
    const { eip } = host;
    host.interpret();
    const isSame = epoch === this.#moment.epoch && this.#isInContext();
    if (!isSame || ((host.codeBase + host.eip) | 0) !== next) return STOP;
    // Of the addresses of 64-bit code the low halves have been compared.
    if (this.#moment.isLong && !(host.eip - eip <= LONGEST_INSTRUCTION && host.eip > eip))
      return STOP;
    this.save();
    return GO_ON;
  }

  #calm(): number {
    const host = this.#host;
    const { epoch } = this.#moment;
    this.#counters.called++;
    this.restore();
    const { eip } = host;
    let isOver: boolean;
    do isOver = host.interpret();
    while (isOver && host.eip === eip && host.left > PLENTY && host.goesOn());
    if (!isOver || epoch !== this.#moment.epoch || !host.goesOn() || host.eip === eip) return STOP;
    this.save();
    return GO_ON;
  }

  #step(): number {
    const host = this.#host;
    this.#counters.interpreted++;
    this.restore();
    if (host.left <= 0) return STOP;
    if (this.#isRefused) this.#lookAtRefusal();
    host.interpret();
    if (!this.#isInContext()) return STOP;
    this.save();
    return GO_ON;
  }
  #lookAtRefusal(): void {
    this.#isRefused = false;
    if (++this.#refusals % this.#s.refusals === 0) this.#s.noteDevice();
  }
  /** May units of the context go on at once? */
  #isInContext(): boolean {
    const host = this.#host;
    const { context } = this.#moment;
    if (context === null || !host.goesOn() || context.mode !== host.mode()) return false;
    if (context.unitMode.flatCode) return true;
    return context.base === host.codeBase && context.limit === host.codeLimit;
  }

  #segment(selector: number, access: number): number {
    const host = this.#host;
    const { epoch } = this.#moment;
    this.restore();
    const segment = access & SIZE;
    const length = (access >> LENGTH_SHIFT) & SIZE;
    if (!host.loadSegment(segment, selector, length, access >> POPPED_SHIFT)) return STOP;
    const place = host.descriptorPlace(segment);
    if (place >= 0)
      this.#s.segments.note(segment, this.#moment.context?.unitMode.user === true, place);
    // FS and GS are no part of the mode.
    const goesOn = segment >= FS ? host.goesOn() : this.#isInContext();
    return goesOn && epoch === this.#moment.epoch ? GO_ON : STOP;
  }

  // ---- devices ----------------------------------------------------------------------------

  // What a device does to the processor is an event, or flushes translations: the mode stays what it was.

  #input(port: number, access: number): number {
    const { epoch } = this.#moment;
    this.#counters.accesses++;
    this.restore();
    this.#host.input(port, (access & SIZE) as 1 | 2 | 4, access >> LENGTH_SHIFT);
    return this.#goesOn(epoch);
  }
  #output(port: number, value: number, access: number): number {
    const { epoch } = this.#moment;
    this.#counters.accesses++;
    this.restore();
    this.#host.output(port, (access & SIZE) as 1 | 2 | 4, value >>> 0, access >> LENGTH_SHIFT);
    return this.#goesOn(epoch);
  }
  #load(low: number, high: number, access: number): number {
    const size = (access & SIZE) as Size;
    const { isLong, epoch } = this.#moment;
    if (!isPlace(low, high, size, isLong)) return 0;
    const linear = isLong ? high * TWO32 + (low >>> 0) : low;
    const at = this.#enter(linear, low, false);
    if (at >= 0) return at;
    if (at === FAULTS) return 0;
    this.#counters.accesses++;
    this.restore();
    this.#host.load(linear, size, access >> LENGTH_SHIFT);
    const scratch = this.#scratch;
    if (this.#goesOn(epoch) === GO_ON) return scratch;
    const last = scratch - StateLayout.scratch + AT_LAST_VALUE;
    this.#memory.copyWithin(last, scratch, scratch + size);
    return last;
  }
  #store(low: number, high: number, access: number): number {
    const { isLong, epoch } = this.#moment;
    const size = (access & SIZE) as Size;
    const linear = isLong ? high * TWO32 + (low >>> 0) : low;
    const at = isPlace(low, high, size, isLong) ? this.#enter(linear, low, true) : FAULTS;
    if (at >= 0) {
      this.#memory.copyWithin(at, this.#scratch, this.#scratch + size);
      return GO_ON;
    }
    this.restore();
    if (at === FAULTS) {
      this.#counters.interpreted++;
      return this.#host.interpret() && this.#isInContext() ? this.#goesOn(epoch) : STOP;
    }
    this.#counters.accesses++;
    this.#host.store(linear, size, access >> LENGTH_SHIFT);
    return this.#goesOn(epoch);
  }
  /** May the unit go on that ran when `epoch` was the epoch? */
  #goesOn(epoch: number): number {
    return epoch === this.#moment.epoch && this.#host.goesOn() ? GO_ON : STOP;
  }

  // ---- translations of addresses ------------------------------------------------------------

  #longMiss(low: number, high: number, access: number): number {
    if (!isCanonical(high)) return Miss.REFUSED;
    return this.#miss(high * TWO32 + (low >>> 0), low, access);
  }
  #miss(linear: number, low: number, access: number): number {
    if ((low & 0xfff) + (access & (ACCESS_WRITE - 1)) > 0x1000) return Miss.REFUSED;
    const at = this.#enter(linear, low, (access & ACCESS_WRITE) !== 0);
    if (at >= 0) return Miss.FILLED;
    if (at === FAULTS) return Miss.REFUSED;
    this.#isRefused = true;
    return Miss.REFUSED;
  }
  /** Enters the page of a linear address in the TLB, if it can be: what the host answers. */
  #enter(linear: number, low: number, write: boolean): number {
    const at = this.#host.direct(linear, write);
    if (at < 0) return at;
    const { context } = this.#moment;
    const user = context?.unitMode.user === true;
    const tlb = this.#moment.isLong ? this.#s.longTlb : this.#s.tlb;
    tlb.enterPage(linear, user, write, (at - low) | 0, this.#host.isGlobal(linear, write));
    this.#counters.misses++;
    return at;
  }
}
