/** The guest's page tables as monitors show them: every page that is mapped, in the order of addresses. */
import type { PcCpu } from "../processor/cpu.js";

/** A page. */
export interface MappedPage {
  /** Linear address: in long mode canonical. */
  readonly address: bigint;
  readonly physical: bigint;
  readonly bytes: bigint;
  /** The entry that maps it. */
  readonly entry: bigint;
  /** Bits that all entries on the way have, save those of the four pointers of PAE. */
  readonly common: bigint;
}

/** Bits of an entry. */
export const PageBit = {
  PRESENT: 0x001n,
  WRITABLE: 0x002n,
  USER: 0x004n,
  WRITE_THROUGH: 0x008n,
  CACHE_DISABLED: 0x010n,
  ACCESSED: 0x020n,
  DIRTY: 0x040n,
  LARGE: 0x080n,
  GLOBAL: 0x100n,
  NO_EXECUTE: 1n << 63n,
} as const;

/** One level of tables. */
interface Level {
  /** Bits of the address below its index. */
  readonly shift: number;
  readonly entries: number;
  /** True if its entries may map pages. */
  readonly large: boolean;
  /** True if its entries say nothing of what is allowed. */
  readonly open?: boolean;
}

/** The layout of tables. */
interface Layout {
  readonly entryBytes: 4 | 8;
  readonly levels: readonly Level[];
}

const PAGING = 1n << 31n;
const CR4_PSE = 1n << 4n;
const CR4_PAE = 1n << 5n;
const ADDRESS_MASK = 0x000f_ffff_ffff_f000n;
const ADDRESS_BITS = 48;
/** Tables that are read at most: a guest may have them lead to each other as it likes. */
const MOST_TABLES = 0x2000;

function layoutOf(isLong: boolean, cr4: bigint): Layout {
  if (isLong) {
    const level = (shift: number, large: boolean): Level => ({ shift, entries: 512, large });
    return {
      entryBytes: 8,
      levels: [level(39, false), level(30, true), level(21, true), level(12, false)],
    };
  }
  if ((cr4 & CR4_PAE) !== 0n) {
    return {
      entryBytes: 8,
      levels: [
        { shift: 30, entries: 4, large: false, open: true },
        { shift: 21, entries: 512, large: true },
        { shift: 12, entries: 512, large: false },
      ],
    };
  }
  return {
    entryBytes: 4,
    levels: [
      { shift: 22, entries: 1024, large: (cr4 & CR4_PSE) !== 0n },
      { shift: 12, entries: 1024, large: false },
    ],
  };
}

/**
 * Every page that `cpu` finds mapped, as far as 8,192 tables tell; `null` while it does not translate addresses.
 * @param read reads physical memory
 */
export function mappedPages(
  { debugger: registers }: PcCpu,
  read: (address: bigint, into: Uint8Array) => void,
): Iterable<MappedPage> | null {
  const value = (name: string): bigint => registers?.read(name) ?? 0n;
  if ((value("cr0") & PAGING) === 0n) return null;
  const isLong = registers?.read("rax") !== undefined;
  const { levels, entryBytes } = layoutOf(isLong, value("cr4"));
  const root = value("cr3") & (entryBytes === 4 || levels[0]?.entries === 512 ? ~0xfffn : ~0x1fn);
  const linear = (address: bigint): bigint =>
    isLong ? BigInt.asUintN(64, BigInt.asIntN(ADDRESS_BITS, address)) : address;

  let tables = 0;
  function* walk(table: bigint, depth: number, base: bigint, above: bigint): Iterable<MappedPage> {
    const level = levels[depth];
    if (level === undefined || tables++ >= MOST_TABLES) return;
    const bytes = new Uint8Array(level.entries * entryBytes);
    read(table, bytes);
    const view = new DataView(bytes.buffer);
    for (let n = 0; n < level.entries; n++) {
      const entry =
        entryBytes === 4 ? BigInt(view.getUint32(4 * n, true)) : view.getBigUint64(8 * n, true);
      if ((entry & PageBit.PRESENT) === 0n) continue;
      const address = base | (BigInt(n) << BigInt(level.shift));
      const common = level.open === true ? above : above & entry;
      const isLeaf = depth === levels.length - 1 || (level.large && (entry & PageBit.LARGE) !== 0n);
      if (isLeaf) {
        const size = 1n << BigInt(level.shift);
        const physical = entry & ADDRESS_MASK & ~(size - 1n);
        yield { address: linear(address), physical, bytes: size, entry, common };
      } else {
        yield* walk(entry & ADDRESS_MASK, depth + 1, address, common);
      }
    }
  }
  return walk(root, 0, 0n, ~0n);
}
