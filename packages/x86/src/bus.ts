/**
 * Address space, as the processor uses it that it is wired to. An `AddressSpace` of `@mem/flat`
 * satisfies {@link CpuBus}; so does any object of this shape.
 */

/**
 * A block of memory whose code may be watched. A `RamBlock` of `@mem/core` satisfies it.
 * @see the guide "A translator on top of the memory API"
 */
export interface CodeBlock {
  /** Calls back behind each store, whoever makes it, to a page that was marked; offsets are in bytes. */
  watchCode(stored: (offset: number, length: number) => void): CodeMarks;
}

/**
 * The pages of a block that are watched; disposing ends that.
 * @see {@link CodeBlock}
 */
export interface CodeMarks extends Disposable {
  /** Watches the page of the byte at `offset`, in bytes from the block's beginning. */
  mark(offset: number): void;
  /** Watches that page no more; `offset` is in bytes. */
  unmark(offset: number): void;
}

/**
 * Live flag that decides whether stores need no dispatch.
 * @see {@link CpuRegion}
 */
export interface StoreFlag {
  /** Bytes may be stored straight into the block; tested at each store. */
  readonly plainWrite: boolean;
}

/**
 * The two live flags of a region that decide whether its bytes may be touched without dispatch.
 */
export interface CpuRegion extends StoreFlag {
  /** Bytes may be read straight from the block. */
  readonly directRead: boolean;
  /** The block behind it, where stores by others can be watched; default none. */
  readonly ramBlock?: CodeBlock | null;
  /** Memory rather than a device; default false. Decides what a read-only window does. */
  readonly isRam?: boolean;
}

/**
 * A run of bus addresses that resolve alike; valid until the next commit of the address space.
 */
export interface CpuWindow {
  /** First bus address of the window, in bytes. */
  readonly start: number;
  /** Last bus address, in bytes; inclusive. */
  readonly last: number;
  /** The region behind the window. */
  readonly region: CpuRegion;
  /**
   * The flag of {@link region} as it would be if nobody watched the block for code: what a translator's processor
   * goes by, which tells stores to guarded pages itself. Default: the region's own flag.
   */
  readonly besideCode?: StoreFlag;
  /** Live bytes, or null where there is no memory behind the window. */
  readonly bytes: Uint8Array | null;
  /** A view on the same bytes. */
  readonly view: DataView | null;
  /** The byte at bus address `a` is `bytes[a - bias]`. */
  readonly bias: number;
  /** Offset in the region, and in its block, of the byte at {@link start}; default 0. */
  readonly offset?: number;
  /** Stores to memory here are dropped, whatever the region itself says; default false. */
  readonly readonly?: boolean;
  /** Somebody wants to see each access: there are no bytes, though the region may have some. */
  readonly traced?: boolean;
}

/** A bus: memory or I/O ports. Addresses and values are unsigned numbers, little endian. */
export interface CpuBus {
  /** The window that `address`, in bytes, lies in; never null. */
  lookup(address: number): CpuWindow;
  /** Loads 1, 2 or 4 bytes through dispatch; never throws for what a guest can cause. */
  load(address: number, size: 1 | 2 | 4): number;
  /** {@link load} of a byte of an instruction; default: the same as any other byte. */
  fetch?(address: number): number;
  /** Stores 1, 2 or 4 bytes through dispatch. */
  store(address: number, size: 1 | 2 | 4, value: number): unknown;
  /** Subscribes to commits: after one, every window looked up before is stale. */
  listen(listener: { commit?(): void }): Disposable;
}
