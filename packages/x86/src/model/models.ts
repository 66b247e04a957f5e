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
const words = (text: string): readonly string[] => text.split(" ");

const PENTIUM_PRO = words(
  "hypervisor fpu de pse tsc msr mce cx8 pge cmov pat fxsr mmx sse sse2 pae sep apic",
);
const PENTIUM_II = words(
  "hypervisor fpu vme de pse tsc msr mce cx8 mmx apic pae sep mtrr pge mca cmov pat pse36 fxsr",
);

/** In the order in which lists show them. */
export const MODELS: readonly ModelDefinition[] = [
  {
    name: "qemu32",
    description: "QEMU Virtual CPU, 32 bits",
    vendor: INTEL,
    family: 6,
    model: 6,
    stepping: 3,
    level: 4,
    extendedLevel: 0x80000004,
    brand: "QEMU Virtual CPU version 2.5+",
    features: [...PENTIUM_PRO, "pni"],
  },
  {
    name: "pentium3",
    description: "Pentium III",
    vendor: INTEL,
    family: 6,
    model: 7,
    stepping: 3,
    level: 3,
    extendedLevel: 0,
    brand: "",
    features: [...PENTIUM_II, "sse"],
  },
  {
    name: "qemu64",
    description: "QEMU Virtual CPU",
    vendor: AMD,
    family: 15,
    model: 107,
    stepping: 1,
    level: 13,
    extendedLevel: 0x8000000a,
    brand: "QEMU Virtual CPU version 2.5+",
    features: [...PENTIUM_PRO, ...words("mtrr clflush mca pse36 pni cx16 lm syscall nx lahf-lm")],
  },
  {
    name: "Nehalem",
    description: "Intel Core i7 9xx (Nehalem Class Core i7), x86-64-v2",
    vendor: INTEL,
    family: 6,
    model: 26,
    stepping: 3,
    level: 11,
    extendedLevel: 0x80000008,
    brand: "Intel Core i7 9xx (Nehalem Class Core i7)",
    features: [
      ...PENTIUM_II,
      ...words("sse sse2 clflush popcnt sse4.2 sse4.1 cx16 ssse3 pni lm syscall nx lahf-lm"),
    ],
  },
  {
    name: "max",
    description: "everything that there is",
    vendor: AMD,
    family: 15,
    model: 107,
    stepping: 1,
    level: 13,
    extendedLevel: 0x8000000a,
    brand: "QEMU TCG CPU version 2.5+",
    features: null,
  },
];
