import { Data64 } from "@mem/core";
import {
  aFlag,
  aFunction,
  aNumber,
  anInstance,
  checkArgument,
  checkOptions,
  type OptionTable,
  orNull,
  refuseArgument,
} from "@mem/core/plumbing";
import { anAddressSpace } from "@mem/flat/plumbing";

const CACHE: OptionTable = {
  call: "new MemoryRegionCache",
  optional: { renew: aFlag, onChange: aFunction, marksDirty: aFlag },
};
const A_SPACE = orNull(anAddressSpace);

/** @throws ArgumentError for what no cache can be made of */
export function checkCacheCall(space: unknown, isWrite: unknown, options: unknown): void {
  checkArgument(space, A_SPACE, CACHE.call, "the address space", refuseArgument);
  checkArgument(isWrite, aFlag, CACHE.call, "isWrite", refuseArgument);
  checkOptions(options, CACHE, refuseArgument);
}

/** @throws ArgumentError for what is no number, where a store leaves the fast paths */
export function checkStored(value: unknown): void {
  checkArgument(value, aNumber, "a store of a cache", "the value", refuseArgument);
}

const HALVES = anInstance("a Data64", () => Data64);

/** @throws ArgumentError for what is no carrier of 64 bits */
export function refuseNoHalves(data: unknown, call: string): void {
  checkArgument(data, HALVES, call, "the carrier", refuseArgument);
}
