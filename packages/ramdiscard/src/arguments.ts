import {
  aBigint,
  aFlag,
  aFunction,
  anInstance,
  aNumber,
  aRegion,
  checkArgument,
  checkOptions,
  type OptionKind,
  type OptionTable,
  orNull,
  refuseArgument,
} from "@mem/core/plumbing";
import { MemoryRegionSection } from "@mem/flat";

const MANAGER: OptionTable = {
  call: "new RamDiscardManager",
  optional: { keepRefusing: aFlag },
};

const LISTENER: OptionTable = {
  call: "registerListener",
  required: { notifyPopulate: aFunction, notifyDiscard: aFunction },
  optional: { doubleDiscardSupported: aFlag },
  isOpen: true,
};

/** @throws ArgumentError for what is no region, and options that are unknown or of the wrong kind */
export function checkManagerCall(region: unknown, options: unknown): void {
  checkArgument(region, aRegion, MANAGER.call, "the region", refuseArgument);
  checkOptions(options, MANAGER, refuseArgument);
}

/** @throws ArgumentError for what is no region */
export function checkSourceCall(region: unknown): void {
  const call = "new BitmapRamDiscardSource";
  checkArgument(region, aRegion, call, "the region", refuseArgument);
}

// Told by what they have: a class that is imported here makes a circle of modules.
const A_MANAGER = orNull(thatHas("addSource", "a RamDiscardManager"));
const A_DEVICE = thatHas("unplugAll", "a VirtioMem");

function thatHas(method: string, expects: string): OptionKind {
  const accepts = (value: unknown): boolean =>
    typeof value === "object" && value !== null && method in value;
  return { expects, accepts };
}

/** @throws ArgumentError for what is neither a manager nor null */
export function checkManager(manager: unknown, call: string): void {
  checkArgument(manager, A_MANAGER, call, "the manager", refuseArgument);
}

/** @throws ArgumentError for what is no source */
export function checkSource(source: unknown, call: string): void {
  const table: OptionTable = {
    call,
    required: {
      getMinGranularity: aFunction,
      isPopulated: aFunction,
      replayPopulated: aFunction,
      replayDiscarded: aFunction,
    },
    optional: { managedBy: aFunction },
    isOpen: true,
  };
  checkOptions(source, table, refuseArgument);
}

/** @throws ArgumentError for what is no virtio-mem device */
export function checkVirtioMem(device: unknown, call: string): void {
  checkArgument(device, A_DEVICE, call, "the device", refuseArgument);
}

const ENTRY: OptionTable = {
  call: "translateIotlb",
  required: {
    translatedAddr: aBigint,
    addrMask: aBigint,
    perm: aNumber,
  },
  isOpen: true,
};

/** @throws ArgumentError for what is no translation of an IOMMU */
export function checkEntry(entry: unknown): void {
  checkOptions(entry, ENTRY, refuseArgument);
}

const A_SECTION = anInstance("a MemoryRegionSection", () => MemoryRegionSection);

/** @throws ArgumentError for what is no section */
export function checkSection(section: unknown): void {
  checkArgument(section, A_SECTION, "RAM discard", "the section", refuseArgument);
}

/** @throws ArgumentError for what is no function */
export function checkReplay(replay: unknown): void {
  checkArgument(replay, aFunction, "RAM discard", "the callback", refuseArgument);
}

/** @throws ArgumentError for what is no listener */
export function checkDiscardListener(listener: unknown): void {
  checkOptions(listener, LISTENER, refuseArgument);
}
