/** The features that CPUID tells of: by QEMU's names, with the bit that claims each. */

/**
 * Registers of CPUID's answer that features are in.
 * @see {@link CpuModel}
 */
export type FeatureRegister = "eax" | "ebx" | "ecx" | "edx";

/**
 * A feature of processors.
 * @see {@link CpuModel}
 */
export interface CpuFeature {
  /** QEMU's name of it. */
  readonly name: string;
  /** Leaf of CPUID. */
  readonly leaf: number;
  /** The register of the answer. */
  readonly register: FeatureRegister;
  /** Bit of the register, 0 to 31. */
  readonly bit: number;
  /** Does `@mem/x86` have it? Only then CPUID ever claims it. */
  readonly isImplemented: boolean;
  /** The feature without which this one cannot be; empty: none. */
  readonly needs: string;
  /** Is it there only where it is asked for by name, also of a model that has all there is? */
  readonly isOnRequest: boolean;
}

/** Names in the order of their bits; `-` where a bit is nobody's. */
const WORDS: readonly (readonly [leaf: number, register: FeatureRegister, names: string])[] = [
  [
    1,
    "edx",
    "fpu vme de pse tsc msr pae mce cx8 apic - sep mtrr pge mca cmov pat pse36 pn clflush - ds acpi mmx fxsr sse sse2 ss ht tm ia64 pbe",
  ],
  [
    1,
    "ecx",
    "pni pclmulqdq dtes64 monitor ds-cpl vmx smx est tm2 ssse3 cid - fma cx16 xtpr pdcm - pcid dca sse4.1 sse4.2 x2apic movbe popcnt tsc-deadline aes xsave osxsave avx f16c rdrand hypervisor",
  ],
  // The timer of the APIC never stops.
  [6, "eax", "- - arat"],
  [
    0x80000001,
    "edx",
    "- - - - - - - - - - - syscall - - - - - - - - nx - mmxext - - fxsr-opt pdpe1gb rdtscp - lm 3dnowext 3dnow",
  ],
  [
    0x80000001,
    "ecx",
    "lahf-lm cmp-legacy svm extapic cr8legacy abm sse4a misalignsse 3dnowprefetch osvw ibs xop skinit wdt - lwp fma4 tce - nodeid-msr - tbm topoext perfctr-core perfctr-nb",
  ],
  [0xd, "eax", "xsaveopt xsavec xgetbv1 xsaves"],
  [0x80000007, "edx", "- - - - - - - - invtsc"],
  [
    0x8000000a,
    "edx",
    "npt lbrv svm-lock nrip-save tsc-scale vmcb-clean flushbyasid decodeassists - - pause-filter - pfthreshold avic - v-vmsave-vmload vgif",
  ],
  [
    0xc0000001,
    "edx",
    "- - xstore xstore-en - - xcrypt xcrypt-en ace2 ace2-en phe phe-en pmm pmm-en",
  ],
  [
    7,
    "ebx",
    "fsgsbase tsc-adjust sgx bmi1 hle avx2 fdp-excptn-only smep bmi2 erms invpcid rtm - zero-fcs-fds mpx - avx512f avx512dq rdseed adx smap avx512ifma pcommit clflushopt clwb intel-pt avx512pf avx512er avx512cd sha-ni avx512bw avx512vl",
  ],
  [
    7,
    "ecx",
    "- avx512vbmi umip pku - waitpkg avx512vbmi2 - gfni vaes vpclmulqdq avx512vnni avx512bitalg - avx512-vpopcntdq - la57 - - - - - rdpid - bus-lock-detect cldemote - movdiri movdir64b - sgxlc pks",
  ],
];

/** Features that this package implements. Memory types change nothing where there is no cache. */
const IMPLEMENTED = new Set(
  "fpu de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 pni ssse3 sse4.1 sse4.2 x2apic movbe popcnt tsc-deadline hypervisor nx rdtscp smep smap umip lm syscall lahf-lm cx16 arat invtsc".split(
    " ",
  ),
);

const NEEDS: Readonly<Record<string, string>> = {
  pse36: "pse",
  nx: "pae",
  lm: "pae",
  "lahf-lm": "lm",
  cx16: "lm",
  x2apic: "apic",
  "tsc-deadline": "apic",
  arat: "apic",
  rdtscp: "tsc",
  invtsc: "tsc",
  mmx: "fpu",
  fxsr: "fpu",
  sse: "fxsr",
  sse2: "sse",
  pni: "sse2",
  ssse3: "pni",
  "sse4.1": "ssse3",
  "sse4.2": "sse4.1",
};

/**
 * Features that promise what a machine which moves to another host cannot keep, as QEMU sees it: its models
 * have them only when they are asked for.
 */
const ON_REQUEST = new Set(["invtsc"]);

/** Subleaves of the words above, in leaves that have several. */
const SUBLEAVES: Readonly<Record<number, number>> = { 0x7: 0, 0xd: 1 };

/** Other spellings that QEMU knows. */
const ALIASES: Readonly<Record<string, string>> = {
  sse3: "pni",
  "sse4-1": "sse4.1",
  "sse4-2": "sse4.2",
  i64: "lm",
  xd: "nx",
};

/** The words that have features, as CPUID's leaf and register, and the subleaf where a leaf has several. */
export const FEATURE_WORDS: readonly {
  /** The leaf. */
  readonly leaf: number;
  /** The subleaf, `null` where the leaf has but one. */
  readonly subleaf: number | null;
  /** The register of the answer. */
  readonly register: FeatureRegister;
}[] = WORDS.map(([leaf, register]) => ({ leaf, register, subleaf: SUBLEAVES[leaf] ?? null }));

/** Every feature, in the order of leaves, registers and bits. */
export const CPU_FEATURES: readonly CpuFeature[] = WORDS.flatMap(([leaf, register, names]) =>
  names.split(" ").flatMap((name, bit) => {
    if (name === "-") return [];
    const needs = NEEDS[name] ?? "";
    const isImplemented = IMPLEMENTED.has(name);
    const isOnRequest = ON_REQUEST.has(name);
    return [{ name, leaf, register, bit, isImplemented, needs, isOnRequest }];
  }),
);

/** A feature by its name, also with underscores, or by another name that QEMU has for it. */
export function findFeature(typed: string): CpuFeature | undefined {
  const dashed = typed.toLowerCase().replaceAll("_", "-");
  const name = ALIASES[dashed] ?? dashed;
  return CPU_FEATURES.find((feature) => feature.name === name);
}
