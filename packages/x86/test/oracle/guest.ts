/** Records of the oracle, executed by the package's processor. */
import { X86Cpu } from "../../src/index.js";
import { STATE_BYTES, StateLayout } from "../../src/index.js";
import { SimpleBus } from "../simple-bus.js";
import type { OracleRecord } from "./record.js";
import { CODE_ADDRESS, OPERAND_ADDRESS, OPERAND_BYTES } from "./record.js";

const ALL = 0xffffffff;
const GDT = 0x500;
const IDT = 0x600;
const TSS = 0x900;
const STACK = 0x7000;
const HANDLERS = 0xc00;
const FLAGS = 0x8d5;

/**
 * A processor in flat 32-bit code at level 3 that executes one instruction a record: general registers, flags,
 * the operand in memory, and what FXSAVE holds, go in and come back. Its storage is written directly.
 */
export class OracleGuest {
  readonly #memory = new SimpleBus(2 << 20);
  readonly #state = new WebAssembly.Memory({ initial: 1 });
  readonly #view = new DataView(this.#state.buffer);
  readonly #bytes = new Uint8Array(this.#state.buffer);
  readonly cpu: X86Cpu;
  #isUser = false;

  constructor() {
    this.cpu = new X86Cpu({
      memory: this.#memory,
      io: new SimpleBus(0),
      acknowledgeInterrupt: () => 0,
      storage: { buffer: this.#state.buffer, memory: this.#state, offset: 0 },
    });
    if (this.#bytes.length < STATE_BYTES) throw new Error("too little memory");
    const { view } = this.#memory;
    const segments = [0, 0, 0xffff, 0x00cf9a00, 0xffff, 0x00cf9200, 0xffff, 0x00cffa00, 0xffff];
    segments.push(0x00cff200);
    segments.forEach((value, k) => view.setUint32(GDT + 4 * k, value, true));
    for (let vector = 0; vector < 32; vector++) {
      view.setUint32(IDT + 8 * vector, (8 << 16) | (HANDLERS + vector), true);
      view.setUint32(IDT + 4 + 8 * vector, 0x8e00, true);
    }
    view.setUint32(TSS + 4, STACK, true);
    view.setUint32(TSS + 8, 0x10, true);
  }

  #enterUser(): void {
    const flat = { base: 0, limit: ALL };
    const data = { ...flat, selector: 0x23, flags: 0xcff300 };
    this.cpu.setState({
      cr0: 0x60000031,
      cr4: 0x600,
      cs: { ...flat, selector: 0x1b, flags: 0xcffb00 },
      ds: data,
      es: data,
      ss: data,
      tr: { selector: 0x28, base: TSS, limit: 0x67, flags: 0x8b00 },
      gdtr: { base: GDT, limit: 0x2f },
      idtr: { base: IDT, limit: 0xff },
    });
    this.#isUser = true;
  }

  /**
   * Executes the record's instruction, and puts what came of it into the record; answers the exception, or -1.
   * After an exception MXCSR and the x87 unit alone are as the instruction left them.
   */
  run(record: OracleRecord): number {
    const { cpu } = this;
    if (!this.#isUser) this.#enterUser();
    const code = record.instruction;
    this.#memory.bytes.set(code, CODE_ADDRESS);
    this.#memory.bytes.set(record.operand, OPERAND_ADDRESS);
    for (let n = 0; n < 8; n++) {
      this.#view.setInt32(StateLayout.registers + 4 * n, record.narrowRegister(n), true);
    }
    this.#enter(record);
    cpu.setState({ eip: CODE_ADDRESS, eflags: record.flags & FLAGS });
    cpu.run(1);
    const { eip, eflags } = cpu.state();
    this.#leave(record);
    const vector = eip - HANDLERS;
    if (vector >= 0 && vector < 32) {
      this.#isUser = false;
      return vector;
    }
    record.flags = eflags & FLAGS;
    for (let n = 0; n < 8; n++) {
      const value = this.#view.getUint32(StateLayout.registers + 4 * n, true);
      record.setRegister(n, BigInt(value));
    }
    record.operand.set(
      this.#memory.bytes.subarray(OPERAND_ADDRESS, OPERAND_ADDRESS + OPERAND_BYTES),
    );
    return -1;
  }

  #enter({ fx }: OracleRecord): void {
    const view = new DataView(fx.buffer, fx.byteOffset, fx.length);
    const top = (view.getUint16(2, true) >> 11) & 7;
    this.#view.setUint32(StateLayout.fpuControl, view.getUint16(0, true), true);
    this.#view.setUint32(StateLayout.fpuStatus, view.getUint16(2, true) & ~0x3800, true);
    this.#view.setUint32(StateLayout.fpuTop, top, true);
    this.#view.setUint32(StateLayout.fpuTags, fx[4], true);
    this.#view.setUint32(StateLayout.mxcsr, view.getUint32(24, true), true);
    for (let i = 0; i < 8; i++) {
      const at = StateLayout.st + 16 * ((top + i) & 7);
      this.#bytes.set(fx.subarray(32 + 16 * i, 48 + 16 * i), at);
    }
    this.#bytes.set(fx.subarray(160, 160 + 256), StateLayout.xmm);
  }
  #leave({ fx }: OracleRecord): void {
    const view = new DataView(fx.buffer, fx.byteOffset, fx.length);
    const top = this.#view.getUint32(StateLayout.fpuTop, true);
    view.setUint16(0, this.#view.getUint32(StateLayout.fpuControl, true), true);
    view.setUint16(2, this.#view.getUint32(StateLayout.fpuStatus, true) | (top << 11), true);
    fx[4] = this.#view.getUint32(StateLayout.fpuTags, true);
    view.setUint32(24, this.#view.getUint32(StateLayout.mxcsr, true), true);
    for (let i = 0; i < 8; i++) {
      const at = StateLayout.st + 16 * ((top + i) & 7);
      fx.set(this.#bytes.subarray(at, at + 16), 32 + 16 * i);
    }
    fx.set(this.#bytes.subarray(StateLayout.xmm, StateLayout.xmm + 256), 160);
  }
}
