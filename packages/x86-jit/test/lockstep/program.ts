/** Random programs, as bytes: mostly instructions that do something, with loops among them. */
import { SseTable } from "@mem/x86";
import type { Random } from "@mem/common";

const ALU = [0x00, 0x08, 0x10, 0x18, 0x20, 0x28, 0x30, 0x38];
const PLAIN = [
  0x27, 0x2f, 0x37, 0x3f, 0x60, 0x61, 0x90, 0x98, 0x99, 0x9c, 0x9d, 0x9e, 0x9f, 0xc9, 0xd6, 0xd7,
  0xf5, 0xf8, 0xf9, 0xfc, 0xfd, 0xfa, 0xfb, 0xc3, 0x9c, 0xfa, 0x06, 0x0e, 0x16, 0x1e, 0x1f, 0x07,
];
const MODRM = [
  0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b, 0x8a, 0x8b, 0x89, 0x8d, 0xd0, 0xd1, 0xd2, 0xd3,
  0xd0, 0xd1, 0xd2, 0xd3, 0xfe, 0xff, 0xf6, 0xf7, 0x8f, 0x8c, 0x8e,
];
const MODRM0F = [
  0xa3, 0xab, 0xb3, 0xbb, 0xa5, 0xad, 0xaf, 0xb0, 0xb1, 0xb6, 0xb7, 0xbe, 0xbf, 0xbc, 0xbd, 0xc0,
  0xc1, 0xc7, 0xaf, 0xb6, 0xbe,
];
const STRING = [0xa4, 0xa5, 0xa6, 0xa7, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf, 0x6c, 0x6e];

const SSE_ROWS = new SseTable().rows();
/** Instructions beside the table, before ModRM: POPCNT, CRC32, MOVBE, fences, prefetches. */
const BESIDE_SSE = [
  [0xf3, 0x0f, 0xb8],
  [0xf2, 0x0f, 0x38, 0xf1],
  [0x0f, 0x38, 0xf0],
  [0x0f, 0xae],
  [0x0f, 0x18],
  [0x0f, 0x1f],
];

/** What the code is for. */
export interface ProgramShape {
  readonly code32: boolean;
  /** Instructions, roughly. */
  readonly length: number;
  /** Nothing but SSE, mostly without faults: its operands in memory are where they should be. */
  readonly vectors?: boolean;
}

/** Writes random instructions. */
export class ProgramWriter {
  readonly bytes: number[] = [];
  readonly #random: Random;
  readonly #shape: ProgramShape;
  /** Where instructions begin. */
  readonly #starts: number[] = [];

  constructor(random: Random, shape: ProgramShape) {
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
    this.#word(this.#random.pick(this.#starts) - this.bytes.length - this.#wide());
    return this.bytes;
  }

  #wide(): number {
    return this.#shape.code32 ? 4 : 2;
  }
  #byte(value: number): void {
    this.bytes.push(value & 0xff);
  }
  #number(value: number, size: number): void {
    for (let k = 0; k < size; k++) this.#byte(value >> (8 * k));
  }
  #word(value: number): void {
    this.#number(value, this.#wide());
  }
  #immediate(size: number): void {
    const r = this.#random;
    const edge = r.pick([0, 1, -1, 0x7f, 0x80, 0x7fff, 0x8000, 0x7fffffff, -0x80000000, 3]);
    this.#number(r.oneIn(2) ? edge : r.next(), size);
  }

  #instruction(): void {
    const r = this.#random;
    let size = this.#wide();
    let address = size;
    if (r.oneIn(5) || this.#shape.vectors === true) return this.#sse(address);
    if (r.oneIn(8)) {
      this.#byte(0xd8 + r.below(8));
      this.#modrm(address);
      return;
    }
    if (r.oneIn(8)) {
      this.#byte(0x66);
      size = 6 - size;
    }
    if (r.oneIn(24)) {
      this.#byte(0x67);
      address = 6 - address;
    }
    if (r.oneIn(24)) this.#byte(r.pick([0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65]));
    if (r.oneIn(30)) this.#byte(0xf0);
    switch (r.below(16)) {
      case 0:
      case 1:
      case 2: {
        const op = r.pick(ALU) + r.below(6);
        this.#byte(op);
        if ((op & 7) < 4) this.#modrm(address);
        else this.#immediate((op & 1) === 0 ? 1 : size);
        return;
      }
      case 3: {
        const op = r.pick([0x80, 0x81, 0x83, 0x83]);
        this.#byte(op);
        this.#modrm(address);
        this.#immediate(op === 0x81 ? size : 1);
        return;
      }
      case 4:
        this.#byte(0x40 + r.below(16));
        if ((this.bytes.at(-1) ?? 0) % 8 === 4) this.bytes[this.bytes.length - 1] = 0x40;
        return;
      case 5:
        this.#byte(0x50 + r.pick([0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11]));
        return;
      case 6: {
        const wide = r.oneIn(2);
        this.#byte((wide ? 0xb8 : 0xb0) + r.below(wide ? 3 : 8));
        this.#immediate(wide ? size : 1);
        return;
      }
      case 7:
      case 8: {
        const op = r.pick(MODRM);
        this.#byte(op);
        const modrm = this.#modrm(address);
        if ((op === 0xf6 || op === 0xf7) && (modrm & 0x30) === 0) {
          this.#immediate(op === 0xf6 ? 1 : size);
        }
        return;
      }
      case 9: {
        this.#byte(0x0f);
        this.#byte(r.oneIn(3) ? r.pick([0x40, 0x90]) + r.below(16) : r.pick(MODRM0F));
        this.#modrm(address);
        return;
      }
      case 10: {
        const op = r.pick([0xc0, 0xc1, 0x6b, 0x69, 0xc6, 0xc7, 0x1a4, 0x1ac, 0x1ba]);
        if (op > 0xff) this.#byte(0x0f);
        this.#byte(op);
        this.#modrm(address);
        this.#immediate(op === 0x69 || op === 0xc7 ? size : 1);
        return;
      }
      case 11:
        return this.#branch(size);
      case 12:
        return this.#branch(size);
      case 13:
        if (r.oneIn(4)) this.#byte(r.pick([0xf2, 0xf3]));
        this.#byte(r.pick(STRING));
        return;
      case 14:
        if (r.oneIn(3)) {
          this.#byte(r.pick([0x68, 0xa9, 0x05, 0x3d]));
          this.#immediate(size);
        } else if (r.oneIn(2)) {
          this.#byte(r.pick([0xa0, 0xa1, 0xa2, 0xa3]));
          this.#number(0x8000 + r.below(0x2000), address);
        } else {
          this.#byte(0x0f);
          this.#byte(0xc8 + r.below(4));
        }
        return;
      default:
        if (r.oneIn(6)) this.#frameOrDecimal();
        else if (r.oneIn(12)) this.#stackOfSegment();
        else this.#byte(r.pick(PLAIN));
    }
  }

  /** PUSH and POP of FS and GS. */
  #stackOfSegment(): void {
    this.#byte(0x0f);
    this.#byte(this.#random.pick([0xa0, 0xa1, 0xa8, 0xa9]));
  }
  /** ENTER, seldom with a display; AAM, AAD. */
  #frameOrDecimal(): void {
    const r = this.#random;
    if (r.oneIn(2)) {
      this.#byte(r.pick([0xd4, 0xd5]));
      this.#byte(r.oneIn(3) ? r.below(3) : 10);
      return;
    }
    this.#byte(0xc8);
    this.#number(r.below(0x40), 2);
    this.#byte(r.oneIn(4) ? r.next() : 0);
  }

  #sse(address: number): void {
    const r = this.#random;
    const isTame = this.#shape.vectors === true;
    if (!isTame && r.oneIn(30)) this.#byte(r.pick([0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0xf0]));
    if (isTame && r.oneIn(10)) {
      // POPCNT of a register, or a fence.
      if (r.oneIn(2)) for (const byte of [0x0f, 0xae, 0xe8 + r.below(24)]) this.#byte(byte);
      else for (const byte of [0xf3, 0x0f, 0xb8, 0xc0 + r.below(24)]) this.#byte(byte);
      return;
    }
    if (!isTame && r.oneIn(10)) {
      for (const byte of r.pick(BESIDE_SSE)) this.#byte(byte);
      this.#modrm(address);
      return;
    }
    const row = r.pick(SSE_ROWS);
    if (row.prefix !== "") this.#byte(Number.parseInt(row.prefix, 16));
    this.#byte(0x0f);
    if (row.opcode > 0xffff) this.#byte(row.opcode >> 8);
    this.#byte(row.opcode);
    const reg = row.extension < 0 ? r.below(8) : row.extension;
    // An operand that should be aligned seldom is.
    const isRegister =
      row.bytes === 0 ||
      (!row.isMemoryOnly && (isTame ? r.oneIn(2) : row.isAligned && !r.oneIn(4)));
    if (isRegister) this.#byte(0xc0 | (reg << 3) | r.below(8));
    else if (isTame) {
      this.#byte((reg << 3) | (address === 4 ? 5 : 6));
      const away = row.isAligned && !r.oneIn(50) ? 0 : r.below(16);
      this.#number(0x8000 + 16 * r.below(128) + away, address);
    } else {
      const at = this.bytes.length;
      const modrm = this.#modrm(address);
      this.bytes[at] = (modrm & ~0x38) | (reg << 3);
    }
    if (row.hasImmediate) this.#byte(r.next());
  }

  #branch(size: number): void {
    const r = this.#random;
    const isShort = !r.oneIn(3) || size !== this.#wide();
    const back = r.pick(this.#starts);
    // Forwards over some instructions, whose lengths are not known yet: it may go into one.
    const forward = this.bytes.length + 2 + r.below(24);
    let target = r.oneIn(2) ? forward : back;
    if (isShort && Math.abs(target - this.bytes.length) > 100) target = forward;
    if (isShort) {
      this.#byte(r.oneIn(6) ? r.pick([0xe0, 0xe1, 0xe2, 0xe3, 0xeb]) : 0x70 + r.below(16));
      this.#byte(target - this.bytes.length - 1);
    } else {
      const kind = r.below(3);
      if (kind === 0) this.#byte(0x0f);
      this.#byte(kind === 0 ? 0x80 + r.below(16) : kind === 1 ? 0xe9 : 0xe8);
      this.#word(target - this.bytes.length - size);
    }
  }

  #modrm(address: number): number {
    const r = this.#random;
    // Results go to the first three registers mostly, so that the others stay good pointers.
    const reg = r.oneIn(8) ? r.pick([3, 5, 6, 7]) : r.below(3);
    const mod = r.oneIn(2) ? 3 : r.below(3);
    const rm =
      mod === 3 ? (r.oneIn(8) ? r.pick([3, 5, 6, 7]) : r.below(3)) : r.pick([3, 5, 6, 7, 4, 3, 6]);
    const byte = (mod << 6) | ((r.oneIn(4) ? r.below(8) : reg) << 3) | rm;
    this.#byte(byte);
    if (mod === 3) return byte;
    if (address === 4) {
      let base = rm;
      if (rm === 4) {
        const sib = (r.below(4) << 6) | (r.below(8) << 3) | r.pick([3, 4, 5, 6, 7]);
        this.#byte(sib);
        base = sib & 7;
      }
      if (mod === 0 && base === 5) this.#number(0x8000 + r.below(0x2000), 4);
      else if (mod === 2) this.#number(r.below(0x2000) - 0x1000, 4);
    } else if (mod === 2) this.#number(r.below(0x1000), 2);
    else if (mod === 0 && rm === 6) this.#number(0x8000 + r.below(0x2000), 2);
    if (mod === 1) this.#byte(r.next());
    return byte;
  }
}
