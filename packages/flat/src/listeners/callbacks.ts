import { ArgumentError, ListenerError, type ListenerFailure } from "@mem/core";
import { errorText, isThenable, whenRejected } from "@mem/core/plumbing";
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

/** The name of a listener in messages. */
export function listenerName({ name, priority = 0 }: MemoryListener): string {
  return name ?? `a listener without a name (priority ${priority})`;
}

/**
 * The callbacks that a listener has at this moment, each so that what it throws goes to `onError`
 * as a {@link ListenerError}. What the listener does not have is not there either.
 * @param scope those that are meant: all, or those about an address space alone
 * @param log told when a promise that a callback answered is rejected, later than any error can come out
 */
export function guardedCallbacks(
  listener: MemoryListener,
  addressSpace: string,
  scope: "all" | "local",
  onError: (error: ListenerError) => void,
  log: (message: string) => void,
): MemoryListener {
  const guarded: Record<string, unknown> = {};
  for (const callback of scope === "all" ? [...GLOBAL, ...LOCAL] : LOCAL) {
    if (!Reflect.get(listener, callback)) continue;
    guarded[callback] = (...args: unknown[]): unknown => {
      const run: unknown = Reflect.get(listener, callback);
      if (typeof run !== "function") return undefined;
      try {
        const answer: unknown = Reflect.apply(run, listener, args);
        if (isThenable(answer)) {
          const text = `${listenerName(listener)} threw in ${callback} of ${addressSpace}`;
          whenRejected(answer, (error) => log(`${text}, later: ${errorText(error)}`));
        }
        return callback === "logGlobalStart" ? checkRefusal(answer) : undefined;
      } catch (cause) {
        onError(new ListenerError(failureOf(listener, callback, addressSpace, args[0], cause)));
        return undefined;
      }
    };
  }
  return guarded;
}

/** A reason to refuse, or nothing: whatever else it is, somebody is wrong about what it does. */
function checkRefusal(answer: unknown): string | undefined {
  if (answer === undefined || typeof answer === "string") return answer;
  throw new ArgumentError(`it answered ${errorText(answer)}, which is no reason to refuse`, {
    rule: "refusal",
  });
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
