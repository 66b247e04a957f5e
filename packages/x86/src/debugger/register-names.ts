/** The registers that a debugger shows, by the names that debuggers give them. */
import type { CpuState } from "../processor/register-state.js";
import type { Cpu } from "../state/cpu.js";
import {
  AT_FPU_CONTROL,
  AT_FPU_CS,
  AT_FPU_DP,
  AT_FPU_DS,
  AT_FPU_IP,
  AT_FPU_OPCODE,
  AT_FPU_TAGS,
  AT_FPU_TOP,
  AT_MXCSR,
  AT_ST,
  AT_XMM,
} from "../state/layout.js";
import { applyState, getState } from "../processor/register-state.js";
import { setControlWord, setStatusWord, statusWord } from "../operations/fpu/unit.js";

/** Access to one register, for reading and writing. */
export interface DebugRegister {
  /** Its width. */
  readonly bits: number;
  read(c: Cpu): bigint;
  /** Absent for a register that is shown only. */
  write?(c: Cpu, value: bigint): void;
}

const ST_BITS = 80;
const XMM_BITS = 128;
const REGISTERS = 8;

type SegmentName = "es" | "cs" | "ss" | "ds" | "fs" | "gs";
type WordName = { [K in keyof CpuState]: CpuState[K] extends number ? K : never }[keyof CpuState];

const GENERAL: readonly WordName[] = [
  ...(["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "eip", "eflags"] as const),
  ...(["cr0", "cr2", "cr3", "cr4", "dr0", "dr1", "dr2", "dr3", "dr6", "dr7"] as const),
];
const SEGMENTS: readonly SegmentName[] = ["cs", "ss", "ds", "es", "fs", "gs"];

function word(name: WordName): DebugRegister {
  return {
    bits: 32,
    read: (c) => BigInt(getState(c)[name]),
    write: (c, value) => applyState(c, { [name]: Number(BigInt.asUintN(32, value)) }),
  };
}

/** A selector. Written, it takes its base along where it alone says it: in real and VM86 mode. */
function selector(name: SegmentName): DebugRegister {
  return {
    bits: 16,
    read: (c) => BigInt(getState(c)[name].selector),
    write: (c, value) => {
      const number = Number(BigInt.asUintN(16, value));
      const before = getState(c)[name];
      const base = c.pe && !c.vm ? before.base : number * 16;
      applyState(c, { [name]: { ...before, selector: number, base } });
    },
  };
}

function base(name: SegmentName): DebugRegister {
  return {
    bits: 32,
    read: (c) => BigInt(getState(c)[name].base),
    write: (c, value) => {
      const before = getState(c)[name];
      applyState(c, { [name]: { ...before, base: Number(BigInt.asUintN(32, value)) } });
    },
  };
}

/** `bits` of the storage, from the byte offset that `at` tells. */
export function stored(bits: number, at: (c: Cpu) => number): DebugRegister {
  const bytes = bits / 8;
  return {
    bits,
    read: (c) => {
      let value = 0n;
      for (let k = bytes - 1; k >= 0; k--) {
        const from = at(c) + k;
        value = (value << 8n) | BigInt((c.words[from >> 2] >>> (8 * (from & 3))) & 0xff);
      }
      return value;
    },
    write: (c, value) => {
      for (let k = 0; k < bytes; k++) {
        const to = at(c) + k;
        const byte = Number((value >> BigInt(8 * k)) & 0xffn);
        const shift = 8 * (to & 3);
        c.words[to >> 2] = (c.words[to >> 2] & ~(0xff << shift)) | (byte << shift);
      }
    },
  };
}

/** ST(`n`): where it lies depends on TOP. */
function stackPlace(n: number): (c: Cpu) => number {
  return (c) => AT_ST + 16 * ((c.words[AT_FPU_TOP >> 2] + n) & 7);
}

/** The tag of each physical register as FNSTENV tells it, two bits each. */
function fullTags(c: Cpu): number {
  let tags = 0;
  for (let n = 0; n < REGISTERS; n++) {
    const tag = ((c.words[AT_FPU_TAGS >> 2] >>> n) & 1) === 0 ? 3 : tagOf(c, AT_ST + 16 * n);
    tags |= tag << (2 * n);
  }
  return tags;
}

/** 0 for an ordinary number, 1 for zero, 2 for all others. */
function tagOf(c: Cpu, at: number): 0 | 1 | 2 {
  const [low, high, rest] = [0, 1, 2].map((k) => c.words[(at >> 2) + k]);
  const exponent = (rest ?? 0) & 0x7fff;
  if (exponent === 0 && low === 0 && high === 0) return 1;
  return exponent === 0 || exponent === 0x7fff || (high ?? 0) >= 0 ? 2 : 0;
}

function setFullTags(c: Cpu, value: bigint): void {
  let bits = 0;
  for (let n = 0; n < REGISTERS; n++) {
    if (((value >> BigInt(2 * n)) & 3n) !== 3n) bits |= 1 << n;
  }
  c.words[AT_FPU_TAGS >> 2] = bits;
}

const wordAt = (at: number, bits = 32): DebugRegister => stored(bits, () => at);

/** All registers of `c`, by name. */
export function debugRegisters(c: Cpu): ReadonlyMap<string, DebugRegister> {
  const all = new Map<string, DebugRegister>();
  for (const name of GENERAL) all.set(name, word(name));
  for (const name of SEGMENTS) {
    all.set(name, selector(name));
    all.set(`${name}_base`, base(name));
  }
  if (c.kernels !== null) addFpu(all);
  if (c.sse !== null) addSse(all);
  return all;
}

function addFpu(all: Map<string, DebugRegister>): void {
  for (let n = 0; n < REGISTERS; n++) all.set(`st${n}`, stored(ST_BITS, stackPlace(n)));
  all.set("fctrl", {
    bits: 32,
    read: (c) => BigInt(c.words[AT_FPU_CONTROL >> 2] & 0xffff),
    write: (c, value) => setControlWord(c, Number(value & 0xffffn)),
  });
  all.set("fstat", {
    bits: 32,
    read: (c) => BigInt(statusWord(c) & 0xffff),
    write: (c, value) => setStatusWord(c, Number(value & 0xffffn)),
  });
  all.set("ftag", { bits: 32, read: (c) => BigInt(fullTags(c)), write: setFullTags });
  const places = [
    ...([["fiseg", AT_FPU_CS] as const, ["fioff", AT_FPU_IP] as const] as const),
    ...([["foseg", AT_FPU_DS] as const, ["fooff", AT_FPU_DP] as const] as const),
    ["fop", AT_FPU_OPCODE] as const,
  ];
  for (const [name, at] of places) all.set(name, wordAt(at));
}

function addSse(all: Map<string, DebugRegister>): void {
  for (let n = 0; n < REGISTERS; n++) {
    all.set(
      `xmm${n}`,
      stored(XMM_BITS, () => AT_XMM + 16 * n),
    );
  }
  all.set("mxcsr", wordAt(AT_MXCSR));
}
