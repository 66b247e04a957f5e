import { Data64 } from "@mem/core";
import {
  checkArgument,
  checkOptions,
  option,
  type OptionTable,
  refuseArgument,
} from "@mem/core/plumbing";
import { anAddressSpace } from "@mem/flat/plumbing";

const CACHE: OptionTable = {
  call: "new MemoryRegionCache",
  optional: { renew: option.flag, onChange: option.callback, marksDirty: option.flag },
};
const A_SPACE = option.orNull(anAddressSpace);

/** @throws ArgumentError for what no cache can be made of */
export function checkCacheCall(space: unknown, isWrite: unknown, options: unknown): void {
  checkArgument(space, A_SPACE, CACHE.call, "the address space", refuseArgument);
  checkArgument(isWrite, option.flag, CACHE.call, "isWrite", refuseArgument);
  checkOptions(options, CACHE, refuseArgument);
}

const HALVES = option.instance("a Data64", () => Data64);

/** @throws ArgumentError for what is no carrier of 64 bits */
export function refuseNoHalves(data: unknown, call: string): void {
  checkArgument(data, HALVES, call, "the carrier", refuseArgument);
}
