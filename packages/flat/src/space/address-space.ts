import {
  type Address,
  type IommuTlbEntry,
  LifecycleError,
  MemOp,
  type MemoryRegion,
  type MemorySystem,
  MEMTXATTRS_UNSPECIFIED,
  type MemTxAttrs,
  MemTxResult,
  toAddress,
  toSize,
} from "@mem/core";
import { attemptAll, checkAddress, checkBytes, narrow, systemInternals } from "@mem/core/plumbing";
import { checkCallback, checkDirection, checkFill, checkMapOptions } from "../arguments.js";
import { inspectCustom, type InspectOptions } from "@mem/qom";
import { spaceData, spaceSummary } from "../inspect/space-text.js";
import { inspectSummary } from "../inspect/summary.js";
import type { AccessWindow } from "../view/access-window.js";
import {
  type AddressSpaceOptions,
  type CrossSections,
  checkAddressSpaceOptions,
  checkIdle,
  type TranslationResult,
} from "./options.js";
import { type SpaceControl, SpaceMember } from "./member.js";
import { SpaceRegistry } from "./registry.js";
import { emptyView, type FlatView } from "../view/flat-view.js";
import { iotlbEntry } from "../translation/iotlb.js";
import { endRegistrations, ListenerRegistration } from "../listeners/registration.js";
import type { Mapping } from "../mapping/mapping.js";
import { Mappings } from "../mapping/mappings.js";
import type { MemoryListener } from "../listeners/memory-listener.js";
import { performAccess } from "../access/perform-access.js";
import { translate } from "../translation/translation.js";
import { effectiveRoot } from "../view/view-root.js";
import { WordPort } from "../access/word-port.js";

const FILL_CHUNK = 512;

/** An address space as its machine has it, for packages beside this one. */
export let memberOf: (space: AddressSpace) => SpaceMember;

/** The length of an array of bytes. What is none has no length, and is refused behind the fast path. */
const bytesIn = (buffer: Uint8Array): number =>
  buffer instanceof Uint8Array ? buffer.length : NaN;

/**
 * Memory as one bus master sees it (`AddressSpace`): bus addresses resolved through the region
 * graph below a root. Accesses that a guest can make never throw; they answer `MemTxResult`.
 * Addresses and lengths are in bytes: a `number` below 2^53, or a `bigint`. What is no integer from
 * 0 to 2^64 - 1 throws `AddressError` at every entrance, whatever was accessed before.
 *
 * @example
 * space.store(0x10, 4, 0xcafe);
 * console.log(hex(space.load(0x11, 2))); // prints: 0xca
 * const bytes = new Uint8Array(4);
 * console.log(space.read(0x10, bytes), bytes.join(" ")); // prints: 0 254 202 0 0
 * console.log(space.load(0x8000_0000, 4), space.lastResult); // prints: 0 2
 * @see the guide "Twenty lines to a bus"
 */
export class AddressSpace extends WordPort implements Disposable {
  static {
    memberOf = (space) => space.#member;
  }

  /** Its name, for people and `mtree`. */
  readonly name: string;
  /** The region that it shows. */
  readonly root: MemoryRegion;
  /** The system that it belongs to. */
  readonly system: MemorySystem;
  /** Bytes of bounce buffers that may be mapped at a time. */
  readonly maxBounceBufferSize: number;
  /** The treatment of a load or store that crosses a boundary between two things that show. */
  readonly crossSections: CrossSections;

  readonly #spaces: SpaceRegistry;
  readonly #member: SpaceMember;
  readonly #mappings: Mappings;
  #view: FlatView;
  #destroyed = false;

  /**
   * `address_space_init`: renders the present state below the root, unless it is rendered
   * already for another address space. Fires no callbacks but those of listeners that watch all
   * address spaces (`AddressSpaces.listen`).
   * @throws LifecycleError when the root, or its owner, was finalized; TopologyError when it is of
   *   another system; AddressError when there is a negative room for bounce buffers; ListenerError
   *   when a listener that watches all address spaces throws: then there is no new one.
   */
  constructor(system: MemorySystem, options: AddressSpaceOptions) {
    checkAddressSpaceOptions(system, options);
    super(system, options.crossSections === "split");
    this.system = system;
    this.name = options.name;
    this.root = options.root;
    this.maxBounceBufferSize = options.maxBounceBufferSize ?? 4096;
    this.#spaces = SpaceRegistry.of(system);
    this.#member = new SpaceMember(this, this.#spaces, this.#control());
    this.#mappings = new Mappings(this, (mapping, length) =>
      this.observer?.unmapped(mapping, length),
    );
    this.crossSections = options.crossSections ?? "as-recorded";
    this.root.refUse(`address space ${this.name}`);
    this.#view = this.#spaces.views.acquire(effectiveRoot(this.root));
    this.#spaces.add(this.#member, () => this.#end());
  }

  /** The present view, as of the last commit. */
  override get flatView(): FlatView {
    return this.#view;
  }

  // ---- words ----------------------------------------------------------------------------

  /**
   * The window that holds a bus address (0 to 2^53 - 1); never null, a hole has one too. It may
   * be kept until the next commit, which a listener's `commit` tells.
   * @throws AddressError for what is no address.
   */
  lookup(addr: number): AccessWindow {
    if (this.observer === null) return this.#view.lookup(addr);
    checkAddress(addr);
    return this.observer.lookup(addr);
  }

  /** Loads a byte of an instruction: {@link load}, but traces can tell it apart. */
  fetch(addr: number): number {
    const { observer } = this;
    if (observer !== null) checkAddress(addr);
    if (observer === null || !observer.observes(addr)) return this.load(addr, 1);
    const access = this.beginAccess();
    const { ownData } = access;
    access.word("fetch", addr, MemOp.SIZE_8, ownData, MEMTXATTRS_UNSPECIFIED);
    this.lastResult = performAccess(access);
    return ownData.lo;
  }

  // ---- bytes ----------------------------------------------------------------------------

  /**
   * Reads `into.length` bytes (`address_space_read`). Bytes that failed are 0; those that a
   * memory-only master was refused stay as they are.
   */
  read(addr: Address, into: Uint8Array, attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED): MemTxResult {
    if (typeof addr === "number" && !attrs?.memory && this.observer === null) {
      const window = this.#view.lookup(addr);
      const { bytes, region, last, bias } = window;
      if (bytes !== null && region.directRead && addr + bytesIn(into) - 1 <= last) {
        window.copyTo(into, addr - bias);
        return MemTxResult.OK;
      }
    }
    return this.#readSlowPath(addr, into, attrs);
  }

  /** Writes bytes (`address_space_write`). */
  write(addr: Address, from: Uint8Array, attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED): MemTxResult {
    if (typeof addr === "number" && !attrs?.memory && this.observer === null) {
      const { bytes, region, last, bias } = this.#view.lookup(addr);
      if (bytes !== null && region.plainWrite && addr + bytesIn(from) - 1 <= last) {
        bytes.set(from, addr - bias);
        return MemTxResult.OK;
      }
    }
    return this.#writeSlowPath(addr, from, attrs);
  }

  /** Reads or writes (`address_space_rw`). */
  rw(
    addr: Address,
    bytes: Uint8Array,
    isWrite: boolean,
    attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED,
  ): MemTxResult {
    checkDirection(isWrite);
    return isWrite ? this.write(addr, bytes, attrs) : this.read(addr, bytes, attrs);
  }

  /** Writes RAM and ROM alike, and skips devices: for loaders (`address_space_write_rom`). */
  writeRom(
    addr: Address,
    from: Uint8Array,
    attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED,
  ): MemTxResult {
    checkAddress(addr);
    checkBytes(from, "addressSpace.writeRom");
    return performAccess(this.beginAccess().transfer("writeRom", addr, from, attrs));
  }

  /** Fills `length` bytes with one value, 512 at a time (`address_space_set`). */
  set(
    addr: Address,
    byte: number,
    length: Address,
    attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED,
  ): MemTxResult {
    checkFill(byte);
    const chunk = new Uint8Array(FILL_CHUNK).fill(byte);
    const total = toSize(length, "fill length");
    checkAddress(addr);
    let result: MemTxResult = MemTxResult.OK;
    for (let done = 0n; done < total; done += BigInt(FILL_CHUNK)) {
      const left = total - done;
      const part = left < FILL_CHUNK ? chunk.subarray(0, Number(left)) : chunk;
      result |= this.write(narrow(BigInt.asUintN(64, BigInt(addr) + done)), part, attrs);
    }
    return result;
  }

  // ---- questions ------------------------------------------------------------------------

  /** The place where an access would go (`address_space_translate`). */
  translate(
    addr: Address,
    length: Address,
    isWrite: boolean,
    attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED,
  ): TranslationResult {
    toSize(length, "length");
    const translation = this.beginAccess().inDirection(isWrite, attrs);
    translate(translation, narrow(toAddress(addr, "address")), length);
    return {
      region: translation.region,
      xlat: BigInt(translation.xlat),
      length: BigInt(translation.length),
    };
  }

  /** True if an access of `length` bytes would be accepted (`address_space_access_valid`). */
  accessValid(
    addr: Address,
    length: Address,
    isWrite: boolean,
    attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED,
  ): boolean {
    const bytes = Number(toSize(length, "length"));
    checkAddress(addr);
    const access = this.beginAccess().probe(addr, bytes, isWrite, attrs);
    return performAccess(access) === MemTxResult.OK;
  }

  /** True if an address is answered by a device or nothing, rather than memory. */
  isIo(addr: Address): boolean {
    checkAddress(addr);
    const translation = this.beginAccess().inDirection(false, MEMTXATTRS_UNSPECIFIED);
    translate(translation, addr, 1);
    return !translation.region.isRam && !translation.region.isRomd;
  }

  /** The translation of a page (`address_space_get_iotlb_entry`). */
  iotlbEntry(
    addr: Address,
    isWrite: boolean,
    attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED,
  ): IommuTlbEntry<AddressSpace> {
    checkAddress(addr);
    return iotlbEntry(this, addr, isWrite, attrs);
  }

  // ---- mappings -------------------------------------------------------------------------

  /**
   * Maps guest memory for a transfer in one direction. May map less than asked for; `null` when
   * nothing can be mapped now, and a map client tells when to try again.
   */
  map(
    addr: Address,
    length: Address,
    options: { readonly isWrite: boolean; readonly attrs?: MemTxAttrs },
  ): Mapping | null {
    checkMapOptions(options);
    const { isWrite, attrs = MEMTXATTRS_UNSPECIFIED } = options;
    const wanted = Number(toSize(length, "length"));
    checkAddress(addr);
    if (wanted === 0) return null;
    const translation = this.beginAccess().inDirection(isWrite, attrs);
    translate(translation, addr, wanted);
    const mapping = this.#mappings.map({ addr, wanted, isWrite, attrs }, translation);
    if (mapping) this.observer?.mapped(mapping, attrs);
    return mapping;
  }

  /**
   * Calls `client` once there is room for bounce buffers: soon if there is some already, otherwise
   * when one is released (`address_space_register_map_client`). It is called from the machine's queue
   * (`MemorySystem.schedule`) and may find that the room is not enough: then it asks again, and waits
   * for the next release, if there is anything to be released. What it throws is logged. Disposing
   * the result takes it back, until it is called.
   */
  addMapClient(client: () => void): Disposable {
    checkCallback(client, "addressSpace.addMapClient", "the client");
    return this.#mappings.addClient(client);
  }

  // ---- listeners ------------------------------------------------------------------------

  /**
   * Watches the address space (`memory_listener_register`): the present view is replayed as
   * additions. Disposing the result unregisters. Within callbacks of listeners both wait until
   * these are over, so that whoever joins or leaves was told all of a change, or nothing.
   * @throws LifecycleError for a listener that is registered already or has both kinds of
   *   `logSync`, and after {@link destroy}; ListenerError when the listener throws, which leaves
   *   it unregistered.
   */
  listen(listener: MemoryListener): ListenerRegistration<AddressSpace> {
    this.#assertAlive("watch");
    return new ListenerRegistration<AddressSpace>(this.#spaces, this.#member, this, listener);
  }

  /** Unregisters every listener of this address space alone, lowest priority first. */
  removeListeners(): void {
    endRegistrations(this.#spaces, this.#member.listeners.own);
  }

  // ---- life -----------------------------------------------------------------------------

  /**
   * Ends the address space (`address_space_destroy`). Accesses find nothing there from then on.
   * @throws LifecycleError while it has listeners, mappings or map clients, or a second time.
   */
  destroy(): void {
    this.#assertAlive("destroy");
    checkIdle(this, {
      "mapping(s)": this.#mappings.size,
      "listener(s)": this.#member.listeners.own.length,
      "map client(s)": this.#mappings.clients,
    });
    this.#destroyed = true;
    this.#spaces.listenerErrors.collect(() => {
      this.#spaces.remove(this.#member);
      this.#end();
    });
  }

  #control(): SpaceControl {
    return {
      show: (view) => void (this.#view = view.retain()),
      forget: () => this.forget(),
      observer: () => this.observer,
      observe: (observer) => void (this.observer = observer),
      // With its machine ends all that it gave out; what devices had not written yet is not written.
      end: (onError) => {
        this.observer = null;
        const ends = [() => this.removeListeners(), () => this[Symbol.dispose]()];
        attemptAll([...this.#mappings.unmapAll(), ...ends], onError);
      },
    };
  }

  #end(): void {
    this.#destroyed = true;
    const view = this.#view;
    this.#view = emptyView(this.system);
    this.#member.forget();
    view.release();
    systemInternals(this.system).reclaimer.defer(() =>
      this.root.unrefUse(`address space ${this.name}`),
    );
    systemInternals(this.system).reclaimer.drain();
  }

  /** {@link destroy}, unless it was destroyed already. */
  [Symbol.dispose](): void {
    if (!this.#destroyed) this.destroy();
  }

  /** True if {@link destroy} was called. */
  get isDestroyed(): boolean {
    return this.#destroyed;
  }

  #assertAlive(action: string): void {
    if (this.#destroyed) {
      throw new LifecycleError(`cannot ${action} address space ${this.name}: it was destroyed`, {
        rule: "use-after-destroy",
      });
    }
  }

  #readSlowPath(addr: Address, into: Uint8Array, attrs: MemTxAttrs): MemTxResult {
    checkAddress(addr);
    checkBytes(into, "addressSpace.read");
    return performAccess(this.beginAccess().transfer("read", addr, into, attrs));
  }

  #writeSlowPath(addr: Address, from: Uint8Array, attrs: MemTxAttrs): MemTxResult {
    checkAddress(addr);
    checkBytes(from, "addressSpace.write");
    return performAccess(this.beginAccess().transfer("write", addr, from, attrs));
  }

  /** E.g. `memory (root system, 12 ranges)`. */
  override toString(): string {
    return `${this.name} (root ${this.root.name}, ${this.#view.length} ranges)`;
  }

  /** Its name, its root, and the first 256 ranges of its view as data. */
  toJSON(): object {
    return spaceData(this);
  }

  /** The text that `console.log` shows: a line for each of the first ranges of its view. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return inspectSummary(depth, options, spaceSummary(this));
  }
}
