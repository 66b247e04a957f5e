/** Registers of a processor, as the notes of a core file have them. */
import type { PcCpu } from "../board/processor/cpu.js";

/** A segment register with its hidden part, or a table's place and length. */
export interface CoreSegment {
  readonly selector: number;
  readonly base: bigint;
  readonly limit: number;
  readonly flags: number;
}

/** Registers of one processor; those that it does not show are 0. */
export class CoreRegisters {
  /** True if it is in long mode. */
  readonly isLong: boolean;
  readonly #cpu: PcCpu;
  readonly #state: Readonly<Record<string, unknown>>;

  constructor(cpu: PcCpu) {
    this.#cpu = cpu;
    this.#state = { ...cpu.state() };
    this.isLong = cpu.debugger?.read("rax") !== undefined;
  }

  /** A general register by the end of its name, such as `ax`: all of its bits. */
  general(name: string): bigint {
    return this.value(this.isLong ? `r${name}` : `e${name}`);
  }

  /** A register by a debugger's name. */
  value(name: string): bigint {
    return this.#cpu.debugger?.read(name) ?? 0n;
  }

  /** A segment register, `ldtr`, `tr`, `gdtr` or `idtr`. */
  segment(name: string): CoreSegment {
    const held: unknown = this.#state[name];
    const part = (field: string): number => {
      if (typeof held !== "object" || held === null) return 0;
      const value: unknown = Object.getOwnPropertyDescriptor(held, field)?.value;
      return typeof value === "number" ? value : 0;
    };
    const wide = this.#cpu.debugger?.read(`${name}_base`);
    return {
      selector: part("selector"),
      base: wide ?? BigInt(part("base")),
      limit: part("limit"),
      flags: part("flags"),
    };
  }
}
