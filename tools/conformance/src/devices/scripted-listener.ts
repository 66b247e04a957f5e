import type { AddressSpace, ListenerRegistration, MemoryListener } from "@mem/flat";
import { bit, hex } from "../format-number.js";
import type { Journal } from "../journal.js";
import type { OpFields } from "../op-fields.js";
import type { JsonObject } from "../script.js";
import { sectionFields } from "../sections.js";

/** A listener of a script: logs every callback that the script asked for. */
export class ScriptedListener {
  readonly #listener: MemoryListener;
  #registration: ListenerRegistration | null = null;

  constructor(harness: Journal, op: OpFields) {
    this.#listener = {
      name: op.text("id"),
      priority: op.integer("priority", 0),
      ...chosenCallbacks(op, allCallbacks(harness, op.text("id"), op.flag("fail_start"))),
    };
  }

  /** Registers with an address space; one that is registered elsewhere leaves there first. */
  listen(space: AddressSpace): void {
    this.unlisten();
    this.#registration = space.listen(this.#listener);
  }

  /** Unregisters; does nothing when it is not registered. */
  unlisten(): void {
    this.#registration?.[Symbol.dispose]();
    this.#registration = null;
  }
}

/** Callbacks of a listener by the names that scripts and logs use. */
const MEMBERS = {
  begin: "begin",
  commit: "commit",
  region_add: "regionAdd",
  region_del: "regionDel",
  region_nop: "regionNop",
  log_start: "logStart",
  log_stop: "logStop",
  log_sync: "logSync",
  log_sync_global: "logSyncGlobal",
  log_clear: "logClear",
  log_global_start: "logGlobalStart",
  log_global_stop: "logGlobalStop",
  log_global_after_sync: "logGlobalAfterSync",
  eventfd_add: "eventfdAdd",
  eventfd_del: "eventfdDel",
  coalesced_io_add: "coalescedIoAdd",
  coalesced_io_del: "coalescedIoDel",
} as const satisfies Record<string, keyof MemoryListener>;

type CallbackName = keyof typeof MEMBERS;

function isCallbackName(name: string): name is CallbackName {
  return Object.hasOwn(MEMBERS, name);
}

/** The callbacks of the operation's `cbs`; without that all but `log_sync_global`. */
function chosenCallbacks(op: OpFields, all: MemoryListener): MemoryListener {
  const names = op.has("cbs")
    ? op.list("cbs").map(String)
    : Object.keys(MEMBERS).filter((name) => name !== "log_sync_global");
  const unknown = names.find((name) => !isCallbackName(name));
  if (unknown !== undefined) throw new TypeError(`unknown listener callback "${unknown}"`);
  const members = new Set<string>(names.filter(isCallbackName).map((name) => MEMBERS[name]));
  return Object.fromEntries(Object.entries(all).filter(([member]) => members.has(member)));
}

function allCallbacks(harness: Journal, l: string, failStart: boolean): MemoryListener {
  const log = (cb: CallbackName, fields: JsonObject = {}) => {
    harness.record({ cb, l, ...fields });
  };
  return {
    begin: () => log("begin"),
    commit: () => log("commit"),
    regionAdd: (section) => log("region_add", sectionFields(harness, section)),
    regionDel: (section) => log("region_del", sectionFields(harness, section)),
    regionNop: (section) => log("region_nop", sectionFields(harness, section)),
    logStart: (section, oldMask, newMask) =>
      log("log_start", { ...sectionFields(harness, section), old: oldMask, new: newMask }),
    logStop: (section, oldMask, newMask) =>
      log("log_stop", { ...sectionFields(harness, section), old: oldMask, new: newMask }),
    logSync: (section) => log("log_sync", sectionFields(harness, section)),
    logSyncGlobal: (last) => log("log_sync_global", { last: bit(last) }),
    logClear: (section) => log("log_clear", sectionFields(harness, section)),
    logGlobalStart: () => {
      log("log_global_start", { ok: bit(!failStart) });
      return failStart ? `${l} refuses` : undefined;
    },
    logGlobalStop: () => log("log_global_stop"),
    logGlobalAfterSync: () => log("log_global_after_sync"),
    eventfdAdd: (section, matchData, data, notifier) =>
      log("eventfd_add", eventfdFields(harness, section, matchData, data, notifier)),
    eventfdDel: (section, matchData, data, notifier) =>
      log("eventfd_del", eventfdFields(harness, section, matchData, data, notifier)),
    coalescedIoAdd: (section, addr, length) =>
      log("coalesced_io_add", coalescedFields(harness, section, addr, length)),
    coalescedIoDel: (section, addr, length) =>
      log("coalesced_io_del", coalescedFields(harness, section, addr, length)),
  };
}

type EventfdArguments = Parameters<NonNullable<MemoryListener["eventfdAdd"]>>;

function eventfdFields(
  harness: Journal,
  ...[section, match, data, e]: EventfdArguments
): JsonObject {
  return {
    addr: hex(section.offsetWithinAddressSpace),
    size: hex(section.size),
    match: bit(match),
    data: hex(data),
    e: harness.idOf(e),
  };
}

type CoalescedArguments = Parameters<NonNullable<MemoryListener["coalescedIoAdd"]>>;

function coalescedFields(
  harness: Journal,
  ...[section, addr, length]: CoalescedArguments
): JsonObject {
  return { ...sectionFields(harness, section), c_addr: hex(addr), c_len: hex(length) };
}
