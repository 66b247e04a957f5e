import { type Address, toAddress } from "../address.js";
import { Data64 } from "../access/data64.js";
import { RegionOptionsError } from "../errors.js";
import type { EventNotifier } from "./notifier.js";
import { compareIoeventfds, type Ioeventfd, matchesIoeventfd } from "../mmio/ioeventfd.js";
import type { MemoryRegion } from "../region/memory-region.js";

/**
 * A write trigger as its creator describes it.
 * @see {@link addEventfd}
 */
export interface EventfdOptions {
  /** Byte offset within the region. */
  readonly addr: Address;
  /** Size of the write in bytes: 1, 2, 4 or 8; 0 (default) matches any. */
  readonly size?: number;
  /** Whether only `data` triggers; needs a size. Default: whether `data` is given. */
  readonly matchData?: boolean;
  /** The value to match, up to 64 bits. */
  readonly data?: Address;
  /** What is signalled. */
  readonly notifier: EventNotifier;
}

/**
 * A write to this location signals the notifier and does not reach the device
 * (`memory_region_add_eventfd`).
 * @throws RegionOptionsError when the size is wrong, or data is to match without a size;
 *   AddressError when the offset or the data do not fit 64 bits.
 * @see the README of `@mem/core`, "Signals"
 * @see the README of `@mem/flat`, "Doorbells"
 */
export function addEventfd(region: MemoryRegion, options: EventfdOptions): void {
  const added = resolve(region, options);
  const { memory } = region;
  memory.transaction(() => {
    const rest = [...region.ioeventfds];
    const at = rest.findIndex((fd) => compareIoeventfds(added, fd) < 0);
    rest.splice(at < 0 ? rest.length : at, 0, added);
    region.ioeventfds = rest;
    if (region.enabled) memory.transactions.touchIoeventfds();
  });
}

/**
 * Removes the first trigger equal to this one (`memory_region_del_eventfd`). Size 0, on either
 * side, equals any size, data and notifier at the same address.
 * @throws RegionOptionsError when there is none.
 * @see the README of `@mem/core`, "Signals"
 */
export function delEventfd(region: MemoryRegion, options: EventfdOptions): void {
  const wanted = resolve(region, options);
  const index = region.ioeventfds.findIndex((fd) => matchesIoeventfd(wanted, fd));
  if (index < 0) {
    throw new RegionOptionsError(`${region.describe()} has no such write trigger`, {
      rule: "no-eventfd",
      region: region.describe(),
      address: wanted.addr,
    });
  }
  const { memory } = region;
  memory.transaction(() => {
    region.ioeventfds = region.ioeventfds.filter((_, i) => i !== index);
    if (region.enabled) memory.transactions.touchIoeventfds();
  });
}

function resolve(region: MemoryRegion, options: EventfdOptions): Ioeventfd {
  region.assertUsable("change a write trigger of");
  const size = options.size ?? 0;
  const matchData = options.matchData ?? options.data !== undefined;
  if (![0, 1, 2, 4, 8].includes(size) || (size === 0 && matchData)) {
    throw new RegionOptionsError(
      `${region.describe()}: a write trigger of ${size} bytes${matchData ? " with data" : ""}`,
      { rule: "eventfd-size", region: region.describe() },
    );
  }
  const data = new Data64();
  data.value64 = toAddress(options.data ?? 0, "data to match", region.describe());
  if (region.ops?.bigEndian && size > 1) data.swap(size);
  return {
    addr: toAddress(options.addr, "trigger offset", region.describe()),
    size,
    matchData,
    data: data.value64,
    notifier: options.notifier,
  };
}
