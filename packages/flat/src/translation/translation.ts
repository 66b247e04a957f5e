import {
  type Address,
  ADDRESS_MAX,
  Data64,
  type MemoryRegion,
  type MemTxAttrs,
  MEMTXATTRS_UNSPECIFIED,
} from "@mem/core";
import { internalsOf, narrow } from "@mem/core/plumbing";
import type { AccessWindow } from "../view/access-window.js";
import type { FlatView } from "../view/flat-view.js";
import { checkAttrs } from "../access/words.js";

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

  /** @param splits true if words go to each side of a boundary that they cross. */
  constructor(view: FlatView, splits = false) {
    this.view = view;
    this.region = view.system.unassigned;
    this.carry = splits ? new Data64() : null;
  }

  /** Sets the direction and the attributes of what follows. */
  inDirection(isWrite: boolean, attrs: MemTxAttrs): this {
    checkAttrs(attrs);
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
  enterView(out, out.view, addr);
  if (internalsOf(out.region).isIommu) leaveForIommu(out);
}

/** The translator knows the way from here on; without one there is none. */
function leaveForIommu(out: Translation): void {
  out.via = out.region;
  const { iommu } = internalsOf(out.region);
  if (iommu) iommu.walk.follow(out);
  else out.region = out.view.system.unassigned;
}

/** Enters where a view leads at an address; what shows there may translate. */
export function enterView(out: Translation, view: FlatView, addr: Address): void {
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
