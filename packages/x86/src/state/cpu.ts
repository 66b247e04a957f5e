/** The processor's state: what handlers read and write. No behaviour but resetting. */
import type { CpuBus, StoreFlag } from "../bus.js";
import { TLB_EMPTY, TLB_SIZE } from "../constants.js";
import type { LocalApic } from "../apic/local-apic.js";
import type { CpuModel } from "../model/cpu-model.js";
import type { Kernels } from "../kernels/kernels.js";
import type { Immediate } from "../opcodes/length-table.js";
import type { HostBreakpoints } from "./host-breakpoints.js";
import type { Engine } from "./engine.js";
import type { SseUnit } from "../operations/sse/unit.js";
import { sseUnitFor } from "../operations/sse/unit.js";
import { CpuFault } from "./cpu-fault.js";
import type { FpuUnit } from "./fpu-unit.js";
import { PageRights } from "../mmu/page-rights.js";
import { UserPages } from "../mmu/user-pages.js";
import { InnerStack } from "./inner-stack.js";
import { LongState } from "./long-state.js";
import type { StateStorage } from "./layout.js";
import {
  AT_BASES,
  AT_LIMITS,
  AT_READ_ENDS,
  AT_REGISTERS,
  AT_RIGHTS,
  AT_SELECTORS,
  AT_WRITE_ENDS,
  STATE_BYTES,
} from "./layout.js";

/** Executes one opcode; `op` is its last opcode byte. */
export type Handler = (c: Cpu, op: number) => void;

/** The opcode tables: 0..255 one-byte opcodes, 256..511 those behind 0F. */
export interface OpcodeTables {
  readonly op16: Handler[];
  readonly op32: Handler[];
  /** That of 64-bit code, for all operand sizes. */
  readonly long: Handler[];
}

/** Calls of the processor to its surroundings. */
export interface CpuHost {
  acknowledgeInterrupt(): number;
  readTsc(): bigint;
  guestError(message: string): void;
  /** An x87 exception waits and CR0.NE is clear. Answers whether it is to be ignored. */
  coprocessorError(): boolean;
  /** No x87 exception waits any more. */
  coprocessorErrorEnded(): void;
  /** PAUSE was executed; `null`: nobody wants to know. */
  readonly pause: (() => void) | null;
}

/**
 * One software TLB (there is one for CPL 0..2 and one for CPL 3). Entry `i` serves one page whose
 * linear number is `i` modulo the size. `rTag`/`wTag` hold the linear address of a page whose bytes
 * are read or written directly; `prTag`/`pwTag` that of one whose physical address is known.
 */
export class Tlb {
  readonly rTag = new Int32Array(TLB_SIZE).fill(TLB_EMPTY);
  readonly rBias = new Int32Array(TLB_SIZE);
  readonly rView: DataView[];
  readonly rBytes: Uint8Array[];
  readonly wTag = new Int32Array(TLB_SIZE).fill(TLB_EMPTY);
  readonly wBias = new Int32Array(TLB_SIZE);
  readonly wView: DataView[];
  readonly wBytes: Uint8Array[];
  readonly wRegion: StoreFlag[];
  /** Pages that would be in `wTag`, but must tell the translator of stores. */
  readonly guardTag = new Int32Array(TLB_SIZE).fill(TLB_EMPTY);
  readonly prTag = new Int32Array(TLB_SIZE).fill(TLB_EMPTY);
  readonly prPhys = new Float64Array(TLB_SIZE);
  readonly pwTag = new Int32Array(TLB_SIZE).fill(TLB_EMPTY);
  readonly pwPhys = new Float64Array(TLB_SIZE);
  /** Pages that may be executed, in `rView`; and those whose address, in `prPhys`, is known for that. */
  readonly xTag = new Int32Array(TLB_SIZE).fill(TLB_EMPTY);
  readonly pxTag = new Int32Array(TLB_SIZE).fill(TLB_EMPTY);
  /** Bit 0: what is read is a global page; bit 1: what is written is. */
  readonly global = new Uint8Array(TLB_SIZE);
  /** Was a global page entered since everything was forgotten? */
  hasGlobal = false;
  /** Indices filled since the last flush; when there are more than fit, a flush clears all. */
  readonly used = new Uint16Array(TLB_SIZE / 4);
  usedCount = 0;

  constructor() {
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    const region: StoreFlag = { plainWrite: false };
    this.rView = Array.from({ length: TLB_SIZE }, () => view);
    this.wView = Array.from({ length: TLB_SIZE }, () => view);
    this.rBytes = Array.from({ length: TLB_SIZE }, () => bytes);
    this.wBytes = Array.from({ length: TLB_SIZE }, () => bytes);
    this.wRegion = Array.from({ length: TLB_SIZE }, () => region);
  }
}

/** Bytes that follow each opcode. */
export interface InstructionLengths {
  hasModrm(map: number, op: number): boolean;
  immediate(map: number, op: number, modrm: number): Immediate;
}

/** All registers and caches of one processor. 32-bit quantities are signed int32 throughout. */
export class Cpu {
  readonly reg32: Int32Array;
  readonly reg16: Uint16Array;
  /** Bytes of the register file; register `r` of an 8-bit operand is at `((r & 3) << 2) | (r >> 2)`. */
  readonly reg8: Uint8Array;
  eip = 0;
  /** Lazy arithmetic flags, see flags.ts. */
  fr = 1;
  fx = 0;
  /** EFLAGS without the arithmetic flags and bit 1. */
  eflags = 0;
  /** Instructions left in this run. */
  left = 0;
  /** Reasons to leave the fast path of the run loop, the `EV_` bits. */
  events = 0;
  /** The words of the storage, by a quarter of the offsets in layout.ts. */
  readonly words: Int32Array;
  /** EIP of the instruction being executed: where a fault returns to. */
  startEip = 0;

  readonly segSel: Int32Array;
  readonly segBase: Int32Array;
  readonly segLimit: Int32Array;
  /** Descriptor high dword & 0x00f0ff00. */
  readonly segAttr: Int32Array;
  /** Offsets below this may be read (written) with any size without further checks. */
  readonly readEnd: Uint32Array;
  readonly writeEnd: Uint32Array;
  cpl = 0;
  /** CR0.AM, EFLAGS.AC and CPL 3 together: misaligned data raises #AC. */
  alignCheck = false;
  /** CR0.PE. */
  pe = false;
  /** EFLAGS.VM. */
  vm = false;
  /** EFER.LMA: long mode is active, and `code64`: 64-bit code runs, by the registers of `long`. */
  lma = false;
  code64 = false;
  readonly long: LongState;
  code32 = false;
  stack32 = false;
  gdtBase = 0;
  gdtLimit = 0;
  idtBase = 0;
  idtLimit = 0;
  cr0 = 0;
  cr2 = 0;
  cr3 = 0;
  cr4 = 0;
  /** Bits 32 and up of CR3, which only long mode has. */
  cr3High = 0;
  /** The extended feature enable register: NXE, SCE. */
  efer = 0;
  /** The four entries of three levels of page tables, 8 bytes each, as of the last load of CR3. */
  readonly pdptes = new Int32Array(8);
  /** Findings of the last page walk. */
  readonly page = new PageRights();
  /** Bits of a physical address: 32 to 52. */
  readonly physicalBits: number;
  /** Bits of a 4 MiB page's entry that must be 0. */
  readonly largeReserved: number;
  readonly dr = new Int32Array(8);
  /** Enabled breakpoints on execution and on data, by number. */
  executeBreaks = 0;
  watches = 0;
  /** Bits of DR6 that wait to be reported: data breakpoints that were hit, a single step. */
  debugHits = 0;
  /** SS was loaded by the instruction before: what waits to be reported waits for one more. */
  debugHeld = false;
  /** Breakpoints of a debugger on the host; null while there is nothing. */
  hostDebug: HostBreakpoints | null = null;
  readonly msr = new Map<number, bigint>();
  /** Difference of the time stamp counter to the host's. */
  tscOffset = 0n;
  /** The local APIC; null where there is none. */
  apic: LocalApic | null = null;
  /** INIT has come: it waits for a start-up afterwards. */
  waitsAfterInit = false;
  /** True while the processor waits for a start-up. */
  waitsForStartUp = false;
  /** The vector of a start-up that has come, -1: none. */
  startUpVector = -1;

  /** Tables for the code segment's default size, and those of the instruction being executed. */
  readonly tables: OpcodeTables;
  ops: Handler[];
  op32 = false;
  addr32 = false;
  /** Segment override, or -1. */
  segOv = -1;
  /** 0 none, 1 REPE/REP (F3), 2 REPNE (F2). */
  rep = 0;
  /** Prefix bytes seen in this instruction. */
  prefixes = 0;
  /** Segment of the last effective address. */
  eaSeg = 0;

  /** Code bytes: the byte at EIP is `code[(eip + codeBias) >>> 0]`. */
  code: Uint8Array;
  codeView: DataView;
  codeBias = 0;
  /** `eip + fetchAdj` is the position in the fetch page; below `fetchSafe` 15 bytes are at hand. */
  fetchAdj = 0;
  fetchSafe = 0;
  readonly scratch = new Uint8Array(32);
  readonly scratchView = new DataView(this.scratch.buffer);

  readonly tlbSuper = new Tlb();
  readonly tlbUser = new Tlb();
  tlb = this.tlbSuper;
  /** For each 4 MiB of linear space: has a piece of a 4 MiB page been cached since the last flush? */
  readonly largeCached = new Uint8Array(1024);
  /** Pages of level 3 that level 0 has in its TLBs, where SMAP is on. */
  readonly userPages = new UserPages();
  /** Arrays of `tlb`, copied here for the hot paths. */
  rTag = this.tlb.rTag;
  rBias = this.tlb.rBias;
  rView = this.tlb.rView;
  wTag = this.tlb.wTag;
  wBias = this.tlb.wBias;
  wView = this.tlb.wView;
  wRegion = this.tlb.wRegion;
  /** And-mask for physical addresses: A20. */
  a20mask = -1;

  halted = false;
  /** An NMI is being handled: the next one waits for IRET. */
  nmiBlocked = false;
  shutdown = false;
  /** True if what is pending is being attended to, between instructions. */
  attending = false;
  /** The exception that waits to be delivered while EV_EXCEPTION is set. */
  waitingVector = 0;
  /** Its error code, -1 for none. */
  waitingError = -1;
  /** Instructions executed by finished runs. */
  executed = 0;
  /** A descriptor just read. */
  dlo = 0;
  dhi = 0;
  /** Lengths of instructions, once they have been asked for. */
  lengths: InstructionLengths | null = null;
  readonly fault = new CpuFault();
  readonly inner = new InnerStack();
  /** Selector of the far pointer just read. */
  farSelector = 0;

  /** The bus in use: {@link normalMemory}, or {@link smmMemory} in system management mode. */
  memory: CpuBus;
  readonly normalMemory: CpuBus;
  readonly smmMemory: CpuBus;
  smm = false;
  smbase = 0x30000;
  /** Was an NMI being handled when system management mode was entered? */
  smmNmiBlocked = false;
  readonly io: CpuBus;
  readonly host: CpuHost;
  /** Model of the processor, which tells the instructions that there are. */
  readonly model: CpuModel;
  /** The SSE unit; null where WebAssembly has no vectors: then its instructions do not exist. */
  readonly sse: SseUnit | null;
  /** Arithmetic in WebAssembly; null where there is none, and so no x87 unit. */
  kernels: Kernels | null = null;
  /** The x87 unit, once it has been used. */
  fpu: FpuUnit | null = null;
  /** The translator, if there is one. */
  engine: Engine | null = null;

  constructor(
    memory: CpuBus,
    smmMemory: CpuBus,
    io: CpuBus,
    host: CpuHost,
    tables: OpcodeTables,
    storage: StateStorage,
    model: CpuModel,
  ) {
    this.model = model;
    this.physicalBits = model.physicalBits;
    // Bits 13 and up of the entry are bits 32 and up of the address.
    this.largeReserved = (0x3fe000 << (this.physicalBits - 32)) & 0x3fe000;
    const { buffer, offset } = storage;
    this.sse = sseUnitFor(storage);
    const eight = (at: number): Int32Array => new Int32Array(buffer, offset + at, 8);
    this.words = new Int32Array(buffer, offset, STATE_BYTES / 4);
    this.words.fill(0);
    this.reg32 = eight(AT_REGISTERS);
    this.reg16 = new Uint16Array(buffer, offset + AT_REGISTERS, 16);
    this.reg8 = new Uint8Array(buffer, offset + AT_REGISTERS, 32);
    this.segSel = eight(AT_SELECTORS);
    this.segBase = eight(AT_BASES);
    this.segLimit = eight(AT_LIMITS);
    this.segAttr = eight(AT_RIGHTS);
    this.readEnd = new Uint32Array(buffer, offset + AT_READ_ENDS, 8);
    this.writeEnd = new Uint32Array(buffer, offset + AT_WRITE_ENDS, 8);
    this.long = new LongState(storage);
    this.memory = memory;
    this.normalMemory = memory;
    this.smmMemory = smmMemory;
    this.io = io;
    this.host = host;
    this.tables = tables;
    this.ops = tables.op16;
    this.code = this.scratch;
    this.codeView = this.scratchView;
  }

  /** Prefix state for the next instruction. */
  resetPrefixes(): void {
    const wide = this.code32;
    this.op32 = wide;
    this.addr32 = wide;
    this.ops = wide ? this.tables.op32 : this.tables.op16;
    this.segOv = -1;
    this.rep = 0;
    this.prefixes = 0;
  }
}
