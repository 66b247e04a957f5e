/** Findings of a page walk beside the address. */

/** Findings of the last walk about the page, but for its address. */
export class PageRights {
  /** Bigger than 4 KiB. */
  isLarge = false;
  /** Stays when CR3 is loaded. */
  isGlobal = false;
  /** It is a page of level 3. */
  isUser = false;
  /** The level that walked may read it. */
  canRead = true;
  /** The level that walked may execute it. */
  canFetch = true;
}
