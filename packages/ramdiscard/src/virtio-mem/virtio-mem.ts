import { type Address, hex, LifecycleError, type MemoryRegion, MemorySystem } from "@mem/core";
import { internalsOf } from "@mem/core/plumbing";
import { SectionCopy } from "@mem/flat";
import { Inspectable, type Summary } from "@mem/flat/plumbing";
import { sectionOf } from "../aggregate.js";
import type { BlockRange } from "../bitmap/bitmap-source.js";
import { DiscardInhibitor } from "../discard-inhibitor.js";
import { DiscardStatus } from "../discard-status.js";
import { PlugBlocks } from "./plug-blocks.js";
import type { RamDiscardManager } from "../ram-discard-manager.js";
import { addRamDiscardSource, removeRamDiscardSource } from "../region-manager.js";
import { VirtioMemResponse, VirtioMemState, type VirtioMemStateAnswer } from "./answers.js";
import { type VirtioMemListener, VirtioMemListeners } from "./listeners.js";
import {
  checkRequestedSize,
  checkVirtioMemCall,
  checkVirtioMemOptions,
  usableSize,
  type VirtioMemOptions,
  type VirtioMemShape,
} from "./options.js";
import { checkSnapshot, type VirtioMemSnapshot } from "./snapshot.js";

/**
 * Memory that a guest plugs and unplugs in blocks, as a virtio-mem device has it: everything but
 * the transport. It is a source of the region's discard manager, so that who maps the memory for
 * a physical device is asked before a block is plugged, and told after one was unplugged.
 *
 * The memory of an unplugged block is given back to the host and reads as 0. Stores to it are not
 * stopped; what they leave is gone when the block is plugged, which always begins as 0.
 *
 * {@link plug}, {@link unplug}, {@link unplugAll} and {@link state} are the guest's: they never throw.
 *
 * @example
 * const region = machine.ram({ name: "vmem0", size: 16 * MiB });
 * system.addSubregion(0x4000_0000, region);
 * const device = new VirtioMem({ region, address: 0x4000_0000, requestedSize: 8 * MiB });
 * console.log(device.plug(0x4000_0000, 4 * MiB) === VirtioMemResponse.ACK); // prints: true
 * console.log(device.pluggedSize); // prints: 4194304n
 */
export class VirtioMem extends Inspectable implements Disposable {
  /** The RAM that the guest plugs. */
  readonly region: MemoryRegion;
  readonly #shape: VirtioMemShape;
  readonly #blocks: PlugBlocks;
  readonly #inhibitor: DiscardInhibitor;
  readonly #tolerant: boolean;
  readonly #listeners: VirtioMemListeners;
  readonly #held: SectionCopy;
  #requestedSize: bigint;
  #usableRegionSize: bigint;
  #holds = 0;
  #changing = false;
  #disposed = false;

  /**
   * Everything is unplugged at first: what was in the region is gone.
   * @throws RegionOptionsError or AddressError when the options make no sense; LifecycleError when
   *   discards are disabled in the system, or a listener of the region's manager is being called.
   */
  constructor(options: VirtioMemOptions) {
    super();
    checkVirtioMemCall(options);
    const { region } = options;
    internalsOf(region).assertUsable("plug memory in");
    this.#shape = checkVirtioMemOptions(options);
    this.region = region;
    this.#tolerant = options.toleratesInhibition ?? false;
    this.#inhibitor = DiscardInhibitor.of(MemorySystem.of(region));
    this.#listeners = new VirtioMemListeners(region);
    this.#requestedSize = this.#shape.requestedSize;
    this.#usableRegionSize = usableSize(this.#requestedSize, this.#shape);
    this.#blocks = new PlugBlocks(region, this.#shape.blockSize);
    if (this.#inhibitor.coordinatedRequire(true) !== DiscardStatus.OK) {
      throw this.#lifecycle("virtio-mem-inhibited", "discards are disabled");
    }
    if (addRamDiscardSource(region, this.#blocks.source) !== DiscardStatus.OK) {
      this.#inhibitor.coordinatedRequire(false);
      throw this.#lifecycle("discard-notifying", "a discard listener is being called");
    }
    if (this.#tolerant) this.#inhibitor.coordinatedRequire(false);
    this.#held = new SectionCopy(sectionOf(region, { from: 0n, to: region.size }));
    this.#blocks.drop(this.#blocks.all);
  }

  // ---- configuration --------------------------------------------------------------------

  /** Guest address of the region, in bytes. */
  get address(): bigint {
    return this.#shape.address;
  }

  /** Bytes in a block. */
  get blockSize(): bigint {
    return this.#shape.blockSize;
  }

  /** Bytes of the region. */
  get regionSize(): bigint {
    return this.#shape.regionSize;
  }

  /** The number of the guest's memory node. */
  get node(): number {
    return this.#shape.node;
  }

  /**
   * Bytes at the start of the region in which blocks may be plugged. Grows with the requested
   * size, and shrinks only when everything is unplugged.
   */
  get usableRegionSize(): bigint {
    return this.#usableRegionSize;
  }

  /** Bytes that are plugged. */
  get pluggedSize(): bigint {
    return this.#blocks.pluggedSize;
  }

  /**
   * Bytes that the guest should plug: it is told of a change, and refused more than that.
   * @throws RegionOptionsError when it is not whole blocks, or more than the region has;
   *   AddressError when it is negative or not exact; LifecycleError when the device is gone.
   */
  get requestedSize(): bigint {
    return this.#requestedSize;
  }
  set requestedSize(size: Address) {
    this.#assertLive();
    const bytes = checkRequestedSize(size, this.#shape, this.region);
    if (bytes === this.#requestedSize) return;
    this.#requestedSize = bytes;
    const usable = usableSize(bytes, this.#shape);
    if (usable > this.#usableRegionSize) this.#usableRegionSize = usable;
    this.#listeners.configChanged();
  }

  /** The manager of the region, which this device is a source of; `null` when it is gone. */
  get manager(): RamDiscardManager | null {
    return this.#blocks.source.manager;
  }

  /** Adds who wants to know of changes, until the answer is disposed. */
  listen(listener: VirtioMemListener): Disposable {
    return this.#listeners.add(listener);
  }

  // ---- requests of the guest ------------------------------------------------------------

  /**
   * Plugs blocks that are all unplugged (`VIRTIO_MEM_REQ_PLUG`).
   * @param address of the first block, as the guest sees it
   * @param size in bytes
   * @returns `ERROR` when these are not unplugged blocks of the usable region, `NACK` when more
   *   than requested would be plugged, `BUSY` when a discard listener refused, or nothing can
   *   be plugged at present; nothing has changed then.
   */
  plug(address: Address, size: Address): VirtioMemResponse {
    const range = this.#usable(address, size);
    if (!range) return this.#guestError("plug", address, size);
    const wanted = this.pluggedSize + this.#blocks.bytes(range);
    if (wanted > this.#requestedSize) return VirtioMemResponse.NACK;
    if (!this.#blocks.source.areBlocks(range, false))
      return this.#guestError("plug", address, size);
    return this.#whenReady(() =>
      this.#blocks.plug(range) ? VirtioMemResponse.ACK : VirtioMemResponse.BUSY,
    );
  }

  /**
   * Unplugs blocks that are all plugged (`VIRTIO_MEM_REQ_UNPLUG`).
   * @param address of the first block, as the guest sees it
   * @param size in bytes
   * @returns `ERROR` when these are not plugged blocks of the usable region, `BUSY` when nothing
   *   can be unplugged at present; nothing has changed then.
   */
  unplug(address: Address, size: Address): VirtioMemResponse {
    const range = this.#usable(address, size);
    if (!range || !this.#blocks.source.areBlocks(range, true)) {
      return this.#guestError("unplug", address, size);
    }
    return this.#whenReady(() => this.#unplug(range));
  }

  /**
   * Unplugs everything, and lets the usable region shrink to what the requested size needs
   * (`VIRTIO_MEM_REQ_UNPLUG_ALL`).
   * @returns `BUSY` when something is plugged and nothing can be unplugged at present.
   */
  unplugAll(): VirtioMemResponse {
    if (this.#disposed) return VirtioMemResponse.ERROR;
    if (this.#changing) return VirtioMemResponse.BUSY;
    const answer =
      this.pluggedSize > 0n
        ? this.#whenReady(() => this.#unplug(this.#blocks.all))
        : VirtioMemResponse.ACK;
    if (answer === VirtioMemResponse.ACK) {
      this.#usableRegionSize = usableSize(this.#requestedSize, this.#shape);
    }
    return answer;
  }

  /**
   * State of blocks: plugged, unplugged, or mixed (`VIRTIO_MEM_REQ_STATE`).
   * @param address of the first block, as the guest sees it
   * @param size in bytes
   * @returns `ERROR` when these are not blocks of the usable region.
   */
  state(address: Address, size: Address): VirtioMemStateAnswer {
    const range = this.#usable(address, size);
    if (!range) {
      this.#guestError("state", address, size);
      return { response: VirtioMemResponse.ERROR };
    }
    const { PLUGGED, UNPLUGGED, MIXED } = VirtioMemState;
    const isAll = (on: boolean) => this.#blocks.source.areBlocks(range, on);
    const state = isAll(true) ? PLUGGED : isAll(false) ? UNPLUGGED : MIXED;
    return { response: VirtioMemResponse.ACK, state };
  }

  // ---- the host's side ------------------------------------------------------------------

  /**
   * A reset of the machine: unplugs everything, as {@link unplugAll}; what is requested stays.
   * @returns true if that was possible; the guest has to do it otherwise.
   */
  reset(): boolean {
    return this.unplugAll() === VirtioMemResponse.ACK;
  }

  /**
   * Keeps all blocks as they are, e.g. while memory is copied to another host: requests for
   * changes are answered `BUSY` until what this returns is disposed.
   */
  hold(): Disposable {
    this.#holds++;
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (held) this.#holds--;
        held = false;
      },
    };
  }

  /** State that a copy of the device needs, besides the bytes of what is plugged. */
  save(): VirtioMemSnapshot {
    const { address, blockSize, regionSize, node, requestedSize, usableRegionSize } = this;
    const bitmap = this.#blocks.source.save();
    return { address, blockSize, regionSize, node, requestedSize, usableRegionSize, bitmap };
  }

  /**
   * Takes the state of another device over. Blocks that become plugged keep the bytes that were
   * put into them before; those that become unplugged lose theirs.
   * @returns `BUSY` when a discard listener refused, or nothing can change at present; nothing has
   *   changed then.
   * @throws RegionOptionsError when it is the state of a device of another shape; LifecycleError
   *   when this one is gone.
   */
  restore(snapshot: VirtioMemSnapshot): DiscardStatus {
    this.#assertLive();
    checkSnapshot(snapshot, this.#shape, this.region);
    const answer = this.#whenReady(() => {
      const status = this.#blocks.source.load(snapshot.bitmap, (run) => this.#blocks.drop(run));
      return status === DiscardStatus.OK ? VirtioMemResponse.ACK : VirtioMemResponse.BUSY;
    });
    if (answer !== VirtioMemResponse.ACK) return DiscardStatus.BUSY;
    this.#requestedSize = snapshot.requestedSize;
    this.#usableRegionSize = snapshot.usableRegionSize;
    this.#listeners.configChanged();
    return DiscardStatus.OK;
  }

  /**
   * Takes the device away: its region is ordinary memory again, all there as far as this device is
   * concerned. Again does nothing.
   * @throws LifecycleError when a discard listener refuses that, or while blocks are being changed;
   *   nothing has changed then.
   */
  [Symbol.dispose](): void {
    if (this.#disposed) return;
    if (this.#changing) throw this.#lifecycle("virtio-mem-changing", "blocks are being changed");
    if (removeRamDiscardSource(this.region, this.#blocks.source) !== DiscardStatus.OK) {
      throw this.#lifecycle("discard-refused", "a discard listener refuses all of the memory");
    }
    this.#disposed = true;
    if (!this.#tolerant) this.#inhibitor.coordinatedRequire(false);
    this.#held[Symbol.dispose]();
    this.#listeners.end();
  }

  // ---- texts ----------------------------------------------------------------------------

  protected override summarize(): Summary {
    const { address, blockSize, pluggedSize, regionSize, requestedSize } = this;
    const plugged = `${hex(pluggedSize)} of ${hex(requestedSize)} requested bytes plugged`;
    return {
      kind: "VirtioMem",
      name: this.region.name,
      facts: [
        plugged,
        `${hex(regionSize)} bytes at ${hex(address)} in blocks of ${hex(blockSize)}`,
        this.#holds > 0 && "held",
        this.#disposed && "disposed",
      ],
    };
  }

  /** Sizes and addresses in bytes, as texts such as `"0x10"`; which blocks are plugged is left out. */
  toJSON(): object {
    const { address, blockSize, node, pluggedSize, region, regionSize } = this;
    return {
      region: region.name,
      address: hex(address),
      blockSize: hex(blockSize),
      regionSize: hex(regionSize),
      usableRegionSize: hex(this.#usableRegionSize),
      requestedSize: hex(this.#requestedSize),
      pluggedSize: hex(pluggedSize),
      node,
      disposed: this.#disposed,
    };
  }

  // ---- internals ------------------------------------------------------------------------

  /** Runs a change of blocks if they may change at present. */
  #whenReady(change: () => VirtioMemResponse): VirtioMemResponse {
    const { BUSY } = VirtioMemResponse;
    if (this.#holds > 0 || this.#changing || this.manager?.notifying) return BUSY;
    const mayDiscard = !this.#tolerant || !this.#inhibitor.coordinatedRequire(true);
    if (!mayDiscard) return BUSY;
    const before = this.pluggedSize;
    this.#changing = true;
    try {
      return change();
    } finally {
      this.#changing = false;
      if (this.#tolerant) this.#inhibitor.coordinatedRequire(false);
      if (this.pluggedSize !== before) {
        this.#listeners.pluggedSizeChanged(() => this.pluggedSize);
      }
    }
  }

  #unplug(range: BlockRange): VirtioMemResponse {
    this.#blocks.unplug(range);
    return VirtioMemResponse.ACK;
  }

  /** The blocks of a request; `null` when they are not whole, not there or not usable. */
  #usable(address: Address, size: Address): BlockRange | null {
    const [start, bytes] = [exact(address), exact(size)];
    if (this.#disposed || start === null || bytes === null) return null;
    const { blockSize } = this;
    const from = start - this.address;
    const whole = from % blockSize === 0n && bytes % blockSize === 0n;
    if (!whole || from < 0n || bytes <= 0n || from + bytes > this.#usableRegionSize) return null;
    return { from: Number(from / blockSize), to: Number((from + bytes) / blockSize) };
  }

  #guestError(request: string, address: Address, size: Address): VirtioMemResponse {
    const what = `${request} ${hex(address)}+${hex(size)}`;
    this.region.system.log("guest_error", `virtio-mem on ${this.region.name}: ${what} refused`);
    return VirtioMemResponse.ERROR;
  }

  #assertLive(): void {
    if (this.#disposed) throw this.#lifecycle("virtio-mem-disposed", "the device is gone");
  }

  #lifecycle(rule: string, reason: string): LifecycleError {
    const region = this.region.describe();
    return new LifecycleError(`virtio-mem on ${region}: ${reason}`, { rule, region });
  }
}

/** Number that a guest may have sent, `null` for none. */
function exact(value: Address): bigint | null {
  if (typeof value === "bigint") return value;
  return Number.isSafeInteger(value) ? BigInt(value) : null;
}
