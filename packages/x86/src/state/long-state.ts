/** The part of the processor's state that long mode adds: wide registers, bases, RIP, a TLB of its own. */
import type { CpuRegion, StoreFlag } from "../bus.js";
import { TLB_SIZE } from "../constants.js";
import { AT_RIP, AT_WIDE_BASES, AT_WIDE_REGISTERS } from "./layout.js";
import type { StateStorage } from "./layout.js";

/** Stands for the bytes of a page that has not been executed. */
export const NO_CODE = new Uint8Array(0);
const NO_REGION: CpuRegion = { directRead: false, plainWrite: false };

/**
 * A software TLB for 64-bit addresses (one for levels 0 to 2, one for level 3). Linear addresses are
 * signed numbers: a canonical one has 48 bits, so it is exact. A tag is the address of a page's first
 * byte, or NaN. `rTag`/`wTag` serve bytes directly; `prTag`/`pwTag`/`xTag` say that the physical
 * address is known for reading, writing, executing.
 */
export class LongTlb {
  readonly rTag = tags();
  readonly wTag = tags();
  readonly prTag = tags();
  readonly pwTag = tags();
  readonly xTag = tags();
  /** Pages that would be in `wTag`, but must tell the translator of stores. */
  readonly guardTag = tags();
  /** Physical address of the page's first byte. */
  readonly physical = new Float64Array(TLB_SIZE);
  /** Index in `bytes` of the page's first byte. */
  readonly at = new Float64Array(TLB_SIZE);
  readonly bytes: Uint8Array[];
  readonly view: DataView[];
  readonly region: StoreFlag[];
  /** Bytes of the page that may be executed, once they have been; otherwise {@link NO_CODE}. */
  readonly code: Uint8Array[];
  readonly codeRegion: CpuRegion[];
  /** Is the page global: does a load of CR3 leave it? */
  readonly #global = new Uint8Array(TLB_SIZE);
  /** Entries since the last flush, and whether each is among them. */
  readonly #entries = new Uint16Array(TLB_SIZE);
  readonly #isEntered = new Uint8Array(TLB_SIZE);
  #count = 0;

  constructor() {
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    const region: StoreFlag = { plainWrite: false };
    this.bytes = Array.from({ length: TLB_SIZE }, () => bytes);
    this.view = Array.from({ length: TLB_SIZE }, () => view);
    this.region = Array.from({ length: TLB_SIZE }, () => region);
    this.code = Array.from({ length: TLB_SIZE }, () => NO_CODE);
    this.codeRegion = Array.from({ length: TLB_SIZE }, () => NO_REGION);
  }
  /** Notes that something is entered at `i`: of another page than before, which is dropped, or more of the same. */
  enter(i: number, isOther: boolean, isGlobal: boolean): void {
    if (isOther) this.drop(i);
    this.#global[i] = isGlobal && (isOther || this.#global[i] !== 0) ? 1 : 0;
    if (this.#isEntered[i] !== 0) return;
    this.#isEntered[i] = 1;
    this.#entries[this.#count++] = i;
  }
  /** Does the translation of entry `i` outlive a load of CR3? */
  isGlobal(i: number): boolean {
    return this.#global[i] !== 0;
  }
  /** Forgets all pages, or all but global ones. */
  flush(keepsGlobal: boolean): void {
    let kept = 0;
    for (let k = 0; k < this.#count; k++) {
      const i = this.#entries[k];
      if (keepsGlobal && this.#global[i] !== 0) this.#entries[kept++] = i;
      else {
        this.drop(i);
        this.#isEntered[i] = 0;
      }
    }
    this.#count = kept;
  }
  /** Forgets the page of entry `i`. */
  drop(i: number): void {
    this.rTag[i] = NaN;
    this.wTag[i] = NaN;
    this.prTag[i] = NaN;
    this.pwTag[i] = NaN;
    this.xTag[i] = NaN;
    this.guardTag[i] = NaN;
    this.#global[i] = 0;
  }
  /** Forgets that pages may be written. */
  forbidStores(): void {
    if (this.#count === 0) return;
    for (const tag of [this.wTag, this.pwTag, this.guardTag]) tag.fill(NaN);
  }
}
function tags(): Float64Array {
  return new Float64Array(TLB_SIZE).fill(NaN);
}

/** The registers of long mode, and the instruction being decoded there. */
export class LongState {
  /**
   * The sixteen registers, the low half of `n` at `2 * n`. While 64-bit code runs they rule;
   * otherwise the eight of `Cpu.reg32` do, and the high halves rest here.
   */
  readonly words: Int32Array;
  readonly halves: Uint16Array;
  readonly bytes: Uint8Array;
  readonly quads: BigInt64Array;

  /** Linear address of the next instruction while 64-bit code runs. */
  rip = 0;
  /** That of the instruction being executed. */
  startRip = 0;
  /** Has the instruction set `rip`? */
  jumped = false;

  star = 0n;
  /** Targets of SYSCALL, from 64-bit and from compatibility code, and the flags that it clears. */
  lstar = 0;
  cstar = 0;
  syscallMask = 0;
  /** Bases of FS and GS (by number), LDTR and TR; the others are 0. */
  readonly bases: Float64Array;
  /** The place of RIP in the storage, where a translator finds it. */
  readonly savedRip: Float64Array;
  kernelGs = 0;
  gdtBase = 0;
  idtBase = 0;
  cr2 = 0;
  cr8 = 0;
  /** Bits 32 to 63 of the breakpoints' addresses. */
  readonly debugHigh = new Int32Array(4);

  readonly superTlb = new LongTlb();
  readonly userTlb = new LongTlb();
  tlb = this.superTlb;
  /** Has a piece of a page bigger than 4 KiB been cached there? By 2 MiB, modulo 1024. */
  readonly largeCached = new Uint8Array(1024);

  // ---- the instruction being decoded ---------------------------------------------------

  /** REX prefix, or 0. */
  rex = 0;
  /** Operand size in bytes: 2, 4 or 8. */
  size: 2 | 4 | 8 = 4;
  /** Prefixes: 66, 67, F0; FS or GS or -1. F3 and F2 are in `Cpu.rep`. */
  narrow = false;
  address32 = false;
  lock = false;
  segment = -1;

  /** Linear address of the code page whose bytes `pageCode` are; NaN = none. */
  page = NaN;
  pageCode: Uint8Array;
  /** Has the instruction prefixes beside REX? */
  prefixed = false;
  /** The instruction's bytes: from `start`, the next one at `pos`, those before `end` are there. */
  code: Uint8Array;
  start = 0;
  pos = 0;
  end = 0;
  readonly scratch = new Uint8Array(32);

  /** Effective address as two words, and whether faults of it are those of the stack. */
  low = 0;
  high = 0;
  onStack = false;
  /** A value of 64 bits that a function answers. */
  valueLow = 0;
  valueHigh = 0;

  constructor({ buffer, offset }: StateStorage) {
    const at = offset + AT_WIDE_REGISTERS;
    this.words = new Int32Array(buffer, at, 32);
    this.halves = new Uint16Array(buffer, at, 64);
    this.bytes = new Uint8Array(buffer, at, 128);
    this.quads = new BigInt64Array(buffer, at, 16);
    this.bases = new Float64Array(buffer, offset + AT_WIDE_BASES, 8);
    this.savedRip = new Float64Array(buffer, offset + AT_RIP, 1);
    this.code = this.scratch;
    this.pageCode = this.scratch;
  }

  /** Follows the privilege level. */
  select(level: number): void {
    const t = level === 3 ? this.userTlb : this.superTlb;
    if (t === this.tlb) return;
    this.tlb = t;
    this.page = NaN;
  }
  /** Notes that a piece of a large page is cached. */
  noteLarge(linear: number): void {
    this.largeCached[Math.floor(linear / 0x200000) & 1023] = 1;
  }
  /** May an address lie in a large page of which pieces are cached? */
  isInLarge(linear: number): boolean {
    return this.largeCached[Math.floor(linear / 0x200000) & 1023] !== 0;
  }
  /** Forgets all translations, or all but those of global pages. */
  flush(keepsGlobal = false): void {
    this.page = NaN;
    this.superTlb.flush(keepsGlobal);
    this.userTlb.flush(keepsGlobal);
    // A translator may have kept global pieces that are no longer in the TLBs here.
    if (!keepsGlobal) this.largeCached.fill(0);
  }
  /** Forgets one page. */
  flushPage(i: number): void {
    this.superTlb.drop(i);
    this.userTlb.drop(i);
    this.page = NaN;
  }
  /** Sets RSP to an address below 4 GiB. */
  setStack(value: number): void {
    this.words[8] = value;
    this.words[9] = 0;
  }
  /** Gives the registers that INIT leaves their values of power-on. */
  reset(): void {
    this.star = 0n;
    this.lstar = 0;
    this.cstar = 0;
    this.syscallMask = 0;
    this.kernelGs = 0;
  }
  /** Gives the registers their values of power-on and INIT. */
  initialise(): void {
    this.words.fill(0);
    this.rip = 0;
    this.bases.fill(0);
    this.gdtBase = 0;
    this.idtBase = 0;
    this.cr2 = 0;
    this.cr8 = 0;
    this.debugHigh.fill(0);
    this.flush();
  }
}
