/** CPUID: who the processor says it is. Only what is implemented is claimed. */
import type { Cpu } from "../state/cpu.js";
import { EAX, EBX, ECX, EDX } from "../constants.js";

type Answer = readonly [eax: number, ebx: number, ecx: number, edx: number];

const NOTHING: Answer = [0, 0, 0, 0];
/** What CLFLUSH flushes: 8 times 8 bytes, in EBX. */
const CLFLUSH_LINE = 8 << 8;
/** Bits that AMD's extended leaf repeats of leaf 1's EDX. */
const AMD_ALIASES = 0x0183f3ff;
/** What needs WebAssembly's vectors here. */
const OF_VECTORS = new Set("clflush mmx sse sse2 pni ssse3 sse4.1 sse4.2 movbe popcnt".split(" "));
/** Caches as QEMU describes them: descriptors of leaf 2, and the answers of leaf 4. */
const DESCRIPTORS: Answer = [1, 0, 0, 0x2c307d];
const CACHES: readonly Answer[] = [
  // 32 KiB of data, 32 KiB of code, 4 MiB for both; lines of 64 bytes.
  [0x121, 0x01c0003f, 0x3f, 1],
  [0x122, 0x01c0003f, 0x3f, 1],
  [0x143, 0x03c0003f, 0xfff, 1],
];
const FIRST_LEVEL: Answer = [0x01ff01ff, 0x01ff01ff, 0x40020140, 0x40020140];
const SECOND_LEVEL: Answer = [0, 0x42004200, 0x02008140, 0];
/** Physical addresses of 32 bits. */
const ADDRESS_SIZES: Answer = [32, 0, 0, 0];

/** Four letters as a word. */
function text(s: string, at: number): number {
  let v = 0;
  for (let k = 0; k < 4; k++) v |= (s.charCodeAt(at + k) || 0) << (8 * k);
  return v;
}

function isThere(c: Cpu): (feature: string) => boolean {
  return (feature) => {
    if (OF_VECTORS.has(feature)) return c.sse !== null;
    return c.kernels !== null || (feature !== "fpu" && feature !== "fxsr");
  };
}

function features(c: Cpu): Answer {
  const there = isThere(c);
  const edx = c.model.word(1, "edx", there);
  const line = c.model.has("clflush") && c.sse !== null ? CLFLUSH_LINE : 0;
  return [c.model.signature, line, c.model.word(1, "ecx", there), edx];
}

function extendedFeatures(c: Cpu): Answer {
  const there = isThere(c);
  const isAmd = c.model.definition.vendor === "AuthenticAMD";
  const aliases = isAmd ? c.model.word(1, "edx", there) & AMD_ALIASES : 0;
  const edx = c.model.word(0x80000001, "edx", there) | aliases;
  return [isAmd ? c.model.signature : 0, 0, c.model.word(0x80000001, "ecx", there), edx];
}

/** Leaf 0Bh: one thread of one core. */
function topology(subleaf: number): Answer {
  if (subleaf === 0) return [0, 1, 0x100, 0];
  return subleaf === 1 ? [0, 1, 0x201, 0] : [0, 0, subleaf & 0xff, 0];
}

function answer(c: Cpu, leaf: number, subleaf: number): Answer {
  const { vendor, level, extendedLevel, brand } = c.model.definition;
  switch (leaf) {
    case 0:
    case 0x80000000:
      return [
        leaf === 0 ? level : extendedLevel,
        text(vendor, 0),
        text(vendor, 8),
        text(vendor, 4),
      ];
    case 1:
      return features(c);
    case 2:
      return DESCRIPTORS;
    case 4:
      return CACHES[subleaf] ?? NOTHING;
    case 11:
      return topology(subleaf);
    case 0x80000001:
      return extendedFeatures(c);
    case 0x80000002:
    case 0x80000003:
    case 0x80000004: {
      const at = (leaf - 0x80000002) * 16;
      return [text(brand, at), text(brand, at + 4), text(brand, at + 8), text(brand, at + 12)];
    }
    case 0x80000005:
      return FIRST_LEVEL;
    case 0x80000006:
      return SECOND_LEVEL;
    case 0x80000008:
      return ADDRESS_SIZES;
    default:
      return NOTHING;
  }
}

/** The CPUID instruction. Leaves beyond the highest answer like the highest basic one. */
export function cpuid(c: Cpu): void {
  const { level, extendedLevel } = c.model.definition;
  const leaf = c.reg32[EAX] >>> 0;
  const isKnown = leaf <= level || (leaf >= 0x80000000 && leaf <= extendedLevel);
  const [eax, ebx, ecx, edx] = answer(c, isKnown ? leaf : level, c.reg32[ECX] >>> 0);
  c.reg32[EAX] = eax;
  c.reg32[EBX] = ebx;
  c.reg32[ECX] = ecx;
  c.reg32[EDX] = edx;
}
