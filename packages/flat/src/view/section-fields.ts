import {
  aBigint,
  aFlag,
  anyObject,
  aRegion,
  attributeRows,
  type OptionKind,
  type OptionTable,
  orNull,
} from "@mem/core/plumbing";

/** The fields of a section, as its constructor takes them. */
export const SECTION_FIELDS: OptionTable = {
  call: "new MemoryRegionSection",
  required: {
    region: aRegion,
    offsetWithinRegion: aBigint,
    offsetWithinAddressSpace: aBigint,
    size: aBigint,
  },
  optional: {
    flatView: orNull(anyObject),
    ...inheritedFlags(),
  },
};

/** An option for each attribute that all has which shows in a region. */
function inheritedFlags(): Record<string, OptionKind> {
  const inherited = attributeRows().filter(([, { shows }]) => shows === "below");
  return Object.fromEntries(inherited.map(([name]) => [name, aFlag]));
}
