import {
  aRegion,
  checkArgument,
  checkOptions,
  option,
  type OptionTable,
  refuseArgument,
} from "@mem/core/plumbing";

const MANAGER: OptionTable = {
  call: "new RamDiscardManager",
  optional: { keepRefusing: option.flag },
};

const LISTENER: OptionTable = {
  call: "registerListener",
  required: { notifyPopulate: option.callback, notifyDiscard: option.callback },
  optional: { doubleDiscardSupported: option.flag },
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

/** @throws ArgumentError for what is no listener */
export function checkDiscardListener(listener: unknown): void {
  checkOptions(listener, LISTENER, refuseArgument);
}
