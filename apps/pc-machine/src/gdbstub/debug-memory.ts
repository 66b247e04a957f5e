/** Memory as a debugger reads and writes it: by linear address through the page tables, or physical. */
import type { GdbCpu, GdbTarget } from "./target.js";

const PAGE = 0x1000n;

/** Calls `part` for each piece that lies in one page, until one fails. Returns whether none did. */
function inPages(
  length: number,
  address: bigint,
  part: (address: bigint, from: number, to: number) => boolean,
): boolean {
  for (let done = 0; done < length;) {
    const at = BigInt.asUintN(64, address + BigInt(done));
    const size = Math.min(length - done, Number(PAGE - (at % PAGE)));
    if (!part(at, done, done + size)) return false;
    done += size;
  }
  return true;
}

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
    return inPages(into.length, address, (at, from, to) => {
      const place = this.#place(cpu, at);
      return place !== null && this.#target.readPhysical(place, into.subarray(from, to));
    });
  }

  /** Store `bytes`, into ROM too. Returns whether all of them could be written. */
  write(cpu: GdbCpu, address: bigint, bytes: Uint8Array): boolean {
    return inPages(bytes.length, address, (at, from, to) => {
      const place = this.#place(cpu, at);
      return place !== null && this.#target.writePhysical(place, bytes.subarray(from, to));
    });
  }

  #place(cpu: GdbCpu, address: bigint): bigint | null {
    return this.physical ? address : cpu.translate(address);
  }
}
