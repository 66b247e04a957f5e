import { Random } from "@mem/common";

/** What a device declares, and how it behaves. */
export interface DeviceTraits {
  readonly withAttrs: boolean;
  readonly wide: boolean;
  readonly bigEndian: boolean;
  readonly valid: { readonly min: number; readonly max: number; readonly unaligned: boolean };
  readonly impl: { readonly min: number; readonly max: number; readonly unaligned: boolean };
  /** Whether it is asked before each access, and refuses some. */
  readonly accepts: boolean;
  /** Every how many callbacks one throws, or fails; 0 for never. */
  readonly faults: number;
}

/** How the memory of a region is made. */
export interface MemoryTraits {
  readonly source: "fresh" | "sparse" | "supplied" | "shared";
  readonly migratable: boolean;
  readonly resizeable: boolean;
}

/** Sizes as pairs of minimum and maximum; 0 leaves it open. */
const SIZES: readonly (readonly [number, number])[] = [
  [0, 0],
  [0, 0],
  [0, 8],
  [0, 4],
  [0, 2],
  [0, 1],
  [4, 4],
  [2, 4],
  [1, 8],
  [8, 8],
  [2, 0],
];

/** The traits of a device, drawn from a number. */
export function deviceTraits(seed: number): DeviceTraits {
  const random = new Random(seed);
  const valid = random.pick(SIZES);
  const impl = random.pick(SIZES);
  return {
    withAttrs: random.chance(35),
    wide: random.chance(30),
    bigEndian: random.chance(35),
    valid: { min: valid[0], max: valid[1], unaligned: random.chance(40) },
    impl: { min: impl[0], max: impl[1], unaligned: random.chance(30) },
    accepts: random.chance(20),
    faults: random.pick([0, 0, 0, 3, 5]),
  };
}

/** The traits of memory, drawn from a number. */
export function memoryTraits(seed: number): MemoryTraits {
  const random = new Random(seed);
  const source = random.pick(["fresh", "fresh", "sparse", "supplied", "shared"] as const);
  const resizeable = source !== "supplied" && random.chance(30);
  return { source, migratable: random.chance(40), resizeable };
}

/** Bytes in a page of an IOMMU, drawn from a number. */
export function iommuPage(seed: number): number {
  return new Random(seed).pick([256, 4096, 4096, 16384]);
}

/** What a callback throws on purpose. */
export class Mischief extends Error {
  override readonly name = "Mischief";
}

/** A value of a device, or how it refuses. */
export interface DeviceAnswer {
  readonly value: bigint;
  /** Result bits; -1 for an exception. */
  readonly result: number;
}

/** A guest's device: what it answers depends on its past, and on nothing else. */
export class Device {
  readonly traits: DeviceTraits;
  #state: number;
  #calls = 0;

  constructor(seed: number) {
    this.traits = deviceTraits(seed);
    this.#state = seed | 1;
  }

  read(offset: number, size: number): DeviceAnswer {
    const result = this.#step(offset * 8 + size);
    const low = BigInt(Math.imul(this.#state, 0x2c1b3c6d) >>> 0);
    const high = BigInt(Math.imul(this.#state, 0x297a2d39) >>> 0);
    return { value: (high << 32n) | low, result };
  }

  write(offset: number, value: bigint, size: number): number {
    return this.#step(offset * 8 + size + Number(value & 0xfffffn) * 64 + 4096);
  }

  /** Whether it takes an access. */
  accepts(offset: number, size: number, isWrite: boolean): boolean {
    const word = Math.floor(offset / 4) + size + Number(isWrite);
    if (word % 11 === 10) throw new Mischief("accepts");
    return word % 5 !== 4;
  }

  #step(key: number): number {
    this.#calls++;
    this.#state = (Math.imul(this.#state, 0x343fd) + (key | 0) + 0x269ec3) | 0;
    const { faults, withAttrs } = this.traits;
    if (faults === 0 || this.#calls % faults !== 0) return 0;
    return withAttrs && this.#calls % 2 === 0 ? 1 + (this.#calls % 3) : -1;
  }
}
