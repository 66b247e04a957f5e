/** Texts of `info tlb` and `info mem`. */
import { PageBit, type MappedPage } from "../../../board/memory/page-tables.js";

const digits = (value: bigint): string => value.toString(16).padStart(16, "0");
const ADDRESS_BITS = 48;

/** Letters of `info tlb` for bits of an entry. */
const LETTERS = [
  ["X", PageBit.NO_EXECUTE],
  ["G", PageBit.GLOBAL],
  ["P", PageBit.LARGE],
  ["D", PageBit.DIRTY],
  ["A", PageBit.ACCESSED],
  ["C", PageBit.CACHE_DISABLED],
  ["T", PageBit.WRITE_THROUGH],
  ["U", PageBit.USER],
  ["W", PageBit.WRITABLE],
] as const;
const PAGE_BYTES = 0x1000n;

/** A line for each page. */
export function* tlbLines(pages: Iterable<MappedPage>): Iterable<string> {
  for (const { address, physical, entry, bytes } of pages) {
    // In the entry of a small page the bit of large ones says something else.
    const shown = bytes === PAGE_BYTES ? entry & ~PageBit.LARGE : entry;
    const flags = LETTERS.map(([letter, bit]) => ((shown & bit) === 0n ? "-" : letter)).join("");
    yield `${digits(address)}: ${digits(physical)} ${flags}\n`;
  }
}

/** A line for each run of pages with the same rights. */
export function* memLines(pages: Iterable<MappedPage>): Iterable<string> {
  let run: { readonly first: bigint; end: bigint; readonly rights: bigint } | null = null;
  const line = ({ first, end, rights }: NonNullable<typeof run>): string => {
    const user = (rights & PageBit.USER) === 0n ? "-" : "u";
    const write = (rights & PageBit.WRITABLE) === 0n ? "-" : "w";
    // As QEMU: the end of a run at the top of long mode's addresses is 2^48.
    const shown = end > 0xffff_ffff_ffff_ffffn ? 1n << BigInt(ADDRESS_BITS) : end;
    return `${digits(first)}-${digits(shown)} ${digits(end - first)} ${user}r${write}\n`;
  };
  for (const { address, bytes, common } of pages) {
    const rights = common & (PageBit.USER | PageBit.WRITABLE);
    if (run !== null && run.end === address && run.rights === rights) {
      run.end += bytes;
    } else {
      if (run !== null) yield line(run);
      run = { first: address, end: address + bytes, rights };
    }
  }
  if (run !== null) yield line(run);
}
