/** Random programs of 64-bit code. */
import { SseTable } from "@mem/x86";
import type { Random } from "@mem/common";
import { DATA } from "./places.js";

const PLAIN = [
  0x90, 0x98, 0x99, 0x9c, 0x9d, 0x9e, 0x9f, 0xc9, 0xd7, 0xf5, 0xf8, 0xf9, 0xfc, 0xfd, 0xfa, 0xfb,
  0xc3, 0x9c, 0x98, 0x99, 0xf5, 0xf8, 0xf9, 0xfc, 0x90, 0x99, 0x98,
];
const MODRM = [
  0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b, 0x8a, 0x8b, 0x89, 0x8d, 0x63, 0x63, 0xd0, 0xd1,
  0xd2, 0xd3, 0xd1, 0xd3, 0xfe, 0xff, 0xf6, 0xf7, 0xf7, 0x8f, 0x8c,
];
const MODRM0F = [
  0xa3, 0xab, 0xb3, 0xbb, 0xa5, 0xad, 0xaf, 0xb0, 0xb1, 0xb6, 0xb7, 0xbe, 0xbf, 0xbc, 0xbd, 0xc0,
  0xc1, 0xc7, 0xaf, 0xb6, 0xbe, 0xc3, 0x1f,
];
const STRING = [0xa4, 0xa5, 0xa6, 0xa7, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf, 0x6c, 0x6e];
/** What is seldom met: SWAPGS, INVLPG, SYSCALL, CPUID, UD2, POPCNT, CRC32, MOVBE, a fence. */
const RARE = [
  // STAC and CLAC.
  [0x0f, 0x01, 0xcb],
  [0x0f, 0x01, 0xcb],
  [0x0f, 0x01, 0xca],
  [0x0f, 0x01, 0xf8],
  [0x0f, 0x01, 0x3b],
  [0x0f, 0x05],
  [0x0f, 0xa2],
  [0x0f, 0x0b],
  [0xf3, 0x48, 0x0f, 0xb8, 0xc1],
  [0xf3, 0x0f, 0xb8, 0xc1],
  [0xf2, 0x48, 0x0f, 0x38, 0xf1, 0xc1],
  [0x48, 0x0f, 0x38, 0xf0, 0x03],
  [0x0f, 0xae, 0xe8],
  // PUSH and POP of FS and GS; MOV to ES of a register.
  [0x0f, 0xa0],
  [0x0f, 0xa1],
  [0x0f, 0xa8],
  [0x0f, 0xa9],
  [0x8e, 0xc1],
  // JRCXZ over nothing, with RCX and ECX.
  [0xe3, 0x00],
  [0x67, 0xe3, 0x00],
];
const SSE_ROWS = new SseTable().rows();

/** Registers that results go to mostly, so that the others stay good pointers. */
const RESULTS = [0, 1, 2, 8, 10, 11];
const POINTERS = [3, 5, 6, 7, 12, 13, 14, 15];

/** What the program is for. */
export interface LongProgramShape {
  /** Instructions, roughly. */
  readonly length: number;
  /** Nothing but SSE, mostly. */
  readonly vectors: boolean;
  /** Address in memory of the first byte. */
  readonly at: number;
}

/** Prefixes of the instruction being written. */
interface Prefixes {
  readonly size: 2 | 4 | 8;
  rex: number;
  readonly hasRex: boolean;
}

/** Writes random instructions. */
export class LongProgramWriter {
  readonly bytes: number[] = [];
  readonly #random: Random;
  readonly #shape: LongProgramShape;
  readonly #starts: number[] = [];

  constructor(random: Random, shape: LongProgramShape) {
    this.#random = random;
    this.#shape = shape;
  }

  write(): number[] {
    while (this.#starts.length < this.#shape.length) {
      this.#starts.push(this.bytes.length);
      this.#instruction();
    }
    // Back to somewhere, so that there is a loop in any case.
    this.#byte(0xe9);
    this.#number(this.#random.pick(this.#starts) - this.bytes.length - 4, 4);
    return this.bytes;
  }

  #byte(value: number): void {
    this.bytes.push(value & 0xff);
  }
  #number(value: number, size: number): void {
    for (let k = 0; k < size; k++) this.#byte(k < 4 ? value >> (8 * k) : value >> 31);
  }
  #immediate(size: number): void {
    const r = this.#random;
    const edge = r.pick([0, 1, -1, 0x7f, 0x80, 0x7fff, 0x8000, 0x7fffffff, -0x80000000, 3, 32, 63]);
    this.#number(r.oneIn(2) ? edge : r.next(), Math.min(size, 4));
  }

  /** Writes prefixes, with REX for an operand of memory or registers. */
  #prefixes(): Prefixes {
    const r = this.#random;
    const isWide = r.oneIn(2);
    const isNarrow = !isWide && r.oneIn(6);
    if (isNarrow) this.#byte(0x66);
    if (r.oneIn(30)) this.#byte(0x67);
    if (r.oneIn(20)) this.#byte(r.pick([0x26, 0x2e, 0x64, 0x65, 0x65]));
    if (r.oneIn(80)) this.#byte(0xf0);
    const hasRex = isWide || r.oneIn(2);
    const rex = isWide ? 8 : 0;
    return { size: isWide ? 8 : isNarrow ? 2 : 4, rex, hasRex };
  }
  /** Writes REX, opcode and ModRM: of registers that fit the prefixes. */
  #withModRm(p: Prefixes, opcode: readonly number[], immediate: number, group = -1): number {
    const r = this.#random;
    const pickFrom = (registers: readonly number[]): number => {
      for (;;) {
        const n = r.pick(registers);
        if (n < 8 || p.hasRex) return n;
      }
    };
    const reg = group >= 0 ? group : pickFrom(r.oneIn(10) ? POINTERS : RESULTS);
    const isRegister = !r.oneIn(3);
    const rm = pickFrom(isRegister ? (r.oneIn(10) ? POINTERS : RESULTS) : POINTERS);
    const hasIndex = (rm & 7) === 4 || r.oneIn(5);
    const index = p.hasRex ? r.pick([1, 9, 9, 9, 11, 4]) : r.pick([1, 4, 4]);
    const isRelative = !isRegister && r.oneIn(6);
    let rex = p.rex | (reg > 7 ? 4 : 0) | (rm > 7 ? 1 : 0);
    if (!isRegister && hasIndex && index > 7) rex |= 2;
    if (p.hasRex) this.#byte(0x40 | rex);
    for (const byte of opcode) this.#byte(byte);
    const middle = (reg & 7) << 3;
    if (isRegister) this.#byte(0xc0 | middle | (rm & 7));
    else if (isRelative) {
      this.#byte(middle | 5);
      const next = this.#shape.at + this.bytes.length + 4 + immediate;
      this.#number(DATA + r.below(0x1ff8) - next, 4);
    } else {
      const mod = (rm & 7) === 5 ? 1 + r.below(2) : r.below(3);
      this.#byte((mod << 6) | middle | (hasIndex ? 4 : rm & 7));
      if (hasIndex) this.#byte((r.below(4) << 6) | ((index & 7) << 3) | (rm & 7));
      if (mod === 1) this.#byte(r.next());
      else if (mod === 2) this.#number(r.below(0x2000) - 0x1000, 4);
    }
    return this.bytes.length;
  }

  #instruction(): void {
    const r = this.#random;
    if (r.oneIn(6) || this.#shape.vectors) return this.#sse();
    if (r.oneIn(60)) {
      for (const byte of r.pick(RARE)) this.#byte(byte);
      return;
    }
    if (r.oneIn(16)) {
      this.#withModRm({ size: 4, rex: 0, hasRex: r.oneIn(2) }, [0xd8 + r.below(8)], 0, r.below(8));
      return;
    }
    switch (r.below(16)) {
      case 0:
      case 1:
      case 2: {
        const op = 8 * r.below(8) + r.below(6);
        const p = this.#prefixes();
        if ((op & 7) < 4) this.#withModRm(p, [op], 0);
        else {
          if (p.hasRex) this.#byte(0x40 | p.rex);
          this.#byte(op);
          this.#immediate((op & 1) === 0 ? 1 : p.size);
        }
        return;
      }
      case 3: {
        const p = this.#prefixes();
        const op = r.pick([0x80, 0x81, 0x83, 0x83]);
        const size = op === 0x81 ? Math.min(p.size, 4) : 1;
        this.#withModRm(p, [op], size, r.below(8));
        this.#immediate(size);
        return;
      }
      case 4:
        if (r.oneIn(2)) this.#byte(0x40 + r.below(2));
        this.#byte(0x50 + r.pick([0, 1, 2, 3, 5, 6, 8, 9, 10, 11]));
        return;
      case 5: {
        const p = this.#prefixes();
        if (p.hasRex) this.#byte(0x40 | p.rex | r.below(2));
        const isByte = r.oneIn(2);
        this.#byte((isByte ? 0xb0 : 0xb8) + r.below(3));
        this.#immediate(isByte ? 1 : p.size);
        if (!isByte && p.size === 8) this.#immediate(4);
        return;
      }
      case 6:
      case 7:
      case 8: {
        const p = this.#prefixes();
        const op = r.pick(MODRM);
        const isTest = op === 0xf6 || op === 0xf7;
        let group = isTest || op >= 0xd0 ? r.below(8) : -1;
        // Division faults mostly, and far jumps do.
        if (group >= 6 && isTest && !r.oneIn(3)) group = r.below(6);
        if (op >= 0xfe && group > 1 && !r.oneIn(8))
          group = op === 0xff && r.oneIn(2) ? 6 : r.below(2);
        const size = isTest && group < 2 ? (op === 0xf6 ? 1 : Math.min(p.size, 4)) : 0;
        this.#withModRm(p, [op], size, op === 0x8f ? 0 : group);
        if (size > 0) this.#immediate(size);
        return;
      }
      case 9: {
        const op = r.oneIn(3) ? r.pick([0x40, 0x90]) + r.below(16) : r.pick(MODRM0F);
        this.#withModRm(this.#prefixes(), [0x0f, op], 0, op === 0xc7 ? 1 : -1);
        return;
      }
      case 10: {
        const op = r.pick([0xc0, 0xc1, 0xc1, 0x6b, 0x69, 0xc6, 0xc7, 0x1a4, 0x1ac, 0x1ba]);
        const p = this.#prefixes();
        const size = op === 0x69 || op === 0xc7 ? Math.min(p.size, 4) : 1;
        const isGroup = (op & 0xfe) === 0xc0 || op === 0x1ba;
        const group = isGroup ? r.below(8) : (op & 0xfe) === 0xc6 ? 0 : -1;
        this.#withModRm(p, op > 0xff ? [0x0f, op] : [op], size, group);
        this.#immediate(size);
        return;
      }
      case 11:
      case 12:
        return this.#branch();
      case 13:
        if (r.oneIn(4)) this.#byte(r.pick([0xf2, 0xf3]));
        if (r.oneIn(16)) this.#byte(0x67);
        if (r.oneIn(2)) this.#byte(0x48);
        this.#byte(r.pick(STRING));
        return;
      case 14:
        return this.#direct();
      default:
        if (r.oneIn(3)) this.#byte(r.pick([0x48, 0x49, 0x66]));
        this.#byte(r.pick(PLAIN));
    }
  }

  /** Without ModRM: immediates, addresses in the instruction, BSWAP, XCHG. */
  #direct(): void {
    const r = this.#random;
    const form = r.below(4);
    if (form === 0) {
      this.#byte(r.pick([0x68, 0x6a, 0x6a]));
      this.#immediate(this.bytes.at(-1) === 0x68 ? 4 : 1);
    } else if (form === 1) {
      if (r.oneIn(2)) this.#byte(0x48);
      this.#byte(r.pick([0xa0, 0xa1, 0xa2, 0xa3]));
      this.#number(DATA + r.below(0x2000), 8);
    } else if (form === 2) {
      this.#byte(r.pick([0x48, 0x49, 0x41, 0x40]));
      this.#byte(0x0f);
      this.#byte(0xc8 + r.below(3));
    } else {
      this.#byte(r.pick([0x48, 0x49, 0x41, 0x66]));
      this.#byte(0x90 + r.below(3));
    }
  }

  #sse(): void {
    const r = this.#random;
    const row = r.pick(SSE_ROWS);
    if (r.oneIn(30)) this.#byte(r.pick([0x64, 0x65, 0xf0, 0x67]));
    if (row.prefix !== "") this.#byte(Number.parseInt(row.prefix, 16));
    const reg = row.extension < 0 ? r.below(16) : row.extension;
    const rm = r.below(16);
    const rex = 0x40 | (r.oneIn(3) ? 8 : 0) | (reg > 7 ? 4 : 0);
    const isRegister = row.bytes === 0 || (!row.isMemoryOnly && r.oneIn(2));
    const isTame = !r.oneIn(6);
    const pointer = r.pick([3, 6, 7, 14, 15]);
    const last = isRegister ? rm : isTame ? 5 : pointer;
    this.#byte(rex | (last > 7 ? 1 : 0));
    this.#byte(0x0f);
    if (row.opcode > 0xffff) this.#byte(row.opcode >> 8);
    this.#byte(row.opcode);
    if (isRegister) this.#byte(0xc0 | ((reg & 7) << 3) | (rm & 7));
    else if (isTame) {
      // By RIP, aligned mostly.
      this.#byte(((reg & 7) << 3) | 5);
      const next = this.#shape.at + this.bytes.length + 4 + (row.hasImmediate ? 1 : 0);
      const away = row.isAligned && !r.oneIn(20) ? 0 : r.below(16);
      this.#number(DATA + 16 * r.below(128) + away - next, 4);
    } else {
      this.#byte(0x40 | ((reg & 7) << 3) | (pointer & 7));
      this.#byte(r.next());
    }
    if (row.hasImmediate) this.#byte(r.next());
  }

  #branch(): void {
    const r = this.#random;
    const isShort = !r.oneIn(3);
    const back = r.pick(this.#starts);
    // Forwards over some instructions, whose lengths are not known yet: it may go into one.
    const forward = this.bytes.length + 2 + r.below(24);
    let target = r.oneIn(2) ? forward : back;
    if (r.oneIn(30)) {
      // By a register or by memory.
      this.#withModRm({ size: 8, rex: 0, hasRex: r.oneIn(2) }, [0xff], 0, r.pick([2, 4]));
      return;
    }
    if (isShort && Math.abs(target - this.bytes.length) > 100) target = forward;
    if (isShort) {
      this.#byte(r.oneIn(6) ? r.pick([0xe0, 0xe1, 0xe2, 0xe3, 0xeb]) : 0x70 + r.below(16));
      this.#byte(target - this.bytes.length - 1);
      return;
    }
    const kind = r.below(3);
    if (kind === 0) this.#byte(0x0f);
    this.#byte(kind === 0 ? 0x80 + r.below(16) : kind === 1 ? 0xe9 : 0xe8);
    this.#number(target - this.bytes.length - 4, 4);
  }
}
