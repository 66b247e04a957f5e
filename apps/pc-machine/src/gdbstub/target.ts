/** Machine as the gdb stub uses it. */
import type { DebugStop, DebugWatchpoint } from "@mem/x86";

/** One processor. */
export interface GdbCpu {
  /** Called when a breakpoint or a watchpoint stopped the processor. */
  onStop: ((stop: DebugStop) => void) | null;
  /** The value of a register, `undefined` for one that it does not have. */
  read(name: string): bigint | undefined;
  /** Set a register. Returns whether it could be. */
  write(name: string, value: bigint): boolean;
  setBreakpoints(addresses: Iterable<bigint>): void;
  setWatchpoints(watchpoints: Iterable<DebugWatchpoint>): void;
  /** Run one instruction. */
  step(): void;
  /** Physical address of a linear one, `null` where nothing is mapped; without side effects. */
  translate(linear: bigint): bigint | null;
  /** Description in `info threads`. */
  readonly description: string;
}

/** Reason why the machine does not run. */
export type GdbPause = "debug" | "paused" | "shutdown";

/** The machine. */
export interface GdbTarget {
  readonly cpus: readonly GdbCpu[];
  readonly running: boolean;
  /** Stop between two instructions. */
  stop(reason: "debug" | "user"): void;
  cont(): void;
  /** One instruction of a processor has been stepped: devices may have asked for something. */
  stepped(): void;
  quit(): void;
  /** Output of the monitor for a line. */
  monitor(line: string): string;
  /** Read physical memory. Returns whether all of it could be. */
  readPhysical(address: bigint, into: Uint8Array): boolean;
  /** Write physical memory, ROM too. Returns whether all of it could be. */
  writePhysical(address: bigint, from: Uint8Array): boolean;
  /** Be told when the machine starts, stops, or is over. @returns ends that */
  observe(listener: (event: "stopped" | "running" | "exit", pause: GdbPause) => void): () => void;
}
