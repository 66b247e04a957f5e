import { checkArgument, type OptionKind, type OptionRefusal, QomObject } from "@mem/qom";
import { ArgumentError, RegionOptionsError } from "./errors.js";

/** A region, as an option or argument. */
export const aRegion: OptionKind = {
  expects: "a MemoryRegion of this machine",
  accepts: (value) => value instanceof QomObject && value.isA("memory-region"),
};

/** An object that regions may belong to. */
export const anOwner: OptionKind = {
  expects: "an object of the machine's tree, or null for none",
  accepts: (value) => value === null || value instanceof QomObject,
};

/** Refuses wrong arguments with an `ArgumentError`. */
export const refuseArgument: OptionRefusal = (message, { rule, option: name }) => {
  throw new ArgumentError(message, { rule, option: name });
};

/** Refuses a wrong description of a region with a `RegionOptionsError` that names the region. */
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

/** @throws ArgumentError unless a call is given a region */
export function checkRegion(region: unknown, call: string): void {
  checkArgument(region, aRegion, call, "the region", refuseArgument);
}
