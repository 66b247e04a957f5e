import {
  aFlag,
  anAddress,
  aNumber,
  anyObject,
  checkOptions,
  described,
  type OptionTable,
} from "@mem/qom/plumbing";
import { type Address, hex, toAddress } from "../address.js";
import { Data64 } from "../access/data64.js";
import { checkRegion } from "../arguments.js";
import { RegionOptionsError } from "../errors.js";
import type { EventNotifier } from "./notifier.js";
import {
  compareIoeventfds,
  firstIoeventfd,
  type Ioeventfd,
  matchesIoeventfd,
} from "../mmio/ioeventfd.js";
import { internalsOf, type MemoryRegion } from "../region/memory-region.js";

/**
 * A write trigger as its creator describes it.
 * @see {@link addEventfd}
 */
export interface EventfdOptions {
  /** Byte offset within the region. */
  readonly addr: Address;
  /** Size of the write in bytes: 1, 2, 4 or 8; 0 (default) matches any. */
  readonly size?: number;
  /** True if only `data` triggers; needs a size. Default: true where `data` is given. */
  readonly matchData?: boolean;
  /** The value to match, up to 64 bits. */
  readonly data?: Address;
  /** Notifier that is signalled. */
  readonly notifier: EventNotifier;
  /**
   * Takes a trigger that can never fire, as QEMU does, which listeners hear of all the same: in
   * memory, in an alias or container, beyond the end, of a size that the device never takes, or with
   * data wider than its size. Default false: it is refused.
   */
  readonly allowUnreachable?: boolean;
}

/**
 * A write to this location signals the notifier and does not reach the device
 * (`memory_region_add_eventfd`).
 * @throws RegionOptionsError when the size is wrong, data is to match without a size or is wider
 *   than it, and for a trigger that can never fire, see {@link EventfdOptions.allowUnreachable};
 *   AddressError when the offset or the data do not fit 64 bits.
 *
 * @example
 * const doorbell = machine.eventNotifier("doorbell");
 * const regs = machine.mmio({ name: "regs", size: 0x100, write: () => console.log("not reached") });
 * system.addSubregion(0x9000_0000, regs);
 * addEventfd(regs, { addr: 0x50, size: 2, data: 1, notifier: doorbell });
 * space.store(0x9000_0050, 2, 1);
 * console.log(doorbell.take()); // prints: 1
 */
export function addEventfd(region: MemoryRegion, options: EventfdOptions): void {
  checkRegion(region, "addEventfd");
  const added = resolve(region, options);
  if (options.allowUnreachable !== true) checkReceives(region, added);
  const { system } = internalsOf(region);
  system.transaction(() => {
    const list = ownList(region);
    list.splice(
      firstIoeventfd(list, (fd) => compareIoeventfds(added, fd) < 0),
      0,
      added,
    );
    if (region.enabled) system.transactions.touchIoeventfds({ region, fd: added, added: true });
  });
}

/**
 * Removes the first trigger equal to this one (`memory_region_del_eventfd`). Size 0, on either
 * side, equals any size, data and notifier at the same address.
 * @throws RegionOptionsError when there is none.
 */
export function delEventfd(region: MemoryRegion, options: EventfdOptions): void {
  checkRegion(region, "delEventfd");
  const wanted = resolve(region, options);
  const list = ownList(region);
  const { addr } = wanted;
  let index = firstIoeventfd(list, (fd) => fd.addr >= addr);
  while (list[index]?.addr === addr && !isMatch(wanted, list[index])) index++;
  const removed = list[index];
  if (removed?.addr !== addr) {
    throw new RegionOptionsError(`${region.describe()} has no such write trigger`, {
      rule: "no-eventfd",
      region: region.describe(),
      address: wanted.addr,
    });
  }
  const { system } = internalsOf(region);
  system.transaction(() => {
    // Beginning a transaction may have delivered writes, and devices changed the list.
    const at = list.indexOf(removed, Math.max(index - 1, 0));
    list.splice(at < 0 ? list.indexOf(removed) : at, 1);
    if (region.enabled) system.transactions.touchIoeventfds({ region, fd: removed, added: false });
  });
}

const isMatch = (wanted: Ioeventfd, fd: Ioeventfd | undefined): boolean =>
  fd !== undefined && matchesIoeventfd(wanted, fd);

/** The triggers of a region, to be changed in place: thousands of them are added one by one. */
function ownList(region: MemoryRegion): Ioeventfd[] {
  const own = internalsOf(region);
  if (own.watchers.ioeventfds.length === 0) own.ownWatchers.ioeventfds = [];
  return own.watchers.ioeventfds as Ioeventfd[];
}

const TRIGGER: OptionTable = {
  call: "write trigger",
  required: {
    addr: anAddress,
    notifier: /* @__PURE__ */ described(anyObject, "what machine.eventNotifier() made"),
  },
  optional: {
    size: aNumber,
    matchData: aFlag,
    data: anAddress,
    allowUnreachable: aFlag,
  },
};

function resolve(region: MemoryRegion, options: EventfdOptions): Ioeventfd {
  internalsOf(region).assertUsable("change a write trigger of");
  const name = region.describe();
  checkOptions(options, TRIGGER, (message, { rule, option: at }) => {
    throw new RegionOptionsError(`${name}: ${message}`, { rule, option: at, region: name });
  });
  const refuse = (rule: string, why: string): never => {
    throw new RegionOptionsError(`${name}: ${why}`, { rule, region: name });
  };
  const size = options.size ?? 0;
  const matchData = options.matchData ?? options.data !== undefined;
  if (size === 0 && matchData) {
    refuse("eventfd-size", "a write trigger that matches data needs the size of the write");
  }
  if (![0, 1, 2, 4, 8].includes(size)) {
    refuse("eventfd-size", `a write trigger of ${size} bytes: it has 1, 2, 4 or 8, or 0 for any`);
  }
  const addr = toAddress(options.addr, "trigger offset", name);
  const data = new Data64();
  data.value64 = toAddress(options.data ?? 0, "data to match", name);
  if (matchData && options.allowUnreachable !== true && data.value64 >> BigInt(8 * size) !== 0n) {
    refuse("eventfd-data", `data ${hex(data.value64)} never matches a write of ${size} bytes`);
  }
  if (internalsOf(region).ops?.bigEndian && size > 1) data.swap(size);
  return { addr, size, matchData, data: data.value64, notifier: options.notifier };
}

/** Writes that can match end in devices: not in memory, in what only shows others, or beyond the end. */
function checkReceives(region: MemoryRegion, { addr, size }: Ioeventfd): void {
  const name = region.describe();
  const refuse = (why: string, other?: string): never => {
    throw new RegionOptionsError(`${name}: ${why}, so that the trigger would never fire`, {
      rule: "eventfd-unreachable",
      region: name,
      other,
      address: addr,
    });
  };
  if (region.isRam) refuse("it is memory, whose writes are never compared with triggers");
  const { ops, terminates } = internalsOf(region);
  if (terminates) {
    if (addr + BigInt(size || 1) > region.size) {
      refuse(`a write at ${hex(addr)} leaves its ${hex(region.size)} bytes`);
    }
    if (ops && size !== 0 && ops.validMax !== 0 && (size > ops.validMax || size < ops.validMin)) {
      refuse(`it takes writes of ${ops.validMin || 1} to ${ops.validMax} bytes, not of ${size}`);
    }
    return;
  }
  const { alias } = region;
  if (!alias) refuse("it is a container: writes end in devices in it");
  else {
    const target = alias.describe();
    refuse(`it is an alias: writes end in ${target}, at ${hex(addr + region.aliasOffset)}`, target);
  }
}
