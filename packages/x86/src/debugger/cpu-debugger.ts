/** The processor as a debugger on the host sees it. */
import { CS } from "../constants.js";
import { updateBreakpoints } from "../state/breakpoints.js";
import type { Cpu } from "../state/cpu.js";
import type { HostWatch } from "../state/host-breakpoints.js";
import { updateAllLimits } from "../mmu/limits.js";
import type { DebugRegister } from "./register-names.js";
import { longDebugRegisters } from "./long-register-names.js";
import { debugRegisters } from "./register-names.js";

/**
 * A range of linear addresses whose accesses stop the processor.
 * @see {@link CpuDebugger}
 */
export interface DebugWatchpoint {
  /** Linear address of its first byte. */
  readonly address: bigint;
  /** Bytes, 1 or more. */
  readonly length: number;
  /** Accesses that count. */
  readonly kind: "read" | "write" | "access";
}

/**
 * Reason why the processor stopped.
 * @see {@link CpuDebugger}
 */
export type DebugStop = BreakpointStop | WatchpointStop;

/**
 * A breakpoint was reached.
 * @see {@link CpuDebugger}
 */
export interface BreakpointStop {
  /** Tells it from a watchpoint. */
  readonly kind: "breakpoint";
  /** Linear address of the instruction that is about to run. */
  readonly address: bigint;
}

/**
 * The instruction that ran last accessed a watched range.
 * @see {@link CpuDebugger}
 */
export interface WatchpointStop {
  /** Tells it from a breakpoint. */
  readonly kind: "watchpoint";
  /** The one that was hit, as it was set. */
  readonly watchpoint: DebugWatchpoint;
  /** Did the instruction write? One that reads and writes counts as writing. */
  readonly write: boolean;
}

/**
 * Processor around the registers, as {@link CpuDebugger} uses it.
 * @see {@link CpuDebugger}
 */
export interface DebuggedCpu {
  /** Runs up to `count` instructions. */
  run(count: number): number;
  /** Keeps external interrupts waiting, or lets them through again. */
  holdInterrupts(hold: boolean): void;
}

const HALF = 32n;

/**
 * Breakpoints, watchpoints and registers for a debugger on the host. The guest notices nothing: its
 * own debug registers are not used. While there is neither a breakpoint nor a watchpoint nothing is
 * paid for them; while there is one, a translator stands aside and every instruction is interpreted.
 *
 * @example
 * const { debugger: gdb } = cpu;
 * gdb.setBreakpoints([0xfff0n]);
 * gdb.onStop = (stop) => console.log(stop.kind);
 * cpu.run(1000);
 */
export class CpuDebugger {
  /** Called when a breakpoint or watchpoint stopped the processor, after `run` has left it. */
  onStop: ((stop: DebugStop) => void) | null = null;
  readonly #cpu: Cpu;
  readonly #owner: DebuggedCpu;
  readonly #narrow: ReadonlyMap<string, DebugRegister>;
  /** Those of long mode, too. */
  readonly #wide: ReadonlyMap<string, DebugRegister>;
  #breaks = new Map<number, number[]>();
  #watchpoints = new Map<HostWatch, DebugWatchpoint>();

  constructor(cpu: Cpu, owner: DebuggedCpu) {
    this.#cpu = cpu;
    this.#owner = owner;
    this.#narrow = debugRegisters(cpu);
    this.#wide = new Map([...this.#narrow, ...longDebugRegisters(cpu)]);
  }

  get #registers(): ReadonlyMap<string, DebugRegister> {
    return this.#cpu.lma ? this.#wide : this.#narrow;
  }

  /**
   * Names of all registers that {@link read} knows: `eax`, `cs`, `cs_base`, `st0`, `xmm0`, `cr0`…, and in
   * long mode `rax`, `r8`, `rip`, `k_gs_base`, `efer`…; bases, CR2, CR3 and DR0 to DR3 have 64 bits there.
   */
  get registerNames(): readonly string[] {
    return [...this.#registers.keys()];
  }

  /** A register's value, unsigned; `undefined` when the processor has none of that name. */
  read(name: string): bigint | undefined {
    return this.#registers.get(name)?.read(this.#cpu);
  }

  /** Sets a register; bits beyond its width are dropped. Returns whether there is such a register. */
  write(name: string, value: bigint): boolean {
    const register = this.#registers.get(name);
    if (register?.write === undefined) return false;
    register.write(this.#cpu, BigInt.asUintN(register.bits, value));
    return true;
  }

  /** Width of a register in bits; `undefined` when the processor has none of that name. */
  bitsOf(name: string): number | undefined {
    return this.#registers.get(name)?.bits;
  }

  /** Stops before the instructions at these linear addresses, and no longer at others. */
  setBreakpoints(addresses: Iterable<bigint>): void {
    this.#breaks = new Map();
    for (const address of addresses) {
      const low = Number(BigInt.asUintN(32, address));
      const highs = this.#breaks.get(low) ?? [];
      highs.push(Number(BigInt.asUintN(32, address >> HALF)));
      this.#breaks.set(low, highs);
    }
    this.#changed();
  }

  /** Stops after accesses to these ranges, and no longer to others. A range of 0 bytes is none. */
  setWatchpoints(watchpoints: Iterable<DebugWatchpoint>): void {
    this.#watchpoints = new Map();
    for (const watchpoint of watchpoints) {
      const { address, length, kind } = watchpoint;
      const watch: HostWatch = {
        low: Number(BigInt.asUintN(32, address)),
        high: Number(BigInt.asUintN(32, address >> HALF)),
        length,
        read: kind !== "write",
        write: kind !== "read",
      };
      this.#watchpoints.set(watch, watchpoint);
    }
    this.#changed();
  }

  /**
   * Runs one instruction, whatever breakpoint is at it, and holds external interrupts off meanwhile,
   * so that stepping through a program is not led into its interrupt handlers. Returns instructions
   * executed: 0 when the processor is halted.
   */
  step(): number {
    const c = this.#cpu;
    c.hostDebug = null;
    updateBreakpoints(c);
    this.#owner.holdInterrupts(true);
    try {
      return this.#owner.run(1);
    } finally {
      this.#owner.holdInterrupts(false);
      this.#changed();
    }
  }

  /** Reports what stopped a run, when something did. Called by the processor. */
  report(): void {
    const c = this.#cpu;
    const debug = c.hostDebug;
    const hit = debug?.hit ?? null;
    if (debug === null || hit === null) return;
    debug.hit = null;
    if (hit.kind === "breakpoint") {
      debug.pass = true;
      const address = c.code64
        ? BigInt.asUintN(64, BigInt(c.long.rip))
        : BigInt((c.segBase[CS] + c.eip) >>> 0);
      this.onStop?.({ kind: "breakpoint", address });
      return;
    }
    const watchpoint = this.#watchpoints.get(hit.watch);
    if (watchpoint !== undefined)
      this.onStop?.({ kind: "watchpoint", watchpoint, write: hit.write });
  }

  #changed(): void {
    const c = this.#cpu;
    const watches = [...this.#watchpoints.keys()];
    const none = this.#breaks.size === 0 && watches.length === 0;
    c.hostDebug = none ? null : { breaks: this.#breaks, watches, hit: null, pass: false };
    updateBreakpoints(c);
    updateAllLimits(c);
  }
}
