import { CpuModel, X86Cpu, type CpuState } from "../src/index.js";
import { SimpleBus } from "./simple-bus.js";

const PML4 = 0x1000;
const PDPT = 0x2000;
const DIRECTORY = 0x3000;
/** The page table of the first 2 MiB. */
export const PAGE_TABLE = 0x4000;
const GDT = 0x5000;
/** Gates of 16 bytes. */
export const IDT = 0x6000;
const TSS = 0x7000;
const HANDLERS = 0xc000;
/** The place where code begins. */
export const CODE = 0x10000;
/** The stack of level 0 that the TSS names, that of IST 1, and the one in use at first. */
export const STACKS = { level0: 0x30000, ist1: 0x38000, first: 0x20000 } as const;
/** Selectors: code and data of both levels, in 64 and 32 bits, and the TSS. */
export const Selector = {
  CODE: 0x08,
  DATA: 0x10,
  USER_CODE32: 0x1b,
  USER_DATA: 0x23,
  USER_CODE: 0x2b,
  CODE32: 0x30,
  TSS: 0x40,
} as const;
const FAULTS_WITH_CODE = new Set([8, 10, 11, 12, 13, 14, 17]);

/** A word of an instruction, the least byte first. */
export const imm32 = (v: number): number[] => [v & 255, (v >> 8) & 255, (v >> 16) & 255, v >>> 24];
export const imm64 = (v: bigint): number[] =>
  Array.from({ length: 8 }, (_, k) => Number((v >> BigInt(8 * k)) & 0xffn));
/** MOV RAX to RDI (by number), with 8 bytes. */
export const movImm = (n: number, v: bigint): number[] => [0x48, 0xb8 + n, ...imm64(v)];

/** What an exception left on the stack. */
export interface Frame {
  readonly vector: number;
  /** The error code, or -1. */
  readonly error: number;
  readonly rip: number;
  readonly cs: number;
  readonly rsp: number;
  readonly ss: number;
  /** The place where the frame ends: the stack pointer before it. */
  readonly top: number;
}

/** A processor in long mode at level 0 or 3, with 2 MiB mapped as they are; handlers halt. */
export class LongModeGuest {
  readonly memory = new SimpleBus(2 << 20);
  readonly cpu: X86Cpu;
  /** The vector of the external interrupt. */
  vector = 0x20;

  constructor(code: readonly number[], { user = false, code32 = false, model = "max" } = {}) {
    this.cpu = new X86Cpu({
      memory: this.memory,
      io: new SimpleBus(0),
      acknowledgeInterrupt: () => this.vector,
      model: CpuModel.parse(model),
    });
    this.memory.bytes.set(code, CODE);
    const { view } = this.memory;
    view.setUint32(PML4, PDPT | 7, true);
    view.setUint32(PDPT, DIRECTORY | 7, true);
    view.setUint32(DIRECTORY, PAGE_TABLE | 7, true);
    for (let k = 0; k < 512; k++) view.setUint32(PAGE_TABLE + 8 * k, (k << 12) | 7, true);
    [
      [0, 0],
      [0xffff, 0x00af9a00],
      [0xffff, 0x00cf9200],
      [0xffff, 0x00cffa00],
      [0xffff, 0x00cff200],
      [0xffff, 0x00affa00],
      [0xffff, 0x00cf9a00],
      [0, 0],
      [(TSS << 16) | 0x67, 0x8900],
      [0, 0],
    ].forEach(([low = 0, high = 0], k) => {
      view.setUint32(GDT + 8 * k, low, true);
      view.setUint32(GDT + 8 * k + 4, high, true);
    });
    for (let vector = 0; vector < 0x30; vector++) {
      this.gate(vector, 0x8e00);
      this.memory.bytes[HANDLERS + vector] = 0xf4;
    }
    view.setUint32(TSS + 4, STACKS.level0, true);
    view.setUint32(TSS + 0x24, STACKS.ist1, true);
    const flat = { base: 0, limit: 0xffffffff };
    const data = user
      ? { ...flat, selector: Selector.USER_DATA, flags: 0xcff300 }
      : { ...flat, selector: Selector.DATA, flags: 0xcf9300 };
    const codes = user
      ? ([Selector.USER_CODE32, 0xcffb00, Selector.USER_CODE, 0xaffb00] as const)
      : ([Selector.CODE32, 0xcf9b00, Selector.CODE, 0xaf9b00] as const);
    const [selector, flags] = code32 ? [codes[0], codes[1]] : [codes[2], codes[3]];
    this.cpu.setState({
      cr4: 0x620,
      cr3: PML4,
      efer: 0x900,
      cr0: 0x80000031,
      cs: { ...flat, selector, flags },
      ds: data,
      es: data,
      ss: data,
      tr: { selector: Selector.TSS, base: TSS, limit: 0x67, flags: 0x8b00 },
      gdtr: { base: GDT, limit: 0x4f },
      idtr: { base: IDT, limit: 0x2ff },
      eip: CODE,
      esp: STACKS.first,
      eflags: 2,
    });
  }

  /** Writes a gate to the vector's handler; `type` is the word with type, level and IST. */
  gate(vector: number, type: number, selector: number = Selector.CODE): void {
    const { view } = this.memory;
    view.setUint32(IDT + 16 * vector, (selector << 16) | (HANDLERS + vector), true);
    view.setUint32(IDT + 16 * vector + 4, type, true);
  }

  /** Runs until the processor halts, or has executed 100 instructions. */
  run(limit = 100): CpuState {
    this.cpu.run(limit);
    return this.cpu.state();
  }

  /** Runs into an exception or an interrupt: what it left; null if none came. */
  fault(limit = 100): Frame | null {
    const { long } = this.run(limit);
    const vector = Number(long.rip) - 1 - HANDLERS;
    if (vector < 0 || vector >= 0x30) return null;
    const sp = Number(long.registers[4] ?? 0n);
    const hasCode = FAULTS_WITH_CODE.has(vector);
    const at = hasCode ? sp + 8 : sp;
    const word = (k: number): number => Number(this.memory.view.getBigUint64(at + 8 * k, true));
    return {
      vector,
      error: hasCode ? this.memory.view.getUint32(sp, true) : -1,
      rip: word(0),
      cs: word(1),
      rsp: word(3),
      ss: word(4),
      top: at + 40,
    };
  }
}
