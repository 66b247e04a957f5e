/** What a random program begins with. */
import type { Random } from "@mem/common";
import { randomLongRegisters } from "./long-machine.js";
import { LongProgramWriter } from "./long-program.js";
import { type Guest, isLongMode, type Mode, type StartRegisters } from "./machine.js";
import { CODE, DATA } from "./places.js";
import { ProgramWriter } from "./program.js";

/** A program, its place, its data and its registers. */
export interface Start {
  readonly at: number;
  readonly code: readonly number[];
  readonly data: Uint8Array;
  readonly registers: StartRegisters;
}

export function makeStart(random: Random, mode: Mode): Start {
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

export function randomRegisters(random: Random, mode: Mode, at: number): StartRegisters {
  if (isLongMode(mode)) {
    const eflags = (random.next() & 0xed5) | 2;
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
    eflags: (random.next() & 0xed5) | 2,
  };
  return { narrow, long: [] };
}

/** Numbers near 1 in the x87 registers, some of which are empty; now and then exceptions are unmasked. */
export function beginFpu(guest: Guest, data: Uint8Array): void {
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
