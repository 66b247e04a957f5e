/** Memory as a debugger reads and writes it: by linear address through the page tables, or physical. */
import { eachPage } from "../board/memory/linear-memory.js";
import type { GdbCpu, GdbTarget } from "./target.js";

/** Reads and writes for one processor. */
export class DebugMemory {
  readonly #target: GdbTarget;
  /** Addresses are physical ones. */
  physical = false;

  constructor(target: GdbTarget) {
    this.#target = target;
  }

  /** Fill `into`. Returns whether all of it could be read. */
  read(cpu: GdbCpu, address: bigint, into: Uint8Array): boolean {
    return this.#each(cpu, address, into.length, (physical, from, to) =>
      this.#target.readPhysical(physical, into.subarray(from, to)),
    );
  }

  /** Store `bytes`, into ROM too. Returns whether all of them could be written. */
  write(cpu: GdbCpu, address: bigint, bytes: Uint8Array): boolean {
    return this.#each(cpu, address, bytes.length, (physical, from, to) =>
      this.#target.writePhysical(physical, bytes.subarray(from, to)),
    );
  }

  #each(
    cpu: GdbCpu,
    address: bigint,
    length: number,
    access: (physical: bigint, from: number, to: number) => boolean,
  ): boolean {
    const place = (at: bigint): bigint | null => (this.physical ? at : cpu.translate(at));
    return eachPage(address, length, place, access) === null;
  }
}
