/** CPUID: who the processor says it is. Only what is implemented is claimed. */
import type { Cpu } from "../state/cpu.js";
import { EAX, EBX, ECX, EDX } from "../constants.js";

/** DE, PSE, TSC, MSR, CX8, MTRR (stored only), CMOV. */
const FEATURES = (1 << 2) | (1 << 3) | (1 << 4) | (1 << 5) | (1 << 8) | (1 << 12) | (1 << 15);
/** What needs WebAssembly: FPU and FXSR. */
const WITH_KERNELS = 1 | (1 << 24);
/** What needs its vectors: CLFLUSH, MMX, SSE and SSE2, in EDX. */
const WITH_VECTORS = (1 << 19) | (1 << 23) | (1 << 25) | (1 << 26);
/** The same in ECX: SSE3, SSSE3, SSE4.1, SSE4.2, MOVBE, POPCNT. */
const WITH_VECTORS_TOO = 1 | (1 << 9) | (1 << 19) | (1 << 20) | (1 << 22) | (1 << 23);
/** What CLFLUSH flushes: 8 times 8 bytes, in EBX. */
const CLFLUSH_LINE = 8 << 8;
/** Family 6, model 6, stepping 3. */
const SIGNATURE = 0x663;
const BRAND = "Mem i686 interpreter";

function set(c: Cpu, a: number, b: number, cx: number, d: number): void {
  c.reg32[EAX] = a;
  c.reg32[EBX] = b;
  c.reg32[ECX] = cx;
  c.reg32[EDX] = d;
}
function text(s: string, at: number): number {
  let v = 0;
  for (let k = 0; k < 4; k++) v |= (s.charCodeAt(at + k) || 0) << (8 * k);
  return v;
}

function features(c: Cpu): number {
  return FEATURES | (c.kernels === null ? 0 : WITH_KERNELS) | (c.sse === null ? 0 : WITH_VECTORS);
}

/** The CPUID instruction. Leaves beyond the highest answer like the highest basic one. */
export function cpuid(c: Cpu): void {
  const leaf = c.reg32[EAX] >>> 0;
  switch (leaf) {
    case 0:
      return set(c, 2, text("Genu", 0), text("ntel", 0), text("ineI", 0));
    case 0x80000000:
      return set(c, 0x80000004 | 0, text("Genu", 0), text("ntel", 0), text("ineI", 0));
    case 0x80000001:
      return set(c, 0, 0, 0, 0);
    case 0x80000002:
    case 0x80000003:
    case 0x80000004: {
      const at = (leaf - 0x80000002) * 16;
      return set(
        c,
        text(BRAND, at),
        text(BRAND, at + 4),
        text(BRAND, at + 8),
        text(BRAND, at + 12),
      );
    }
    case 2:
      // One round, and no descriptor: nothing is known of caches.
      return set(c, 1, 0, 0, 0);
    default:
      return c.sse === null
        ? set(c, SIGNATURE, 0, 0, features(c))
        : set(c, SIGNATURE, CLFLUSH_LINE, WITH_VECTORS_TOO, features(c));
  }
}
