/**
 * Memory as the processor accesses it: an address space in which a read-only section drops writes.
 *
 * A region's own `readonly` is enforced in every path. An alias can make writable RAM read-only,
 * too, as `pam-rom` does with shadowed firmware; as in QEMU, that holds for the processor, while
 * DMA and debuggers write through it.
 */
import type { AccessWindow, AddressSpace, ListenerRegistration } from "@mem/flat";

/** The flags of a window's region that a processor tests at each access. */
export interface CpuRegionFlags {
  readonly directRead: boolean;
  readonly plainWrite: boolean;
}

/** The fields of an `AccessWindow` that a processor uses. */
export interface CpuMemoryWindow {
  readonly start: number;
  readonly last: number;
  readonly region: CpuRegionFlags;
  readonly bytes: Uint8Array | null;
  readonly view: DataView | null;
  readonly bias: number;
}

class ReadonlyWindow implements CpuMemoryWindow {
  readonly start: number;
  readonly last: number;
  readonly region: CpuRegionFlags;
  readonly bytes: Uint8Array | null;
  readonly view: DataView | null;
  readonly bias: number;

  constructor(window: AccessWindow) {
    this.start = window.start;
    this.last = window.last;
    this.bytes = window.bytes;
    this.view = window.view;
    this.bias = window.bias;
    const { region } = window;
    this.region = {
      get directRead(): boolean {
        return region.directRead;
      },
      plainWrite: false,
    };
  }
}

/** The processor's side of an address space. */
export class CpuMemory {
  /** What lies beneath. */
  readonly space: AddressSpace;
  /** Starts and ends (inclusive) of the read-only sections of writable regions, ascending. */
  #protected: readonly { readonly start: number; readonly last: number }[] = [];
  #lowest = Infinity;
  #highest = -1;

  constructor(space: AddressSpace) {
    this.space = space;
    space.listen({ name: "cpu-memory", commit: () => this.#refresh() });
    this.#refresh();
  }

  /** The window `address` lies in; valid until the next commit. */
  lookup(address: number): CpuMemoryWindow {
    const window = this.space.lookup(address);
    return this.#isProtected(address) ? new ReadonlyWindow(window) : window;
  }

  /** Load 1, 2 or 4 bytes. */
  load(address: number, size: 1 | 2 | 4): number {
    return this.space.load(address, size);
  }

  /**
   * Store 1, 2 or 4 bytes; dropped where the section is read-only. A store does not cross a page,
   * nor does a section of RAM end within one, so the first byte tells for all.
   */
  store(address: number, size: 1 | 2 | 4, value: number): void {
    if (!this.#isProtected(address)) {
      this.space.store(address, size, value);
    }
  }

  /** Watch the address space's commits. */
  listen(listener: { commit?(): void }): ListenerRegistration {
    return this.space.listen(listener);
  }

  #isProtected(address: number): boolean {
    if (address < this.#lowest || address > this.#highest) {
      return false;
    }
    return this.#protected.some(({ start, last }) => address >= start && address <= last);
  }

  #refresh(): void {
    const found: { start: number; last: number }[] = [];
    for (const range of this.space.flatView.ranges()) {
      const { region } = range;
      if (range.readonly && !region.readonly && region.isRam && range.end <= 2n ** 53n) {
        found.push({ start: Number(range.start), last: Number(range.end) - 1 });
      }
    }
    this.#protected = found;
    this.#lowest = found[0]?.start ?? Infinity;
    this.#highest = found.at(-1)?.last ?? -1;
  }
}
