/** Breakpoints and watchpoints that a client has set: `Z` and `z` packets. */
import type { DebugStop, DebugWatchpoint } from "@mem/x86";

import type { GdbCpu } from "./target.js";

/** By the protocol's number: a breakpoint in memory and one of the processor are alike here. */
const KINDS = ["breakpoint", "breakpoint", "write", "read", "access"] as const;
/** Bounds the work of each access while there are watchpoints. */
const MOST = 1024;
const LONGEST = 0x10000;

/** Answer to a packet. */
export type StopPointAnswer = "OK" | "E22" | "";

/** All of a connection's. Each holds for every processor. */
export class StopPoints {
  readonly #breakpoints = new Map<bigint, number>();
  readonly #watchpoints = new Map<string, DebugWatchpoint>();

  /** A packet without its first letter: `type,address,kind`. */
  change(insert: boolean, text: string, cpus: readonly GdbCpu[]): StopPointAnswer {
    const [type = "", address = "", size = ""] = text.split(";", 1)[0]?.split(",") ?? [];
    const kind = KINDS[Number.parseInt(type, 16)];
    if (kind === undefined) return "";
    if (!/^[0-9a-f]{1,16}$/i.test(address) || !/^[0-9a-f]{1,8}$/i.test(size)) return "E22";
    const at = BigInt(`0x${address}`);
    const length = Number.parseInt(size, 16);
    const done =
      kind === "breakpoint"
        ? this.#changeBreakpoint(insert, at)
        : this.#changeWatchpoint(insert, { address: at, length, kind });
    if (!done) return "E22";
    this.#apply(cpus);
    return "OK";
  }

  /** None any more. */
  clear(cpus: readonly GdbCpu[]): void {
    this.#breakpoints.clear();
    this.#watchpoints.clear();
    this.#apply(cpus);
  }

  #changeBreakpoint(insert: boolean, address: bigint): boolean {
    // Both kinds may be at one address, and go one by one.
    const count = this.#breakpoints.get(address) ?? 0;
    if (insert ? this.#breakpoints.size >= MOST : count === 0) return false;
    if (insert || count > 1) this.#breakpoints.set(address, count + (insert ? 1 : -1));
    else this.#breakpoints.delete(address);
    return true;
  }

  #changeWatchpoint(insert: boolean, watchpoint: DebugWatchpoint): boolean {
    const { address, length, kind } = watchpoint;
    if (length === 0 || length > LONGEST) return false;
    const key = `${kind} ${address} ${length}`;
    if (!insert) return this.#watchpoints.delete(key);
    if (this.#watchpoints.size >= MOST) return false;
    this.#watchpoints.set(key, watchpoint);
    return true;
  }

  #apply(cpus: readonly GdbCpu[]): void {
    for (const cpu of cpus) {
      cpu.setBreakpoints(this.#breakpoints.keys());
      cpu.setWatchpoints(this.#watchpoints.values());
    }
  }
}

/** Part of a stop reply for a watchpoint that was hit; empty for a breakpoint. */
export function stopReason(stop: DebugStop | null): string {
  if (stop?.kind !== "watchpoint") return "";
  const { kind, address } = stop.watchpoint;
  const word = kind === "write" ? "watch" : kind === "read" ? "rwatch" : "awatch";
  return `${word}:${address.toString(16)};`;
}
