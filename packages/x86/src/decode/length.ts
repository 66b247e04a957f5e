/** The length of an instruction, needed only near the end of a page or after many prefixes. */
import type { Cpu } from "../state/cpu.js";
import { ud } from "../state/fault.js";

/** Opcodes whose operands are: n = none, m = ModRM, b = imm8, w = imm16, v = imm16/32, o = moffs. */
const PRIMARY =
  "mmmmbvnn".repeat(8) +
  "nnnnnnnnnnnnnnnn" +
  "nnnnnnnnnnnnnnnn" + // 40 50
  "nnmmnnnnvMbBnnnn" +
  "bbbbbbbbbbbbbbbb" + // 60 70 (M = modrm+immv, B = modrm+imm8)
  "BMBBmmmmmmmmmmmm" +
  "nnnnnnnnnnFnnnnn" + // 80 90 (F = far pointer)
  "oooonnnnbvnnnnnn" +
  "bbbbbbbbvvvvvvvv" + // a0 b0
  "BBwnmmBMenwnnbnn" +
  "mmmmbbnnmmmmmmmm" + // c0 d0 (e = ENTER)
  "bbbbbbbbvvFbnnnn" +
  "nnnnnnGHnnnnnnmm"; // e0 f0 (G, H = group 3)

const SECONDARY =
  "mmmmnnnnnnnnnmnB" +
  "mmmmmmmmmmmmmmmm" + // 00 10
  "mmmmmmmmmmmmmmmm" +
  "nnnnnnnnmnmnnnnn" + // 20 30
  "mmmmmmmmmmmmmmmm" +
  "mmmmmmmmmmmmmmmm" + // 40 50
  "mmmmmmmmmmmmmmmm" +
  "BBBBmmmnmmmmmmmm" + // 60 70
  "vvvvvvvvvvvvvvvv" +
  "mmmmmmmmmmmmmmmm" + // 80 90
  "nnnmBmnnnnnmBmmm" +
  "mmmmmmmmmmBmmmmm" + // a0 b0
  "mmBmBBBmnnnnnnnn" +
  "mmmmmmmmmmmmmmmm" + // c0 d0
  "mmmmmmmmmmmmmmmm" +
  "mmmmmmmmmmmmmmmm"; // e0 f0

/**
 * Length in bytes of the instruction whose bytes `fetch(i)` yields; fetch may throw a fault, and is
 * asked for exactly the bytes the instruction has, in order (at most `limit`). Returns `limit + 1`
 * when it is longer than `limit`.
 */
export function instructionLength(
  c: Cpu,
  fetch: (c: Cpu, index: number) => number,
  limit: number,
): number {
  let wide = c.code32;
  let wideAddress = c.code32;
  const long = limit + 1;
  let i = 0;
  let op = 0;
  for (;;) {
    if (i >= limit) return long;
    op = fetch(c, i++);
    if (op === 0x66) wide = !c.code32;
    else if (op === 0x67) wideAddress = !c.code32;
    else if (
      op !== 0x26 &&
      op !== 0x2e &&
      op !== 0x36 &&
      op !== 0x3e &&
      op !== 0x64 &&
      op !== 0x65 &&
      op !== 0xf0 &&
      op !== 0xf2 &&
      op !== 0xf3
    )
      break;
  }
  let kind = PRIMARY[op];
  if (op === 0x0f) {
    if (i >= limit) return long;
    op = fetch(c, i++);
    kind = SECONDARY[op];
    if (op === 0x38 || op === 0x3a) {
      // The maps of three bytes: ModRM, and in the second one a byte behind it.
      if (i >= limit) return long;
      fetch(c, i++);
      kind = op === 0x38 ? "m" : "B";
    }
    if (op >= 0x20 && op <= 0x23) {
      // Moves to and from control and debug registers ignore the mod field.
      if (i < limit) fetch(c, i);
      return i + 1;
    }
  }
  if (kind === undefined) return ud(c);
  const full = wide ? 4 : 2;
  let immediate = 0;
  let modrm = false;
  switch (kind) {
    case "n":
      break;
    case "m":
      modrm = true;
      break;
    case "b":
      immediate = 1;
      break;
    case "w":
      immediate = 2;
      break;
    case "v":
      immediate = full;
      break;
    case "o":
      immediate = wideAddress ? 4 : 2;
      break;
    case "B":
      modrm = true;
      immediate = 1;
      break;
    case "M":
      modrm = true;
      immediate = full;
      break;
    case "F":
      immediate = full + 2;
      break;
    case "e":
      immediate = 3;
      break;
    default:
      modrm = true;
  }
  if (modrm) {
    if (i >= limit) return long;
    const m = fetch(c, i++);
    const mod = m >> 6;
    if (kind === "G" && (m & 0x30) === 0) immediate = 1;
    if (kind === "H" && (m & 0x30) === 0) immediate = full;
    if (mod !== 3) {
      let displacement = mod === 1 ? 1 : 0;
      if (wideAddress) {
        if (mod === 2) displacement = 4;
        let base = m & 7;
        if (base === 4) {
          if (i >= limit) return long;
          base = fetch(c, i++) & 7;
        }
        if (mod === 0 && base === 5) displacement = 4;
      } else if (mod === 2 || (mod === 0 && (m & 7) === 6)) displacement = 2;
      immediate += displacement;
    }
  }
  for (; immediate > 0; immediate--) {
    if (i >= limit) return long;
    fetch(c, i++);
  }
  return i;
}
