/** Dumps of a machine's memory, and what became of the last one. */
import type { ControlledMachine } from "../board/controlled-machine.js";
import { DumpError, dumpOf, type DumpRequest } from "./guest-dump.js";

/** Outcome of the last dump, as `query-dump` tells it. */
export interface DumpStatus {
  readonly status: "none" | "completed";
  /** Bytes of memory that are written. */
  readonly completed: number;
  /** Bytes of memory to write. */
  readonly total: number;
}

/** Services of whoever runs the machine. */
export interface DumpHost {
  /** Write a file. @returns why that cannot be, `null` when it was */
  writeFile(path: string, parts: Iterable<Uint8Array>): string | null;
  /** A dump is written. */
  ended(result: DumpStatus): void;
}

/** Makes dumps. */
export class GuestDumps {
  #status: DumpStatus = { status: "none", completed: 0, total: 0 };
  readonly #pc: ControlledMachine;
  readonly #host: DumpHost;

  constructor(pc: ControlledMachine, host: DumpHost) {
    this.#pc = pc;
    this.#host = host;
  }

  /** Outcome of the last one. */
  get status(): DumpStatus {
    return this.#status;
  }

  /** Dump memory into a file, before the guest does anything else. @throws DumpError when that cannot be */
  write(path: string, request: DumpRequest): void {
    const { bytes, parts } = dumpOf(this.#pc, request);
    const trouble = this.#host.writeFile(path, parts);
    if (trouble !== null) throw new DumpError(`Could not open '${path}': ${trouble}`);
    this.#status = { status: "completed", completed: bytes, total: bytes };
    this.#host.ended(this.#status);
  }
}
