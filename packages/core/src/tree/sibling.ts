/** A subregion beside its siblings: what decides who of them is seen. */
export interface Sibling {
  /** The higher one shows. */
  readonly priority: number;
  /** Decides among equal priorities: the highest was added last, and shows. */
  readonly sequence: number;
  /** True if it shows at all. */
  readonly enabled: boolean;
  /** Start within the container as a rounded number. Making it takes a conversion, as does the end. */
  readonly approximateStart: number;
  /** End within the container as a rounded number. */
  readonly approximateEnd: number;
}
