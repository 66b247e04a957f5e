import { type AddressSpace, Machine, type MemoryRegion, MemTxResult } from "@mem/flat";
import { pagedIommu } from "./translating.js";

/** Pages behind the IOMMU, and pages of the memory that it leads to. */
export const PAGES = 8;
const TARGETS = 12;
const PAGE = 0x1000;

/** What shows at one byte: nothing, or a byte of what is there. */
export interface Cell {
  readonly kind: "ram" | "rom" | "device";
  readonly part: Part;
  readonly offset: number;
}

/** Something with bytes: memory, or a device with a register for each byte. */
interface Part {
  readonly kind: Cell["kind"];
  readonly at: number;
  readonly size: number;
  /** What the model holds; devices have some room behind their end, where words reach. */
  readonly bytes: Uint8Array;
  readonly real: MemoryRegion;
  /** What the real device holds; empty for memory. */
  readonly registers: Uint8Array;
  /** A device that takes one byte at a time, so that what it changes holds from the next byte on. */
  readonly isSwitch: boolean;
}

/** Numbers below another, by a seed. */
export type Below = (n: number) => number;

/**
 * A device behind an IOMMU, twice: as the library has it, and byte by byte. Whoever writes the
 * register of a switch has a page of the table lead elsewhere, in the midst of a transfer too.
 */
export class NaiveBytes {
  readonly machine = new Machine();
  readonly space: AddressSpace;
  readonly table: (number | null)[];
  readonly parts: Part[] = [];
  readonly #mirror: (number | null)[];
  readonly #splits: boolean;

  constructor(below: Below, splits = false) {
    const { machine } = this;
    this.#splits = splits;
    const system = machine.container({ name: "system", size: 2n ** 64n });
    const memory = machine.addressSpace(system, "memory");
    const { table, region } = pagedIommu(machine, memory, PAGES);
    this.table = table;
    const crossSections = splits ? "split" : "as-recorded";
    this.space = machine.addressSpace(region, "dma", { crossSections });
    this.#mirror = table;
    for (let i = 0; i < TARGETS + below(20); i++) {
      const part = this.#part(below, i);
      system.addSubregion(part.at, part.real, { priority: i });
      this.parts.unshift(part);
    }
    for (let page = 0; page < PAGES; page++) this.turn(page, below(TARGETS + 2));
    this.#mirror = [...table];
  }

  #part(below: Below, i: number): Part {
    const kind = (["ram", "ram", "rom", "device", "device"] as const)[below(5)] ?? "ram";
    const at = i < TARGETS / 2 ? i * 2 * PAGE : 16 * below((TARGETS * PAGE) / 16);
    const size = i < TARGETS / 2 ? 2 * PAGE - 64 * below(2) : 16 * (1 + below(below(2) ? 3 : 300));
    const bytes = Uint8Array.from({ length: size + 8 }, () => below(256));
    const registers = kind === "device" ? bytes.slice() : new Uint8Array(0);
    const name = `${kind}${i}`;
    const isSwitch = kind === "device" && i % 2 === 0 && !this.#splits;
    const real =
      kind === "device"
        ? this.machine.mmio({
            name,
            size,
            valid: { maxAccessSize: isSwitch ? 1 : 8, unaligned: true },
            impl: { maxAccessSize: 1 },
            read: (offset) => registers[offset] ?? 0,
            write: (offset, value) => {
              registers[offset] = value;
              if (isSwitch && offset % 16 === 3) this.turn(value % PAGES, value >> 3);
            },
          })
        : this.machine[kind]({ name, size });
    real.ramBlock?.write(0, bytes.subarray(0, size));
    return { kind, at, size, bytes, real, registers, isSwitch };
  }

  /** Has a page of the real table lead elsewhere. */
  turn(page: number, to: number): void {
    this.table[page] = to % (TARGETS + 2) < TARGETS ? to % (TARGETS + 2) : null;
  }

  /** Has both tables alike again, after the real one was changed from outside. */
  follow(): void {
    for (let page = 0; page < PAGES; page++) this.#mirror[page] = this.table[page] ?? null;
  }

  /** What shows at an address now. */
  cell(addr: number): Cell | null {
    const page = addr < PAGES * PAGE ? (this.#mirror[addr >> 12] ?? null) : null;
    if (page === null) return null;
    const at = page * PAGE + (addr % PAGE);
    const part = this.parts.find((one) => at >= one.at && at < one.at + one.size);
    return part ? { kind: part.kind, part, offset: at - part.at } : null;
  }

  /** One byte read; `null` where nothing is. */
  get(addr: number): number | null {
    const cell = this.cell(addr);
    return cell ? (cell.part.bytes[cell.offset] ?? 0) : null;
  }

  /** One byte written; whether anything took it. */
  put(cell: Cell | null, value: number): boolean {
    if (cell === null || cell.kind === "rom") return false;
    const { part, offset } = cell;
    part.bytes[offset] = value;
    if (part.isSwitch) this.#switched(offset, value);
    return true;
  }

  #switched(offset: number, value: number): void {
    if (offset % 16 !== 3) return;
    const to = (value >> 3) % (TARGETS + 2);
    this.#mirror[value % PAGES] = to < TARGETS ? to : null;
  }

  read(addr: number, length: number): { bytes: Uint8Array; result: MemTxResult } {
    let result: MemTxResult = MemTxResult.OK;
    const bytes = Uint8Array.from({ length }, (_, i) => {
      const value = this.get(addr + i);
      if (value === null) result = MemTxResult.DECODE_ERROR;
      return value ?? 0;
    });
    return { bytes, result };
  }

  write(addr: number, bytes: Uint8Array): MemTxResult {
    let result: MemTxResult = MemTxResult.OK;
    bytes.forEach((value, i) => {
      if (!this.put(this.cell(addr + i), value)) result = MemTxResult.DECODE_ERROR;
    });
    return result;
  }

  /** The bytes that a word of `size` bytes is made of; `null` for a word that is refused. */
  word(addr: number, size: number): (Cell | null)[] | null {
    const cells = Array.from({ length: size }, (_, i) => this.cell(addr + i));
    const [first] = cells;
    if (this.#splits) return cells;
    if (!first) return null;
    const run = Array.from({ length: size }, (_, i) => ({ ...first, offset: first.offset + i }));
    // A device takes the word whole, wherever it ends. Memory has to go on.
    if (first.kind === "device") return first.part.isSwitch && size > 1 ? null : run;
    const goesOn = cells.every(
      (cell, i) => cell?.part === first.part && cell.offset === first.offset + i,
    );
    return goesOn && (addr % PAGE) + size <= PAGE ? run : null;
  }

  load(addr: number, size: number): { bytes: Uint8Array; result: MemTxResult } {
    const cells = this.word(addr, size);
    let result: MemTxResult = cells === null ? MemTxResult.DECODE_ERROR : MemTxResult.OK;
    const bytes = Uint8Array.from({ length: size }, (_, i) => {
      const cell = cells?.[i] ?? null;
      if (cell === null) result = MemTxResult.DECODE_ERROR;
      return cell?.part.bytes[cell.offset] ?? 0;
    });
    return { bytes, result };
  }

  store(addr: number, bytes: Uint8Array): MemTxResult {
    const cells = this.word(addr, bytes.length);
    if (cells === null) return MemTxResult.DECODE_ERROR;
    let result: MemTxResult = MemTxResult.OK;
    cells.forEach((cell, i) => {
      if (!this.put(cell, bytes[i] ?? 0)) result = MemTxResult.DECODE_ERROR;
    });
    return result;
  }

  /** What writing RAM and ROM alike, and nothing else, leaves. */
  writeRom(addr: number, bytes: Uint8Array): void {
    bytes.forEach((value, i) => {
      const cell = this.cell(addr + i);
      if (cell !== null && cell.kind !== "device") cell.part.bytes[cell.offset] = value;
    });
  }

  isValid(addr: number, length: number, isWrite: boolean): boolean {
    return Array.from({ length }, (_, i) => this.cell(addr + i)).every(
      (cell) => cell !== null && !(isWrite && cell.kind === "rom"),
    );
  }

  /** Where the library and the model differ, in words. */
  differences(): string[] {
    const wrong = this.parts.flatMap((part) => {
      const real =
        part.kind === "device" ? part.registers : part.real.ramBytes().subarray(0, part.size);
      const held = part.bytes.subarray(0, real.length);
      if (Buffer.compare(real, held) === 0) return [];
      const at = real.findIndex((byte, i) => byte !== part.bytes[i]);
      return [`${part.real.name} at ${at}: ${real[at]}, not ${part.bytes[at]}`];
    });
    const tables = this.table.map((page, i) => (page === this.#mirror[i] ? "" : `page ${i}`));
    return [...wrong, ...tables.filter((page) => page !== "")];
  }
}
