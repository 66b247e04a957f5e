/** What a page walk finds out beside the address. */

/** What the last walk found out about the page, but for where it is. */
export class PageRights {
  /** Bigger than 4 KiB. */
  isLarge = false;
  /** Stays when CR3 is loaded. */
  isGlobal = false;
  /** The level that walked may read it. */
  canRead = true;
  /** It may execute it. */
  canFetch = true;
}
