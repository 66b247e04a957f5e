import {
  type Address,
  ADDRESS_MAX,
  Data64,
  IommuAccess,
  type IommuTlbEntry,
  type MemoryRegion,
  type MemTxAttrs,
  MEMTXATTRS_UNSPECIFIED,
  PAGE_SIZE,
} from "@mem/core";
import {
  beginCallback,
  endCallback,
  internalsOf,
  type IommuTranslator,
  mayNest,
  narrow,
  refuseReentry,
} from "@mem/core/plumbing";
import type { AccessWindow } from "../view/access-window.js";
import type { FlatView } from "../view/flat-view.js";
import type { TranslationTarget } from "./iommu-answer.js";

/**
 * Translations followed for one access before it is given up.
 * @see docs/PLUMBING.md, "`@mem/flat/plumbing`"
 */
export const MAX_IOMMU_HOPS = 64;
const PAGE_MASK = /* @__PURE__ */ BigInt(PAGE_SIZE - 1);
/** Bytes of the longest word. */
const MAX_WORD = 8n;

/**
 * The way of an access: what it looks for, and where it ends up. Reusable, so that translating
 * allocates nothing.
 * @see docs/PLUMBING.md, "`@mem/flat/plumbing`"
 */
export class Translation {
  // What is looked for.
  /** The view that addresses are looked up in. */
  view: FlatView;
  /**
   * The section that the access stays in, whatever its address and length are; `null` where the
   * view tells.
   */
  section: AccessWindow | null = null;
  isWrite = false;
  attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED;

  // Where it ended up.
  /** The region that the access ends up in. */
  region: MemoryRegion;
  /** Offset within the region, in bytes. */
  xlat: Address = 0;
  /** Bytes from there that translate alike, at most those asked for. */
  length: Address = 0;
  /** The IOMMU that translated it first, if one did. */
  via: MemoryRegion | null = null;

  /**
   * Carrier that gathers the pieces of a word, where words may be cut: lengths then end with what
   * shows, whatever it is. `null` where only memory clamps a length.
   */
  readonly carry: Data64 | null;

  /** @param splits whether words go to each side of a boundary that they cross. */
  constructor(view: FlatView, splits = false) {
    this.view = view;
    this.region = view.system.unassigned;
    this.carry = splits ? new Data64() : null;
  }

  /** Sets the direction and the attributes of what follows. */
  inDirection(isWrite: boolean, attrs: MemTxAttrs): this {
    this.isWrite = isWrite;
    this.attrs = attrs;
    return this;
  }
}

/**
 * Resolves an address of a view to a region and an offset (`flatview_translate`), through any
 * IOMMUs on the way. RAM clamps the length to its section; nothing else does.
 * @param out tells the view and the direction; where the way ended is entered there
 * @param addr bus address in bytes, 0 to 2^64 - 1
 * @param length bytes of the access
 * @see docs/PLUMBING.md, "`@mem/flat/plumbing`"
 */
export function translate(out: Translation, addr: Address, length: Address): void {
  const { section } = out;
  out.length = length;
  out.via = null;
  if (section !== null) {
    out.region = section.region;
    out.xlat = section.xlat(addr);
    return;
  }
  enter(out, out.view, addr);
  if (internalsOf(out.region).isIommu) followIommu(out);
}

function enter(out: Translation, view: FlatView, addr: Address): void {
  const window = view.find(addr);
  out.region = window.region;
  out.xlat = window.xlat(addr);
  if (window.region.isRam || out.carry !== null) {
    const remaining = window.remaining(addr);
    if (remaining >= out.length) return;
    const room = window.region.isRam ? remaining : roomBeyondCuts(view, window, remaining);
    if (room < out.length) out.length = narrow(room);
  }
}

/** Bytes to the end of what shows, where sections that are cut at pages continue each other. */
function roomBeyondCuts(view: FlatView, window: AccessWindow, remaining: bigint): bigint {
  let [last, room] = [window, remaining];
  while (room < MAX_WORD && last.exactLast < ADDRESS_MAX) {
    const next = view.find(narrow(last.exactLast + 1n));
    const offset = last.exactOffset + (last.exactLast - last.exactStart) + 1n;
    if (next.region !== last.region || next.exactOffset !== offset) break;
    room += next.exactLast - next.exactStart + 1n;
    last = next;
  }
  return room;
}

function followIommu(out: Translation): void {
  const { isWrite } = out;
  out.via = out.region;
  for (let hops = 0; internalsOf(out.region).isIommu; hops++) {
    const isOver = hops >= MAX_IOMMU_HOPS && refuseHops(out.region);
    const entry = isOver ? null : translateOnce(out);
    const needed = isWrite ? IommuAccess.WO : IommuAccess.RO;
    if (!entry?.targetAs || (entry.perm & needed) === 0) {
      if (out.carry !== null) cutRefused(entry, out);
      out.region = out.view.system.unassigned;
      return;
    }
    enter(out, entry.targetAs.flatView, moveThrough(entry, out));
  }
}

/**
 * Cuts a refusal, where words are split, to the block that was refused: up to a page, or a byte
 * where nothing tells.
 */
function cutRefused(entry: IommuTlbEntry<unknown> | null, out: Translation): void {
  const mask = (entry?.addrMask ?? 0n) & PAGE_MASK;
  const room = mask - (BigInt(out.xlat) & mask) + 1n;
  if (room < out.length) out.length = narrow(room);
}

/** The output address of an entry for where `out` is; the length is cut to the entry's end. */
function moveThrough(entry: IommuTlbEntry<TranslationTarget>, out: Translation): Address {
  const { xlat } = out;
  const size = Number(entry.addrMask) + 1;
  const base = Number(entry.translatedAddr);
  // Numbers do for pages of up to 2 GiB below 2^53; their low 32 bits are exact in `>>> 0`.
  const isPage = size <= 0x8000_0000 && (size & (size - 1)) === 0;
  if (isPage && base <= Number.MAX_SAFE_INTEGER && typeof xlat === "number") {
    const offset = ((xlat >>> 0) & (size - 1)) >>> 0;
    const inPage = size - offset;
    if (inPage < out.length) out.length = inPage;
    return base - (((base >>> 0) & (size - 1)) >>> 0) + offset;
  }
  const mask = entry.addrMask;
  const at = (entry.translatedAddr & ~mask) | (BigInt(xlat) & mask);
  const inPage = (at | mask) - at + 1n;
  if (inPage < out.length) out.length = narrow(inPage);
  return narrow(at);
}

/** Says that a chain of translations has no end, once for the region it got to; always true. */
export function refuseHops(region: MemoryRegion): true {
  region.system.logOnce(
    `iommu-hops:${internalsOf(region).id}`,
    "guest_error",
    `${region.describe()}: more than ${MAX_IOMMU_HOPS} translations of one access; refused`,
    internalsOf(region),
  );
  return true;
}

function translateOnce(out: Translation): IommuTlbEntry<TranslationTarget> | null {
  return askIommu<TranslationTarget>(out.region, BigInt(out.xlat), out.isWrite, out.attrs);
}

/**
 * Answer of a translating region for an offset within it; `null` when it throws or answers what is
 * no translation (`IommuTranslator.accept`), which is logged, and where walks would nest without
 * end. A walk may access memory itself: it counts as an access in flight, and finds working storage
 * of its own.
 */
export function askIommu<Target>(
  region: MemoryRegion,
  offset: bigint,
  isWrite: boolean,
  attrs: MemTxAttrs,
): IommuTlbEntry<Target> | null {
  const iommu = internalsOf(region).iommu as IommuTranslator<Target> | null;
  if (!iommu || !(mayNest(internalsOf(region)) || refuseReentry(internalsOf(region)))) return null;
  beginCallback(internalsOf(region));
  try {
    const flag = isWrite ? IommuAccess.WO : IommuAccess.RO;
    return iommu.accept(iommu.translate(offset, flag, iommu.attrsToIndex(attrs)));
  } catch (error) {
    internalsOf(region).logCallbackError(error);
    return null;
  } finally {
    endCallback(internalsOf(region));
  }
}
