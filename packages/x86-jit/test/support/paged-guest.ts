/** A small machine whose processor translates and has address spaces. */
import { Machine } from "@mem/flat";
import { X86Cpu } from "@mem/x86";
import { type TranslatorCounters, translator } from "../../src/index.js";

export const PAGE = 0x1000;
/** The place of the code. */
export const CODE = 0x1000;
const PAGES = 256;

/** Processor with paging on, and global pages, that translates after `threshold` runs. */
export interface PagedGuest {
  readonly cpu: X86Cpu;
  readonly bytes: Uint8Array;
  readonly counters: TranslatorCounters;
  /** Has a linear page of a page directory show a page of memory. */
  map(directory: number, linear: number, page: number, flags?: number): void;
}

/** Four bytes of a number, as code has them. */
export function word(value: number): number[] {
  return [0, 8, 16, 24].map((shift) => (value >> shift) & 255);
}

/**
 * A flat 32-bit processor with code at {@link CODE} of its 1 MiB of RAM. Each directory shows all of it where it
 * is, by the table in the page behind it; CR3 is the first one.
 */
export function pagedGuest(
  code: readonly number[],
  directories: readonly number[],
  threshold: number,
): PagedGuest {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 64 });
  const machine = new Machine();
  const system = machine.container({ name: "system", size: 2n ** 32n });
  const ram = machine.ram({ name: "ram", size: PAGES * PAGE, memory, memoryOffset: PAGES * PAGE });
  system.addSubregion(0, ram);
  const translation = translator({ memory, threshold, batch: 1, patience: 1 });
  const cpu = new X86Cpu({
    memory: machine.addressSpace(system, "memory"),
    io: machine.addressSpace(machine.container({ name: "ports", size: 0x10000 }), "ports"),
    acknowledgeInterrupt: () => 0,
    ...translation,
  });
  const bytes = ram.ramBytes();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const map: PagedGuest["map"] = (directory, linear, page, flags = 7) =>
    view.setUint32(directory + PAGE + 4 * (linear / PAGE), page | flags, true);
  for (const directory of directories) {
    view.setUint32(directory, (directory + PAGE) | 7, true);
    for (let k = 0; k < PAGES; k++) map(directory, k * PAGE, k * PAGE);
  }
  bytes.set(code, CODE);
  const ds = { selector: 0x10, base: 0, limit: 0xffffffff, flags: 0xcf9300 };
  const cs = { ...ds, selector: 8, flags: 0xcf9b00 };
  cpu.setState({ cr0: 0xe0000011, cr3: directories[0], cr4: 0x80, eip: CODE, esp: 0x8000 });
  cpu.setState({ cs, ds, es: ds, ss: ds });
  return { cpu, bytes, counters: translation.translator.counters, map };
}
