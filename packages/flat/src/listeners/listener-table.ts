import {
  aFlag,
  aFunction,
  aNumber,
  aText,
  checkOptions,
  type OptionTable,
  refuseArgument,
} from "@mem/core/plumbing";

/** A listener's callbacks, by name; it may have more, for itself. */
const LISTENER: OptionTable = {
  call: "listen",
  optional: {
    name: aText,
    priority: aNumber,
    begin: aFunction,
    commit: aFunction,
    regionAdd: aFunction,
    regionDel: aFunction,
    regionNop: aFunction,
    logStart: aFunction,
    logStop: aFunction,
    logSync: aFunction,
    logSyncGlobal: aFunction,
    logClear: aFunction,
    logGlobalStart: aFunction,
    logGlobalStop: aFunction,
    logGlobalAfterSync: aFunction,
    hearsPresentEventfds: aFlag,
    eventfdAdd: aFunction,
    eventfdDel: aFunction,
    coalescedIoAdd: aFunction,
    coalescedIoDel: aFunction,
  },
  isOpen: true,
};

/** @throws ArgumentError for what is no listener, or has callbacks that are misspelt or none */
export function checkListenerShape(listener: unknown): void {
  checkOptions(listener, LISTENER, refuseArgument);
}
