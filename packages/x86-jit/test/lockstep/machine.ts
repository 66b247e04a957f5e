/** A small machine for a processor: RAM, a device, ports, and a log of what reaches the devices. */
import { type AddressSpace, Machine, type MemoryRegion } from "@mem/flat";
import { type CpuState, StateLayout, X86Cpu } from "@mem/x86";
import { writeNarrowHandlers } from "./handlers.js";
import { type LongMode, LONG_MODES, prepareLong } from "./long-machine.js";
import { CODE, DEVICE, RAM_SIZE } from "./places.js";
import { translator, type TranslatorOptions, type Translator } from "../../src/index.js";

/** Number of the device's interrupt. */
const INTERRUPT = 0x20;
/** The place of the handlers. */
const HANDLERS = 0xc00;
/** Memory that is written when a guest is prepared: tables and handlers, of 64-bit code too. */
const PREPARED = [
  [0, 0x1000],
  [0x10000, 0x10000],
] as const;

/** A copy of memory, as words. */
function copyOf(bytes: Uint8Array, [at, size]: readonly [number, number]): Int32Array {
  return new Int32Array(bytes.slice(at, at + size).buffer);
}

/** Kinds of guests. */
export const NARROW_MODES = ["flat", "user", "paged", "real", "small", "limited"] as const;
/** All of them, 64-bit code too. */
export const MODES = [...NARROW_MODES, ...LONG_MODES] as const;
export type NarrowMode = (typeof NARROW_MODES)[number];
export type Mode = NarrowMode | LongMode;

/** Does the guest run 64-bit code? */
export function isLongMode(mode: Mode): mode is LongMode {
  return LONG_MODES.some((long) => long === mode);
}

/** Registers that a program begins with. */
export interface StartRegisters {
  readonly narrow: Partial<CpuState>;
  /** Sixteen of 64 bits, and RIP; of other code none. */
  readonly long: readonly bigint[];
}

/** One processor, and what it sees. */
export class Guest {
  readonly ram: MemoryRegion;
  readonly cpu: X86Cpu;
  readonly log: string[] = [];
  /** What all that reached the devices amounts to. */
  traffic = 0;
  /** Instructions executed before the program began. */
  begun = 0;
  readonly translator: Translator | null;
  /** XMM0 to XMM15, and MXCSR. */
  readonly xmm: Int32Array;
  readonly mxcsr: Int32Array;
  /** The x87 registers by physical number, and the unit's words. */
  readonly st: Int32Array;
  readonly fpu: Int32Array;
  readonly #memory: AddressSpace;

  constructor(options: Partial<TranslatorOptions> | null) {
    const memory = new WebAssembly.Memory({ initial: 32, maximum: 32 });
    const machine = new Machine();
    const system = machine.container({ name: "system", size: 1n << 32n });
    this.ram = machine.ram({ name: "ram", size: RAM_SIZE, memory, memoryOffset: 1 << 20 });
    system.addSubregion(0, this.ram);
    // Repeated output makes very many: of those the last numbers count, and the first texts.
    const note = (what: string, ...numbers: number[]): void => {
      const { cpu, log } = this;
      for (const number of numbers) this.#mix(number);
      const count = cpu.instructionCount - this.begun;
      this.#mix(count);
      if (log.length > 40) return;
      const { eax, ecx, esp, eip, eflags } = cpu.state();
      log.push(`${what} ${numbers.join(" ")} n=${count} ${eax} ${ecx} ${esp} ${eip} ${eflags}`);
    };
    const device = (name: string): MemoryRegion =>
      machine.mmio({
        name,
        size: name === "device" ? 0x1000 : 0x10000,
        read: (offset, size) => {
          note(`${name} read`, offset, size);
          return Math.imul(offset + 1, 0x01234567) >>> (32 - 8 * size);
        },
        write: (offset, value, size) => {
          note(`${name} write`, offset, size, value);
          if (name === "device") this.#react(value);
        },
      });
    system.addSubregion(DEVICE, device("device"), { priority: 1 });
    this.#memory = machine.addressSpace(system, "memory");
    const made = options === null ? null : translator({ memory, ...options });
    this.cpu = new X86Cpu({
      memory: this.#memory,
      io: machine.addressSpace(device("ports"), "ports"),
      acknowledgeInterrupt: () => {
        this.cpu.setIntr(false);
        return INTERRUPT;
      },
      ...(made === null
        ? { storage: { memory, buffer: memory.buffer, offset: 0 } }
        : { storage: made.storage, engine: made.engine }),
    });
    this.xmm = new Int32Array(memory.buffer, StateLayout.xmm, 64);
    this.st = new Int32Array(memory.buffer, StateLayout.st, 32);
    this.fpu = new Int32Array(memory.buffer, StateLayout.fpuControl, 9);
    this.mxcsr = new Int32Array(memory.buffer, StateLayout.mxcsr, 1);
    this.translator = made === null ? null : made.translator;
  }

  /** What the device does when it is written: now and then it interrupts, or changes code by DMA. */
  #react(value: number): void {
    if ((value & 0x30) === 0x10) this.cpu.setIntr(true);
    else if ((value & 0x31) === 0x20) this.changeCode(value >>> 8, value);
  }
  /** Changes a byte where code is, as DMA does. */
  changeCode(place: number, value: number): void {
    this.#memory.store(CODE + (place & 0x3ff), 1, value);
  }

  #mix(number: number): void {
    this.traffic = Math.imul(this.traffic ^ number, 0x01000193) + 1;
  }

  /** Descriptor tables, handlers that halt, page tables; then the registers of a mode. */
  prepare(mode: Mode, registers: StartRegisters): void {
    const bytes = this.ram.ramBytes();
    const before = this.translator === null ? [] : PREPARED.map((place) => copyOf(bytes, place));
    if (isLongMode(mode)) {
      prepareLong(this.cpu, bytes, mode, registers.long, registers.narrow.eflags ?? 2);
    } else {
      this.#prepareNarrow(bytes, mode, registers.narrow);
    }
    before.forEach((words, k) => this.#announce(words, PREPARED[k]?.[0] ?? 0));
  }
  /**
   * Tells the translator what has become another of the memory at `at`. Programs run into tables, too, and the
   * handlers are code, which stays translated where it is as before.
   */
  #announce(before: Int32Array, at: number): void {
    const bytes = this.ram.ramBytes();
    const now = new Int32Array(bytes.buffer, bytes.byteOffset + at, before.length);
    for (let k = 0; k < now.length; k++) {
      if (now[k] !== before[k]) this.translator?.stored(bytes, at + 4 * k, 4);
    }
  }
  #prepareNarrow(bytes: Uint8Array, mode: NarrowMode, registers: Partial<CpuState>): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const put = (at: number, value: number): void => view.setUint32(at, value, true);
    const bits = mode === "real" || mode === "small" ? 16 : 32;
    writeNarrowHandlers(bytes, HANDLERS, mode === "real", bits);
    for (let v = 0; v < 64; v++) {
      if (mode === "real") put(v * 4, HANDLERS + v * 16);
      else {
        put(0x600 + v * 8, 0x00080000 | (HANDLERS + v * 16));
        put(0x604 + v * 8, 0x0000ee00);
      }
    }
    const gdt = [
      ...[0, 0, 0xffff, 0x00cf9a00, 0xffff, 0x00cf9200, 0xffff, 0x00cffa00, 0xffff, 0x00cff200],
      ...[0x09000067, 0x00008b00, 0xffff, 0x00009a00, 0xffff, 0x00009200],
    ];
    gdt.forEach((value, k) => put(0x500 + k * 4, value));
    put(0x904, 0x4ff0);
    put(0x908, 0x10);
    put(0x964, 0x00680000);
    for (let page = 0; page < 64; page++) {
      const isAbsent = page === 0xa || page === 0x6;
      put(0x11000 + page * 4, (page << 12) | (isAbsent ? 0 : page === 0x9 ? 5 : 7));
    }
    put(0x10000, 0x11007);
    const user = mode === "user";
    const flat = (selector: number, flags: number): CpuState["cs"] => ({
      selector,
      base: 0,
      limit: 0xffffffff,
      flags,
    });
    const isReal = mode === "real";
    const small = { selector: isReal ? 0 : 0x38, base: 0, limit: 0xffff, flags: 0x9300 };
    const data =
      isReal || mode === "small"
        ? small
        : mode === "limited"
          ? { selector: 0x10, base: 0x100, limit: 0x8fff, flags: 0x40f300 & ~0x6000 }
          : user
            ? flat(0x23, 0xcff300)
            : flat(0x10, 0xcf9300);
    this.cpu.setState({
      cr0: isReal ? 0x60000010 : user || mode === "paged" ? 0xe0010011 : 0x60000011,
      cr3: 0x10000,
      cr4: 0x600,
      cs:
        isReal || mode === "small"
          ? { ...small, selector: isReal ? 0 : 0x30, flags: 0x9b00 }
          : user
            ? flat(0x1b, 0xcffb00)
            : flat(8, 0xcf9b00),
      ss: data,
      ds: data,
      es: data,
      fs: { ...data, base: data.base + 0x10 },
      gs: data,
      tr: { selector: 0x28, base: 0x900, limit: 0x67, flags: 0x8b00 },
      gdtr: { base: 0x500, limit: 0x3f },
      idtr: isReal ? { base: 0, limit: 0xff } : { base: 0x600, limit: 0x1ff },
      cpl: user ? 3 : 0,
      halted: false,
      ...registers,
    });
  }
}
