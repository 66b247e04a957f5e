import { aRegion, option, type OptionTable } from "@mem/core/plumbing";

/** The fields of a section, as its constructor takes them. */
export const SECTION_FIELDS: OptionTable = {
  call: "new MemoryRegionSection",
  required: {
    region: aRegion,
    offsetWithinRegion: option.wide,
    offsetWithinAddressSpace: option.wide,
    size: option.wide,
  },
  optional: {
    flatView: option.orNull(option.object),
    readonly: option.flag,
    nonvolatile: option.flag,
    unmergeable: option.flag,
  },
};
