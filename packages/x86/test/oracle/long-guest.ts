/** Runs the oracle's records on the processor of this package, in 64-bit code at level 3. */
import { STATE_BYTES, StateLayout, X86Cpu } from "../../src/index.js";
import { AT_WIDE_REGISTERS } from "../../src/state/layout.js";
import { SimpleBus } from "../simple-bus.js";
import type { OracleRecord } from "./record.js";
import { CODE_ADDRESS, OPERAND_ADDRESS, OPERAND_BYTES } from "./record.js";

const TABLES = 0x1000;
const IDT = 0x4000;
const PAGE_TABLE = 0x5000;
const GDT = 0x500;
const TSS = 0x600;
const STACK = 0x8000;
const HANDLERS = 0xc000;
/** Pages of the runner's memory, which level 3 may read, write and execute; the others are level 0's. */
const USER_PAGES = { first: 0x100, end: 0x130 } as const;

/** Flags that are compared: the arithmetic ones, and DF. */
export const FLAGS = 0xcd5;
/** Bytes from MM0 to XMM15 in what FXSAVE stores. */
const FX_REGISTERS = { first: 32, end: 416, xmm: 160 } as const;

/** A processor that executes one record after the other. */
export class LongGuest {
  readonly #bus = new SimpleBus(2 << 20);
  readonly #cpu: X86Cpu;
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;
  readonly #registers: BigUint64Array;
  #isUser = false;

  constructor() {
    const memory = new WebAssembly.Memory({ initial: 1 });
    this.#bytes = new Uint8Array(memory.buffer, 0, STATE_BYTES);
    this.#words = new Uint32Array(memory.buffer, 0, STATE_BYTES / 4);
    this.#registers = new BigUint64Array(memory.buffer, AT_WIDE_REGISTERS, 16);
    this.#cpu = new X86Cpu({
      memory: this.#bus,
      io: new SimpleBus(0),
      acknowledgeInterrupt: () => 0,
      storage: { memory, buffer: memory.buffer, offset: 0 },
    });
    const { view } = this.#bus;
    view.setUint32(TABLES, (TABLES + 0x1000) | 7, true);
    view.setUint32(TABLES + 0x1000, (TABLES + 0x2000) | 7, true);
    view.setUint32(TABLES + 0x2000, PAGE_TABLE | 7, true);
    for (let page = 0; page < 512; page++) {
      const isUser = page >= USER_PAGES.first && page < USER_PAGES.end;
      view.setUint32(PAGE_TABLE + 8 * page, (page << 12) | (isUser ? 7 : 3), true);
    }
    view.setUint32(GDT + 0x0c, 0x00209a00, true);
    for (let vector = 0; vector < 32; vector++) {
      const at = IDT + 16 * vector;
      view.setUint32(at, (8 << 16) | (HANDLERS + vector), true);
      view.setUint32(at + 4, 0x8e00, true);
    }
    view.setUint32(TSS + 4, STACK, true);
    // The permission bitmap would begin beyond the limit: no port is level 3's.
    view.setUint16(TSS + 0x66, 0x68, true);
  }

  /** Makes the processor run 64-bit code at level 3. */
  #enterUser(): void {
    const flat = { base: 0, limit: 0xffffffff };
    const data = { ...flat, selector: 0x23, flags: 0xcff300 };
    this.#cpu.setState({
      cr4: 0x620,
      cr3: TABLES,
      efer: 0x500,
      cr0: 0x80000031,
      cs: { ...flat, selector: 0x1b, flags: 0xaffb00 },
      ds: data,
      es: data,
      ss: data,
      tr: { selector: 0x28, base: TSS, limit: 0x67, flags: 0x8b00 },
      gdtr: { base: GDT, limit: 0x0f },
      idtr: { base: IDT, limit: 0x1ff },
    });
    this.#isUser = true;
  }

  /**
   * Executes a record's instruction, and puts what came of it into the record; answers the exception, -1, or -2
   * where the next instruction is not the one behind it.
   */
  run(record: OracleRecord): number {
    const cpu = this.#cpu;
    const bus = this.#bus;
    if (!this.#isUser) this.#enterUser();
    bus.bytes.set(record.instruction, CODE_ADDRESS);
    bus.bytes.set(record.operand, OPERAND_ADDRESS);
    cpu.setState({ eip: CODE_ADDRESS, eflags: record.flags });
    for (let n = 0; n < 16; n++) this.#registers[n] = record.register(n);
    this.#words[StateLayout.mxcsr >> 2] = record.mxcsr;
    const { first, end, xmm } = FX_REGISTERS;
    this.#bytes.set(record.fx.subarray(first, xmm), StateLayout.st);
    this.#bytes.set(record.fx.subarray(xmm, end), StateLayout.xmm);
    cpu.run(1);
    const { eip, eflags } = cpu.state();
    const vector = eip - HANDLERS;
    record.mxcsr = this.#words[StateLayout.mxcsr >> 2] ?? 0;
    if (vector >= 0 && vector < 32) {
      this.#isUser = false;
      return vector;
    }
    // A jump has no place to go to that stays this one's.
    const isNext = eip === CODE_ADDRESS + record.instruction.length;
    if (!isNext) this.#isUser = false;
    record.flags = eflags & FLAGS;
    for (let n = 0; n < 16; n++) record.setRegister(n, this.#registers[n] ?? 0n);
    record.operand.set(bus.bytes.subarray(OPERAND_ADDRESS, OPERAND_ADDRESS + OPERAND_BYTES));
    record.fx.set(this.#bytes.subarray(StateLayout.st, StateLayout.st + 128), first);
    record.fx.set(this.#bytes.subarray(StateLayout.xmm, StateLayout.xmm + 256), xmm);
    return isNext ? -1 : -2;
  }
}
