/** Runs random programs on the interpreter and on the translator, and compares what they did. */
import type { CpuState } from "@mem/x86";
import type { TranslatorOptions } from "../../src/index.js";
import { randomLongRegisters } from "./long-machine.js";
import { LongProgramWriter } from "./long-program.js";
import { Guest, isLongMode, type Mode, type StartRegisters } from "./machine.js";
import { CODE, DATA } from "./places.js";
import { ProgramWriter } from "./program.js";
import { Random } from "@mem/common";

/** What one program is run with. */
export interface LockstepCase {
  readonly seed: number;
  readonly mode: Mode;
}

interface Start {
  readonly at: number;
  readonly code: readonly number[];
  readonly data: Uint8Array;
  readonly registers: StartRegisters;
}

/** Slices that a program is run in; of 64-bit code there is more, and so each is run for a shorter time. */
const SLICES = 40;
const LONG_SLICES = 10;

/** Two machines that run the same programs. */
export class Lockstep {
  readonly interpreted = new Guest(null);
  readonly translated: Guest;
  /** Instructions executed. */
  count = 0;

  constructor(options: Partial<TranslatorOptions> = {}) {
    this.translated = new Guest({ threshold: 1, batch: 1, patience: 1, ...options });
  }

  /** Runs one program; answers where the two differ first, or null. */
  run({ seed, mode }: LockstepCase): string | null {
    const random = new Random(seed);
    const start = makeStart(random, mode);
    this.#begin(start, mode);
    const slices = isLongMode(mode) ? LONG_SLICES : SLICES;
    for (let slice = 0; slice < slices; slice++) {
      const length = 1 + random.below(random.oneIn(3) ? 40 : 400);
      if (!this.#slice(length)) return this.#bisect(start, { seed, mode }, slice);
      const { cpu } = this.interpreted;
      if (cpu.shutdown) break;
      if (cpu.halted) {
        const registers = randomRegisters(random, mode, start.at);
        for (const guest of [this.interpreted, this.translated]) {
          guest.prepare(mode, registers);
        }
      }
    }
    return null;
  }

  #begin(start: Start, mode: Mode): void {
    for (const guest of [this.interpreted, this.translated]) {
      guest.cpu.reset();
      const bytes = guest.ram.ramBytes();
      bytes.fill(0);
      bytes.set(start.data, DATA);
      bytes.set(start.code, start.at);
      guest.translator?.clear();
      guest.prepare(mode, start.registers);
      guest.xmm.set(new Int32Array(start.data.slice(0, 256).buffer));
      beginFpu(guest, start.data);
      // Often as it is after some arithmetic, and sometimes with an exception that is not masked.
      guest.mxcsr[0] = (start.data[200] ?? 0) < 200 ? 0x1fa0 : 0x1d80;
      guest.log.length = 0;
      guest.traffic = 0;
      guest.begun = guest.cpu.instructionCount;
    }
  }

  #slice(length: number): boolean {
    const one = this.interpreted.cpu.run(length);
    const other = this.translated.cpu.run(length);
    this.count += one;
    return one === other && this.difference() === null;
  }

  /** What differs now. */
  difference(): string | null {
    const [one, other] = [this.interpreted.cpu.state(), this.translated.cpu.state()];
    if (!areSame(one, other)) {
      return `interpreted ${describe(one)}\ntranslated  ${describe(other)}`;
    }
    const vectors = [this.interpreted, this.translated].map(
      (guest) =>
        `${guest.mxcsr[0]?.toString(16)} ${[...guest.xmm].map((w) => w.toString(16)).join(" ")}`,
    );
    if (vectors[0] !== vectors[1]) return `XMM ${vectors[0]}\nand ${vectors[1]}`;
    const units = [this.interpreted, this.translated].map(describeFpu);
    if (units[0] !== units[1]) return `x87 ${units[0]}\nand ${units[1]}`;
    const logs = [this.interpreted.log, this.translated.log];
    for (let k = 0; k < Math.max(logs[0]?.length ?? 0, logs[1]?.length ?? 0); k++) {
      if (logs[0]?.[k] !== logs[1]?.[k]) return `device: ${logs[0]?.[k]}\nand     ${logs[1]?.[k]}`;
    }
    for (const log of logs) log.length = 0;
    if (this.interpreted.traffic !== this.translated.traffic) return "device: something later on";
    const rams = [this.interpreted.ram.ramBytes(), this.translated.ram.ramBytes()] as const;
    if (areEqual(...rams)) return null;
    const k = rams[0].findIndex((byte, at) => byte !== rams[1][at]);
    return `RAM ${k.toString(16)}: ${rams[0][k]} and ${rams[1][k]}`;
  }

  /** Repeats the slices before the one that failed, and finds how short it may be and still fail. */
  #bisect(start: Start, which: LockstepCase, failed: number): string {
    const name = `seed ${which.seed} ${which.mode}, slice ${failed}`;
    const what = this.difference() ?? "the counts of instructions differ";
    for (let length = 1; length <= 401; length++) {
      this.#replay(start, which, failed);
      if (this.#slice(length)) continue;
      const now = this.difference() ?? "the counts of instructions differ";
      return `${name}, ${length} instructions:\n${this.#trace(start, which, failed, length)}\n${now}`;
    }
    return `${name}: only as a whole\n${what}`;
  }

  /** Brings both machines to where a slice begins. */
  #replay(start: Start, { seed, mode }: LockstepCase, slices: number): void {
    const random = new Random(seed);
    makeStart(random, mode);
    this.#begin(start, mode);
    for (let slice = 0; slice < slices; slice++) {
      this.#slice(1 + random.below(random.oneIn(3) ? 40 : 400));
      if (!this.interpreted.cpu.halted) continue;
      const registers = randomRegisters(random, mode, start.at);
      for (const guest of [this.interpreted, this.translated]) guest.prepare(mode, registers);
    }
  }

  /** What the interpreter executes in a slice, its last instructions. */
  #trace(start: Start, which: LockstepCase, failed: number, length: number): string {
    this.#replay(start, which, failed);
    const lines: string[] = [];
    for (let k = 0; k < length; k++) {
      lines.push(this.#position());
      this.interpreted.cpu.run(1);
    }
    const from = Math.max(0, length - 30);
    return lines
      .slice(from)
      .map((line, k) => `${from + k} ${line}`)
      .join("\n");
  }

  #position(): string {
    const state = this.interpreted.cpu.state();
    const at = state.long.code64
      ? Number(state.long.rip & 0x3ffffn)
      : (this.interpreted.cpu.translateDebug((state.cs.base + state.eip) >>> 0) ?? 0);
    const bytes = this.interpreted.ram.ramBytes().subarray(at, at + 12);
    return `${describe(state)} at ${[...bytes].map((b) => b.toString(16).padStart(2, "0")).join(" ")}`;
  }
}

const isLong = ({ efer }: CpuState): boolean => (efer & 0x400) !== 0;

function areSame(a: CpuState, b: CpuState): boolean {
  for (const name of Object.keys(a) as (keyof CpuState)[]) {
    const [one, other] = [a[name], b[name]];
    if (one === other) continue;
    if (name === "long") {
      if (isLong(a) && !areSameLong(a.long, b.long)) return false;
      continue;
    }
    if (typeof one !== "object" || typeof other !== "object") return false;
    if (!("base" in one) || !("base" in other)) return false;
    if (one.base !== other.base || one.limit !== other.limit) return false;
  }
  return true;
}

/** Is each register, and each of a file of registers, the same? */
function areSameLong(a: CpuState["long"], b: CpuState["long"]): boolean {
  const others: readonly unknown[] = Object.values(b).flat();
  return Object.values(a)
    .flat()
    .every((value, at) => value === others[at]);
}

function describe(s: CpuState): string {
  if (s.long.code64) {
    const { registers, rip, cr2 } = s.long;
    const words = [...registers, rip, BigInt(s.eflags), cr2].map((v) => v.toString(16));
    return `${words.join(" ")} ${s.halted ? "halted" : ""}${s.interruptShadow ? "shadow" : ""}`;
  }
  const hex = (v: number): string => v.toString(16);
  const { eax, ecx, edx, ebx, esp, ebp, esi, edi, eip, eflags } = s;
  const words = { eax, ecx, edx, ebx, esp, ebp, esi, edi, eip, eflags, cr2: s.cr2 };
  const segments = [s.cs, s.ds, s.es, s.ss, s.fs, s.gs].map(
    (g) => `${hex(g.selector)}:${hex(g.base)}`,
  );
  return `${Object.entries(words)
    .map(([name, value]) => `${name}=${hex(value)}`)
    .join(
      " ",
    )} ${segments.join(" ")} ${s.halted ? "halted" : ""}${s.interruptShadow ? "shadow" : ""}`;
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  const one = new BigUint64Array(a.buffer, a.byteOffset, a.length / 8);
  const other = new BigUint64Array(b.buffer, b.byteOffset, b.length / 8);
  for (let k = 0; k < one.length; k++) if (one[k] !== other[k]) return false;
  return true;
}

function makeStart(random: Random, mode: Mode): Start {
  const long = 4 + random.below(random.oneIn(4) ? 200 : 40);
  const vectors = random.oneIn(3);
  const length = vectors ? 3 + random.below(12) : long;
  const { code, at } = isLongMode(mode)
    ? longCode(random, length, vectors)
    : narrowCode(random, length, vectors, mode !== "real" && mode !== "small");
  const data = new Uint8Array(0x2000);
  for (let k = 0; k < data.length; k++) data[k] = random.next();
  return { at, code, data, registers: randomRegisters(random, mode, at) };
}
interface PlacedCode {
  readonly code: readonly number[];
  readonly at: number;
}
function narrowCode(random: Random, length: number, vectors: boolean, code32: boolean): PlacedCode {
  const code = new ProgramWriter(random, { code32, length, vectors }).write();
  // Now and then across the end of a page, which may be absent.
  const at = random.oneIn(4)
    ? CODE + 0x1000 - random.below(Math.min(code.length, 0x800))
    : CODE + random.below(0x400);
  return { code, at };
}
/** Where it lies is known before: it counts from RIP. */
function longCode(random: Random, length: number, vectors: boolean): PlacedCode {
  const at = random.oneIn(4)
    ? CODE + 0x1000 - random.below(6 * length)
    : CODE + random.below(0x400);
  return { code: new LongProgramWriter(random, { at, length, vectors }).write(), at };
}

function randomRegisters(random: Random, mode: Mode, at: number): StartRegisters {
  if (isLongMode(mode)) {
    const eflags = (random.next() & 0xcd5) | 2;
    return { narrow: { eflags }, long: randomLongRegisters(random, mode, at) };
  }
  // Pointers into data, near the end of a page, near the device, and at the code itself.
  const pointer = (): number =>
    random.pick([DATA + 0x200, DATA + 0xff0, DATA + 0x1ff8, 0xb000 - 6, 0xb010, at + 8, DATA]) +
    random.below(0x40);
  const narrow = {
    eax: random.next(),
    ecx: random.oneIn(2) ? random.below(20) : random.next(),
    edx: random.next(),
    ebx: pointer(),
    esp: random.oneIn(6) ? pointer() : DATA + 0x800 + random.below(4) * 4,
    ebp: pointer(),
    esi: pointer(),
    edi: pointer(),
    eip: at,
    eflags: (random.next() & 0xcd5) | 2,
  };
  return { narrow, long: [] };
}

/** Numbers near 1 in the x87 registers, some of which are empty; now and then exceptions are unmasked. */
function beginFpu(guest: Guest, data: Uint8Array): void {
  const { st, fpu } = guest;
  for (let n = 0; n < 8; n++) {
    const [a = 0, b = 0, c = 0] = data.subarray(256 + 3 * n);
    st.set([a << 24, (b << 24) | 0x80000000, 0x3ff0 + (c & 31) + ((c & 64) << 9), 0], 4 * n);
  }
  const [control = 0, tags = 0] = data.subarray(300);
  fpu.fill(0);
  fpu[0] = control < 200 ? 0x37f : 0x340 | (control & 63);
  fpu[3] = tags | 0x0f;
}
function describeFpu({ st, fpu }: Guest): string {
  // Of a register ten bytes count.
  const words = [...st].map((word, k) =>
    (k & 3) === 2 ? word & 0xffff : (k & 3) === 3 ? 0 : word,
  );
  return [...fpu, ...words].map((word) => (word >>> 0).toString(16)).join(" ");
}
