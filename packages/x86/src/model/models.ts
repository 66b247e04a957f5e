/** The models of processors, by QEMU's names. */

/**
 * Definition of a model; features that are not implemented are dropped later.
 * @see {@link CpuModel}
 */
export interface ModelDefinition {
  /** QEMU's name of it. */
  readonly name: string;
  /** A line for a list. */
  readonly description: string;
  /** Twelve letters. */
  readonly vendor: string;
  /** Family, the extended one included. */
  readonly family: number;
  /** Model, 0 to 255. */
  readonly model: number;
  /** Stepping, 0 to 15. */
  readonly stepping: number;
  /** Highest basic leaf of CPUID. */
  readonly level: number;
  /** Highest extended leaf; 0: there are none. */
  readonly extendedLevel: number;
  /** At most 47 letters. */
  readonly brand: string;
  /** Names of features; `null`: all that are implemented. */
  readonly features: readonly string[] | null;
}

const INTEL = "GenuineIntel";
const AMD = "AuthenticAMD";
const QEMU_BRAND = "QEMU Virtual CPU version 2.5+";
const words = (text: string): readonly string[] => text.split(" ");

/** Features by generation: each has those of the one before. */
const F486 = words("hypervisor fpu pse");
const PENTIUM = [...F486, ...words("de tsc msr mce cx8 apic mmx")];
const PENTIUM_II = [...PENTIUM, ...words("pae sep mtrr pge mca cmov pat pse36 fxsr")];
const PENTIUM_III = [...PENTIUM_II, "sse"];
const CONROE = [...PENTIUM_III, ...words("clflush sse2 pni nx ssse3 syscall lm lahf-lm")];
const PENRYN = [...CONROE, ...words("cx16 sse4.1")];
const NEHALEM = [...PENRYN, ...words("sse4.2 popcnt")];
const WESTMERE = [...NEHALEM, ...words("pclmulqdq aes arat")];
const SANDY_BRIDGE = [...WESTMERE, ...words("x2apic tsc-deadline xsave avx rdtscp xsaveopt")];
const IVY_BRIDGE = [...SANDY_BRIDGE, ...words("f16c rdrand fsgsbase smep erms")];
const HASWELL = [...IVY_BRIDGE, ...words("fma pcid movbe abm bmi1 hle avx2 bmi2 invpcid rtm")];
const BROADWELL = [...HASWELL, ...words("3dnowprefetch rdseed adx smap")];
const CORE_DUO = words("clflush acpi sse2 ss pni monitor nx");
const QEMU32 = words(
  "hypervisor fpu de pse tsc msr mce cx8 pge cmov pat fxsr mmx sse sse2 pae sep apic pni",
);
const KVM32 = [...QEMU32, ...words("mtrr mca pse36 clflush")];
const KVM64 = [...KVM32, ...words("cx16 syscall nx lm")];
const QEMU64 = [...KVM64, ...words("lahf-lm svm")];
const OPTERON_3 = [...QEMU64, ...words("monitor popcnt rdtscp abm sse4a misalignsse")];

/** Family, model and stepping; the last basic leaf of CPUID and the last extended one, without its top bit. */
type Numbers = readonly [
  family: number,
  model: number,
  stepping: number,
  level: number,
  extended: number,
];

/** @param about a line for a list, where the brand does not do */
function model(
  name: string,
  vendor: string,
  [family, number, stepping, level, extended]: Numbers,
  brand: string,
  features: readonly string[] | null,
  about = brand,
): ModelDefinition {
  const extendedLevel = extended === 0 ? 0 : 0x8000_0000 + extended;
  const identity = { vendor, family, model: number, stepping, level, extendedLevel, brand };
  return { name, description: about, ...identity, features };
}

/** In the order in which lists show them. */
export const MODELS: readonly ModelDefinition[] = [
  model("qemu32", INTEL, [6, 6, 3, 4, 4], QEMU_BRAND, QEMU32, "QEMU Virtual CPU, 32 bits"),
  model("486", INTEL, [4, 8, 0, 1, 0], "", F486, "Intel 486"),
  model("pentium", INTEL, [5, 4, 3, 1, 0], "", PENTIUM, "Pentium with MMX"),
  model("pentium2", INTEL, [6, 5, 2, 2, 0], "", PENTIUM_II, "Pentium II"),
  model("pentium3", INTEL, [6, 7, 3, 3, 0], "", PENTIUM_III, "Pentium III"),
  model(
    "athlon",
    AMD,
    [6, 2, 3, 2, 8],
    QEMU_BRAND,
    [...KVM32.filter((feature) => feature !== "pni"), ...words("mmxext 3dnowext 3dnow")],
    "Athlon",
  ),
  model("kvm32", INTEL, [15, 6, 1, 5, 8], "Common 32-bit KVM processor", KVM32),
  model("coreduo", INTEL, [6, 14, 8, 10, 8], "Genuine Intel(R) CPU           T2600  @ 2.16GHz", [
    ...PENTIUM_III.filter((feature) => feature !== "pse36"),
    ...CORE_DUO,
  ]),
  model("n270", INTEL, [6, 28, 2, 10, 8], "Intel(R) Atom(TM) CPU N270   @ 1.60GHz", [
    ...PENTIUM_III.filter((feature) => feature !== "pse36"),
    ...CORE_DUO,
    ...words("ssse3 movbe lahf-lm"),
  ]),
  model("qemu64", AMD, [15, 107, 1, 13, 10], QEMU_BRAND, QEMU64, "QEMU Virtual CPU"),
  model("kvm64", INTEL, [15, 6, 1, 13, 8], "Common KVM processor", KVM64),
  model("core2duo", INTEL, [6, 15, 11, 10, 8], "Intel(R) Core(TM)2 Duo CPU     T7700  @ 2.40GHz", [
    ...CONROE,
    ...CORE_DUO,
    "cx16",
  ]),
  model(
    "Conroe",
    INTEL,
    [6, 15, 3, 10, 8],
    "Intel Celeron_4x0 (Conroe/Merom Class Core 2)",
    CONROE,
  ),
  model("Penryn", INTEL, [6, 23, 3, 10, 8], "Intel Core 2 Duo P9xxx (Penryn Class Core 2)", PENRYN),
  model("Nehalem", INTEL, [6, 26, 3, 11, 8], "Intel Core i7 9xx (Nehalem Class Core i7)", NEHALEM),
  model("Westmere", INTEL, [6, 44, 1, 11, 8], "Westmere E56xx/L56xx/X56xx (Nehalem-C)", WESTMERE),
  model("SandyBridge", INTEL, [6, 42, 1, 13, 8], "Intel Xeon E312xx (Sandy Bridge)", SANDY_BRIDGE),
  model("IvyBridge", INTEL, [6, 58, 9, 13, 8], "Intel Xeon E3-12xx v2 (Ivy Bridge)", IVY_BRIDGE),
  model("Haswell", INTEL, [6, 60, 4, 13, 8], "Intel Core Processor (Haswell)", HASWELL),
  model("Broadwell", INTEL, [6, 61, 2, 13, 8], "Intel Core Processor (Broadwell)", BROADWELL),
  model("phenom", AMD, [16, 2, 3, 5, 26], "AMD Phenom(tm) 9550 Quad-Core Processor", [
    ...QEMU64,
    ...words("monitor popcnt mmxext fxsr-opt pdpe1gb rdtscp 3dnowext 3dnow abm sse4a"),
  ]),
  model("Opteron_G1", AMD, [15, 6, 1, 5, 8], "AMD Opteron 240 (Gen 1 Class Opteron)", [
    ...KVM64.filter((feature) => feature !== "cx16"),
  ]),
  model("Opteron_G2", AMD, [15, 6, 1, 5, 10], "AMD Opteron 22xx (Gen 2 Class Opteron)", QEMU64),
  model("Opteron_G3", AMD, [16, 2, 3, 5, 10], "AMD Opteron 23xx (Gen 3 Class Opteron)", OPTERON_3),
  model(
    "max",
    AMD,
    [15, 107, 1, 13, 10],
    "QEMU TCG CPU version 2.5+",
    null,
    "everything that there is",
  ),
];
