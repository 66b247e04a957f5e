/** Runs the oracle's records on the processor of this package, in 32-bit code at level 3. */
import { STATE_BYTES, StateLayout, X86Cpu } from "../../src/index.js";
import { SimpleBus } from "../simple-bus.js";
import { CODE_ADDRESS, OPERAND_ADDRESS, OPERAND_BYTES } from "./record.js";
import type { OracleRecord } from "./record.js";

const NAMES = ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"] as const;
const HANDLERS = 0xc00;

/** What came of an instruction. */
export interface Outcome {
  /** The exception, or -1. */
  readonly vector: number;
  readonly registers: readonly number[];
  /** The arithmetic flags. */
  readonly flags: number;
  readonly mxcsr: number;
  /** XMM0 to XMM7. */
  readonly xmm: Uint8Array;
  /** MMX registers, 8 bytes each. */
  readonly mmx: readonly Uint8Array[];
  readonly operand: Uint8Array;
}

/** A processor that executes one record after the other. */
export class GuestRunner {
  readonly #bus = new SimpleBus(2 << 20);
  readonly #cpu: X86Cpu;
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;

  constructor() {
    const memory = new WebAssembly.Memory({ initial: 1 });
    this.#bytes = new Uint8Array(memory.buffer, 0, STATE_BYTES);
    this.#words = new Uint32Array(memory.buffer, 0, STATE_BYTES / 4);
    this.#cpu = new X86Cpu({
      memory: this.#bus,
      io: new SimpleBus(0),
      acknowledgeInterrupt: () => 0,
      storage: { memory, buffer: memory.buffer, offset: 0 },
    });
    const { view } = this.#bus;
    const segments = [0, 0, 0xffff, 0x00cf9a00, 0xffff, 0x00cf9200, 0xffff, 0x00cffa00, 0xffff];
    segments.push(0x00cff200);
    segments.forEach((value, k) => view.setUint32(0x500 + 4 * k, value, true));
    for (let v = 0; v < 32; v++) {
      view.setUint32(0x600 + 8 * v, 0x00080000 | (HANDLERS + 4 * v), true);
      view.setUint32(0x604 + 8 * v, 0x0000ee00, true);
    }
    view.setUint32(0x904, 0x7000, true);
    view.setUint32(0x908, 0x10, true);
  }

  /** Executes a record's instruction. */
  run(record: OracleRecord): Outcome {
    const cpu = this.#cpu;
    const bus = this.#bus;
    bus.bytes.set(record.instruction, CODE_ADDRESS);
    bus.bytes.set(record.operand, OPERAND_ADDRESS);
    const flat = { base: 0, limit: 0xffffffff };
    const data = { ...flat, selector: 0x23, flags: 0xcff300 };
    cpu.setState({
      cr0: 0x60000031,
      cr4: 0x600,
      cs: { ...flat, selector: 0x1b, flags: 0xcffb00 },
      ds: data,
      es: data,
      ss: data,
      tr: { selector: 0x28, base: 0x900, limit: 0x67, flags: 0x8b00 },
      gdtr: { base: 0x500, limit: 0x2f },
      idtr: { base: 0x600, limit: 0xff },
      eip: CODE_ADDRESS,
      eflags: record.flags,
      ...Object.fromEntries(NAMES.map((name, n) => [name, Number(record.register(n))])),
    });
    this.#words[StateLayout.mxcsr >> 2] = record.mxcsr;
    for (let n = 0; n < 8; n++) {
      this.#bytes.set(record.xmm(n), StateLayout.xmm + 16 * n);
      this.#bytes.set(record.st(n), StateLayout.st + 16 * n);
    }
    cpu.run(1);
    const state = cpu.state();
    const at = state.eip - HANDLERS;
    return {
      vector: at >= 0 && at < 128 ? at >> 2 : -1,
      registers: NAMES.map((name) => state[name]),
      flags: state.eflags & 0x8d5,
      mxcsr: this.#words[StateLayout.mxcsr >> 2],
      xmm: this.#bytes.slice(StateLayout.xmm, StateLayout.xmm + 128),
      mmx: NAMES.map((_, n) => {
        const st = StateLayout.st + 16 * n;
        return this.#bytes.slice(st, st + 8);
      }),
      operand: bus.bytes.slice(OPERAND_ADDRESS, OPERAND_ADDRESS + OPERAND_BYTES),
    };
  }
}
