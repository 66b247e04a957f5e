import { ListenerError, type ListenerFailure } from "@mem/core";
import type { MemoryListener } from "./memory-listener.js";
import { MemoryRegionSection } from "../view/section.js";

/** The name of a callback of a listener. */
export type ListenerCallback = Exclude<keyof MemoryListener, "name" | "priority">;

/** Callbacks about the machine as a whole. */
const GLOBAL = [
  "begin",
  "commit",
  "logSyncGlobal",
  "logGlobalStart",
  "logGlobalStop",
  "logGlobalAfterSync",
] as const satisfies readonly ListenerCallback[];

/** Callbacks about an address space. */
const LOCAL = [
  "regionAdd",
  "regionDel",
  "regionNop",
  "logStart",
  "logStop",
  "logSync",
  "logClear",
  "eventfdAdd",
  "eventfdDel",
  "coalescedIoAdd",
  "coalescedIoDel",
] as const satisfies readonly ListenerCallback[];

/** How a listener is called for messages. */
export function listenerName({ name, priority = 0 }: MemoryListener): string {
  return name ?? `a listener without a name (priority ${priority})`;
}

/**
 * The callbacks that a listener has at this moment, each so that what it throws goes to `onError`
 * as a {@link ListenerError}. What the listener does not have is not there either.
 * @param scope which of them: all, or those about an address space alone
 */
export function guardedCallbacks(
  listener: MemoryListener,
  addressSpace: string,
  scope: "all" | "local",
  onError: (error: ListenerError) => void,
): MemoryListener {
  const guarded: Record<string, unknown> = {};
  for (const callback of scope === "all" ? [...GLOBAL, ...LOCAL] : LOCAL) {
    if (!Reflect.get(listener, callback)) continue;
    guarded[callback] = (...args: unknown[]): unknown => {
      const run: unknown = Reflect.get(listener, callback);
      if (typeof run !== "function") return undefined;
      try {
        return Reflect.apply(run, listener, args) as unknown;
      } catch (cause) {
        onError(new ListenerError(failureOf(listener, callback, addressSpace, args[0], cause)));
        return undefined;
      }
    };
  }
  return guarded;
}

function failureOf(
  listener: MemoryListener,
  callback: string,
  addressSpace: string,
  subject: unknown,
  cause: unknown,
): ListenerFailure {
  const section = subject instanceof MemoryRegionSection ? subject : null;
  const isPlace = typeof subject === "object" && subject !== null;
  const place = section ?? (isPlace ? (subject as Partial<MemoryRegionSection>) : null);
  return {
    listener: listenerName(listener),
    callback,
    addressSpace,
    section: section?.toString() ?? null,
    region: section?.region.describe() ?? null,
    address: place?.offsetWithinAddressSpace ?? null,
    cause,
  };
}
