import { GiB, IommuAccess, KiB, MiB } from "@mem/core";
import { type AddressSpace, Machine } from "@mem/flat";
import { PageTableIommu, type PageTableIommuOptions } from "@mem/iommu";

export const PRESENT = 1n;
export const WRITABLE = 2n;
export const ACCESSED = 1n << 5n;
export const DIRTY = 1n << 6n;
export const LARGE = 1n << 7n;

/** RAM that the tests have: the first 4 MiB hold data, tables are above. */
export const RAM_SIZE = 8 * MiB;
const TABLES_AT = 4 * MiB;

/** A machine with RAM at 0, an IOMMU that reads its tables there, and a device behind it. */
export function makeGuest(options: Partial<PageTableIommuOptions> & { size?: bigint } = {}) {
  const log: string[] = [];
  const machine = new Machine({ log: (category, text) => log.push(`${category}: ${text}`) });
  const system = machine.container({ name: "system", size: 2n ** 64n });
  const ram = machine.ram({ name: "ram", size: RAM_SIZE });
  system.addSubregion(0, ram);
  const memory = machine.addressSpace(system, "memory");
  const iommu = machine.adopt(
    new PageTableIommu(machine, { name: "iommu", size: 2n ** 48n, target: memory, ...options }),
  );
  const device = machine.addressSpace(iommu, "device");
  const tables = new GuestTables(memory, options.levels ?? 4);
  return { machine, log, system, ram, memory, iommu, device, tables };
}

/** A guest that writes page tables. */
export class GuestTables {
  readonly levels: number;
  /** Address of the top table. */
  readonly root: number;
  readonly #memory: AddressSpace;
  #next = TABLES_AT;

  constructor(memory: AddressSpace, levels: number) {
    this.#memory = memory;
    this.levels = levels;
    this.root = this.allocate();
  }

  /** A fresh table, all entries 0. */
  allocate(): number {
    const at = this.#next;
    if (at + 4 * KiB > RAM_SIZE) throw new Error("the test has no more memory for tables");
    this.#next += 4 * KiB;
    return at;
  }

  /** Sets the entry of a level (1: lowest) for an address, making the tables above it. */
  set(iova: number, entry: bigint, level = 1, above = PRESENT | WRITABLE): void {
    let table = this.root;
    for (let at = this.levels; at > level; at--) {
      const address = entryAddress(table, iova, at);
      const old = this.read(address);
      const isTable = (old & PRESENT) !== 0n && (old & LARGE) === 0n;
      const next = isTable ? Number(old & 0xf_ffff_ffff_f000n) : this.allocate();
      if (!isTable) this.write(address, BigInt(next) | above);
      table = next;
    }
    this.write(entryAddress(table, iova, level), entry);
  }

  /** Where the entry of a level for an address is, as far as tables lead there. */
  find(iova: number, level: number): number | null {
    let table = this.root;
    for (let at = this.levels; at > level; at--) {
      const entry = this.read(entryAddress(table, iova, at));
      if ((entry & PRESENT) === 0n || (entry & LARGE) !== 0n) return null;
      table = Number(entry & 0xf_ffff_ffff_f000n);
    }
    return entryAddress(table, iova, level);
  }

  read(address: number): bigint {
    const bytes = new Uint8Array(8);
    this.#memory.read(address, bytes);
    return new DataView(bytes.buffer).getBigUint64(0, true);
  }

  write(address: number, entry: bigint): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, entry, true);
    this.#memory.write(address, bytes);
  }
}

function entryAddress(table: number, iova: number, level: number): number {
  return table + (Math.floor(iova / 2 ** (3 + 9 * level)) % 512) * 8;
}

/** What a walk by the book answers. */
export interface NaiveWalk {
  readonly perm: IommuAccess;
  readonly base: bigint;
  readonly size: bigint;
}

/** A walk by the book, over the bytes of RAM from address 0, in 64-bit arithmetic. */
export function naiveWalk(
  ram: Uint8Array,
  root: number,
  levels: number,
  iova: bigint,
): NaiveWalk | null {
  const view = new DataView(ram.buffer, ram.byteOffset, ram.byteLength);
  const sizes = [0n, BigInt(4 * KiB), BigInt(2 * MiB), BigInt(GiB), 1n << 39n];
  let table = BigInt(root);
  let perm: IommuAccess = IommuAccess.RW;
  for (let level = levels; level > 0; level--) {
    const size = sizes[level] ?? 0n;
    const at = table + ((iova / size) & 511n) * 8n;
    if (at + 8n > BigInt(RAM_SIZE)) return null;
    const entry = view.getBigUint64(Number(at), true);
    if ((entry & PRESENT) === 0n) return null;
    if ((entry & WRITABLE) === 0n) perm &= IommuAccess.RO;
    const address = entry & 0xf_ffff_ffff_f000n;
    if (level === 1) return { perm, base: address, size };
    if ((entry & LARGE) !== 0n) {
      if (level === 4 || (address & (size - 1n) & ~0x1000n) !== 0n) return null;
      return { perm, base: address & ~(size - 1n), size };
    }
    table = address;
  }
  return null;
}
