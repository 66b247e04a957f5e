import {
  aRegion,
  attributeRows,
  option,
  type OptionKind,
  type OptionTable,
} from "@mem/core/plumbing";

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
    ...inheritedFlags(),
  },
};

/** An option for each attribute that all has which shows in a region. */
function inheritedFlags(): Record<string, OptionKind> {
  const inherited = attributeRows().filter(([, { shows }]) => shows === "below");
  return Object.fromEntries(inherited.map(([name]) => [name, option.flag]));
}
