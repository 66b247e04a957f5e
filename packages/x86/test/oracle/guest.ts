/** Records of the oracle, executed by the package's processor. */
import { X86Cpu } from "../../src/index.js";
import { STATE_BYTES, StateLayout } from "../../src/index.js";
import { SimpleBus } from "../simple-bus.js";
import type { OracleRecord } from "./record.js";
import { CODE_ADDRESS, OPERAND_ADDRESS, OPERAND_BYTES } from "./record.js";

const ALL = 0xffffffff;

/**
 * A processor in flat 32-bit mode that executes one instruction a record: general registers, flags,
 * the operand in memory, and what FXSAVE holds, go in and come back. Its storage is written directly.
 */
export class OracleGuest {
  readonly #memory = new SimpleBus(2 << 20);
  readonly #state = new WebAssembly.Memory({ initial: 1 });
  readonly #view = new DataView(this.#state.buffer);
  readonly #bytes = new Uint8Array(this.#state.buffer);
  readonly cpu: X86Cpu;

  constructor() {
    this.cpu = new X86Cpu({
      memory: this.#memory,
      io: new SimpleBus(0),
      acknowledgeInterrupt: () => 0,
      storage: { buffer: this.#state.buffer, memory: this.#state, offset: 0 },
    });
    if (this.#bytes.length < STATE_BYTES) throw new Error("too little memory");
    const data = { selector: 0x10, base: 0, limit: ALL, flags: 0xcf9300 };
    this.cpu.setState({
      cr0: 0x60000031,
      cr4: 0x600,
      cs: { selector: 8, base: 0, limit: ALL, flags: 0xcf9b00 },
      ds: data,
      es: data,
      ss: data,
      // Any exception is a shutdown.
      idtr: { base: 0, limit: 0 },
    });
  }

  /** Executes the record's instruction; false if it faults, and then the record is as before. */
  run(record: OracleRecord): boolean {
    const { cpu } = this;
    const code = record.instruction;
    this.#memory.bytes.set(code, CODE_ADDRESS);
    this.#memory.bytes.set(record.operand, OPERAND_ADDRESS);
    for (let n = 0; n < 8; n++) {
      this.#view.setUint32(
        StateLayout.registers + 4 * n,
        Number(record.register(n) & 0xffffffffn),
        true,
      );
    }
    this.#enter(record);
    cpu.setState({ eip: CODE_ADDRESS, eflags: record.flags & 0x8d5 });
    cpu.run(1);
    if (cpu.shutdown) {
      cpu.reset();
      return false;
    }
    const { eip, eflags } = cpu.state();
    if (eip !== CODE_ADDRESS + code.length) return false;
    record.flags = eflags;
    for (let n = 0; n < 8; n++) {
      record.setRegister(n, BigInt(this.#view.getUint32(StateLayout.registers + 4 * n, true)));
    }
    record.operand.set(
      this.#memory.bytes.subarray(OPERAND_ADDRESS, OPERAND_ADDRESS + OPERAND_BYTES),
    );
    this.#leave(record);
    return true;
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
