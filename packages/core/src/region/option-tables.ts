/**
 * Tables of the options of the factories of regions: names and kinds, for callers that no compiler
 * checked.
 */
import {
  aFlag,
  aFunction,
  aNumber,
  anyObject,
  anything,
  checkOptions,
  described,
  oneOf,
  type OptionKind,
  type OptionTable,
} from "@mem/qom/plumbing";
import { aRegion, anOwner, refuseRegionOptions } from "../arguments.js";

type Kinds = Readonly<Record<string, OptionKind>>;

/** Options that every region must have. */
const REGION_REQUIRED: Kinds = {
  name: { expects: "a string, or null for a region outside the object tree", accepts: isName },
  // Which numbers are sizes is a matter of `toSize`, for every size.
  size: described(anything, "the region's bytes, a number or a bigint"),
};

/** Options that every region may have. */
const REGION_OPTIONAL: Kinds = { owner: anOwner };

const MEMORY: Kinds = {
  ...REGION_OPTIONAL,
  migratable: aFlag,
  memory: anyObject,
  memoryOffset: aNumber,
  sparse: aFlag,
  source: anyObject,
  backing: anyObject,
  shared: aFlag,
  protected: aFlag,
  alignment: aNumber,
};

const CALLBACKS: Kinds = {
  endianness: oneOf("little", "big", "native"),
  valid: anyObject,
  impl: anyObject,
  wideOffsets: aFlag,
  read: aFunction,
  write: aFunction,
  read64: aFunction,
  write64: aFunction,
  readWithAttrs: aFunction,
  writeWithAttrs: aFunction,
};

const SIZES: Kinds = {
  minAccessSize: aNumber,
  maxAccessSize: aNumber,
  unaligned: aFlag,
};

const required = REGION_REQUIRED;
const ram = { required, optional: MEMORY };

/** The options of each factory. */
const FACTORY_OPTIONS = {
  container: { call: "machine.container", required, optional: REGION_OPTIONAL },
  ram: { call: "machine.ram", ...ram },
  rom: { call: "machine.rom", ...ram },
  ramDevice: {
    call: "machine.ramDevice",
    required: { ...required, memory: anyObject },
    optional: MEMORY,
  },
  resizeableRam: {
    call: "machine.resizeableRam",
    required: { ...required, maxSize: described(anything, "the most bytes it can have") },
    optional: { ...MEMORY, resized: aFunction },
  },
  mmio: {
    call: "machine.mmio",
    required,
    optional: { ...REGION_OPTIONAL, ...CALLBACKS },
    isOpen: true,
  },
  romDevice: {
    call: "machine.romDevice",
    required,
    optional: { ...MEMORY, ...CALLBACKS },
    isOpen: true,
  },
  reservation: { call: "machine.reservation", required, optional: REGION_OPTIONAL },
  alias: {
    call: "machine.alias",
    required: { ...required, target: aRegion },
    optional: { ...REGION_OPTIONAL, offset: anything },
  },
} as const satisfies Readonly<Record<string, OptionTable>>;

const VALID: OptionTable = {
  call: "valid",
  optional: { ...SIZES, accepts: aFunction },
};
const IMPL: OptionTable = { call: "impl", optional: SIZES };

/** @throws RegionOptionsError for an option that is missing, of the wrong kind, or unknown */
export function checkRegionOptions(options: unknown, factory: keyof typeof FACTORY_OPTIONS): void {
  checkOptions(options, FACTORY_OPTIONS[factory], refuseRegionOptions);
}

/** Checks the options `valid` and `impl` of a device. */
export function checkAccessOptions(valid: unknown, impl: unknown): void {
  if (valid !== undefined) checkOptions(valid, VALID, refuseRegionOptions);
  if (impl !== undefined) checkOptions(impl, IMPL, refuseRegionOptions);
}

function isName(value: unknown): boolean {
  return value === null || typeof value === "string";
}
