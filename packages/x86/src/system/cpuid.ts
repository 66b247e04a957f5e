/** CPUID: who the processor says it is. Only what is implemented is claimed. */
import type { Cpu } from "../state/cpu.js";
import { EAX, EBX, ECX, EDX } from "../constants.js";
import { generalRegister, setGeneral } from "../decode/any-mode.js";

type Answer = readonly [eax: number, ebx: number, ecx: number, edx: number];

const NOTHING: Answer = [0, 0, 0, 0];
/** Size of the line that CLFLUSH flushes: 8 times 8 bytes, in EBX. */
const CLFLUSH_LINE = 8 << 8;
/** Bits that AMD's extended leaf repeats of leaf 1's EDX. */
const AMD_ALIASES = 0x0183f3ff;
/** Instructions that need WebAssembly's vectors here. */
const OF_VECTORS = new Set("clflush mmx sse sse2 pni ssse3 sse4.1 sse4.2 movbe popcnt".split(" "));
/** Bits of a linear address, in EAX of leaf 80000008h. */
const LINEAR_BITS = 48 << 8;
/** Caches as QEMU describes them: descriptors of leaf 2, and the answers of leaf 4. */
const DESCRIPTORS: Answer = [1, 0, 0x4d, 0x2c307d];
const CACHES: readonly Answer[] = [
  // 32 KiB of data, 32 KiB of code, 4 MiB and 16 MiB for both; lines of 64 bytes.
  [0x121, 0x01c0003f, 0x3f, 1],
  [0x122, 0x01c0003f, 0x3f, 1],
  [0x143, 0x03c0003f, 0xfff, 1],
  [0x163, 0x03c0003f, 0x3fff, 6],
];
const FIRST_LEVEL: Answer = [0x01ff01ff, 0x01ff01ff, 0x40020140, 0x40020140];
const SECOND_LEVEL: Answer = [0, 0x42004200, 0x02008140, 0x00808140];
/** The highest leaf of those that tell of whoever makes the machine, and its name three times. */
const HYPERVISOR_LEVEL = 0x40000001;
const HYPERVISOR_NAME = "Mem.Mem.Mem.";
/** Leaf 5, of MONITOR, tells of extensions whether it is there or not. */
const MONITOR: Answer = [0, 0, 3, 0];
const OF_APIC = new Set("apic x2apic tsc-deadline arat".split(" "));

/** Four letters as a word. */
function text(s: string, at: number): number {
  let v = 0;
  for (let k = 0; k < 4; k++) v |= (s.charCodeAt(at + k) || 0) << (8 * k);
  return v;
}

function isThere(c: Cpu): (feature: string) => boolean {
  return (feature) => {
    if (OF_VECTORS.has(feature)) return c.sse !== null;
    if (OF_APIC.has(feature)) return c.apic?.isEnabled === true;
    return c.kernels !== null || (feature !== "fpu" && feature !== "fxsr");
  };
}

function features(c: Cpu): Answer {
  const there = isThere(c);
  const edx = c.model.word(1, "edx", there);
  const id = (c.apic?.initialId ?? 0) << 24;
  return [c.model.signature, id | CLFLUSH_LINE, c.model.word(1, "ecx", there), edx];
}

/** Leaf 7: features that came later. */
function laterFeatures(c: Cpu, subleaf: number): Answer {
  if (subleaf !== 0) return NOTHING;
  const there = isThere(c);
  return [0, c.model.word(7, "ebx", there), c.model.word(7, "ecx", there), 0];
}

/** Leaves from 40000000h on. */
function hypervisor(leaf: number): Answer {
  if (leaf !== 0x40000000) return NOTHING;
  const [ebx, ecx, edx] = [0, 4, 8].map((at) => text(HYPERVISOR_NAME, at));
  return [HYPERVISOR_LEVEL, ebx, ecx, edx];
}

const isAmd = (c: Cpu): boolean => c.model.definition.vendor === "AuthenticAMD";

function extendedFeatures(c: Cpu): Answer {
  const there = isThere(c);
  const aliases = isAmd(c) ? c.model.word(1, "edx", there) & AMD_ALIASES : 0;
  const edx = c.model.word(0x80000001, "edx", there) | aliases;
  return [c.model.signature, 0, c.model.word(0x80000001, "ecx", there), edx];
}

/** Leaf 0Bh: one thread of one core; each processor is a package of its own. */
function topology(c: Cpu, subleaf: number): Answer {
  const id = c.apic?.initialId ?? 0;
  if (subleaf === 0) return [0, 1, 0x100, id];
  return subleaf === 1 ? [0, 1, 0x201, id] : [0, 0, subleaf & 0xff, id];
}

function answer(c: Cpu, leaf: number, subleaf: number): Answer {
  const { vendor, brand } = c.model.definition;
  const { level, extendedLevel } = c.model;
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
      return isAmd(c) ? NOTHING : DESCRIPTORS;
    case 4:
      return isAmd(c) ? NOTHING : (CACHES[subleaf] ?? NOTHING);
    case 5:
      return MONITOR;
    case 6:
      return [c.model.word(6, "eax", isThere(c)), 0, 0, 0];
    case 7:
      return laterFeatures(c, subleaf);
    case 11:
      return topology(c, subleaf);
    case 0x40000000:
    case 0x40000001:
      return hypervisor(leaf);
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
    case 0x80000007:
      return [0, 0, 0, c.model.word(0x80000007, "edx", isThere(c))];
    case 0x80000008:
      return [c.physicalBits | (c.model.has("lm") ? LINEAR_BITS : 0), 0, 0, 0];
    default:
      return NOTHING;
  }
}

/** The CPUID instruction. Leaves beyond the highest answer like the highest basic one. */
export function cpuid(c: Cpu): void {
  const { level, extendedLevel } = c.model;
  const leaf = generalRegister(c, EAX, 4) >>> 0;
  const isHypervisor = leaf >>> 1 === 0x20000000 && c.model.has("hypervisor");
  const isKnown = isHypervisor || leaf <= level || (leaf >= 0x80000000 && leaf <= extendedLevel);
  const answers = answer(c, isKnown ? leaf : level, generalRegister(c, ECX, 4) >>> 0);
  [EAX, EBX, ECX, EDX].forEach((n, k) => setGeneral(c, n, 4, answers[k]));
}
