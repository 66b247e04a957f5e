import { checkOptions, option, type OptionTable, refuseArgument } from "@mem/core/plumbing";

/** A listener's callbacks, by name; it may have more, for itself. */
const LISTENER: OptionTable = {
  call: "listen",
  optional: {
    name: option.text,
    priority: option.numeric,
    begin: option.callback,
    commit: option.callback,
    regionAdd: option.callback,
    regionDel: option.callback,
    regionNop: option.callback,
    logStart: option.callback,
    logStop: option.callback,
    logSync: option.callback,
    logSyncGlobal: option.callback,
    logClear: option.callback,
    logGlobalStart: option.callback,
    logGlobalStop: option.callback,
    logGlobalAfterSync: option.callback,
    hearsPresentEventfds: option.flag,
    eventfdAdd: option.callback,
    eventfdDel: option.callback,
    coalescedIoAdd: option.callback,
    coalescedIoDel: option.callback,
  },
  isOpen: true,
};

/** @throws ArgumentError for what is no listener, or has callbacks that are misspelt or none */
export function checkListenerShape(listener: unknown): void {
  checkOptions(listener, LISTENER, refuseArgument);
}
