import { QomObject } from "@mem/qom";
import { checkArgument, type OptionKind, type OptionRefusal, someBytes } from "@mem/qom/plumbing";
import { ArgumentError, RegionOptionsError } from "./errors.js";

/**
 * A region, as an option or argument.
 * @see {@link MemorySystem}
 */
export const aRegion: OptionKind = {
  /** Words of a message for what is expected. */
  expects: "a MemoryRegion of this machine",
  /** True if a value is one. */
  accepts: (value) => value instanceof QomObject && value.isA("memory-region"),
};

/**
 * An object that regions may belong to.
 * @see {@link MemorySystem}
 */
export const anOwner: OptionKind = {
  /** Words of a message for what is expected. */
  expects: "an object of the machine's tree, or null for none",
  /** True if a value is one. */
  accepts: (value) => value === null || value instanceof QomObject,
};

/**
 * Refuses wrong arguments.
 * @throws ArgumentError always, with the rule and the name of the option
 * @see {@link MemorySystem}
 */
export const refuseArgument: OptionRefusal = (message, { rule, option: name }) => {
  throw new ArgumentError(message, { rule, option: name });
};

/**
 * Refuses a wrong description of a region.
 * @throws RegionOptionsError always, which names the region
 * @see {@link MemorySystem}
 */
export const refuseRegionOptions: OptionRefusal = (message, details) => {
  const { rule, option: name, options } = details;
  const region = nameIn(options);
  const subject = region === undefined ? "" : `${region}: `;
  throw new RegionOptionsError(`${subject}${message}`, { rule, option: name, region });
};

function nameIn(options: unknown): string | undefined {
  if (typeof options !== "object" || options === null || !("name" in options)) return undefined;
  return typeof options.name === "string" && options.name !== "" ? options.name : undefined;
}

/**
 * Refuses what is no buffer.
 * @param call the call as people write it
 * @throws ArgumentError unless a call is given bytes
 * @see {@link MemorySystem}
 */
export function checkBytes(bytes: unknown, call: string): void {
  checkArgument(bytes, someBytes, call, "the buffer", refuseArgument);
}

const A_COUNT: OptionKind = {
  expects: "a number from 0 on",
  accepts: (value) => typeof value === "number" && value >= 0,
};

/**
 * Refuses what is no run of bytes: where it begins and how many there are.
 * @param call the call as people write it
 * @throws ArgumentError unless both are numbers from 0 on
 * @see {@link MemorySystem}
 */
export function checkSpan(offset: unknown, length: unknown, call: string): void {
  checkArgument(offset, A_COUNT, call, "the offset", refuseArgument);
  checkArgument(length, A_COUNT, call, "the length", refuseArgument);
}

/**
 * Refuses what is no region.
 * @param call the call as people write it
 * @throws ArgumentError unless a call is given a region
 * @see {@link MemorySystem}
 */
export function checkRegion(region: unknown, call: string): void {
  checkArgument(region, aRegion, call, "the region", refuseArgument);
}
