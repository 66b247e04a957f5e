import { internalsOf } from "@mem/core/plumbing";
import { findSection, isPresent } from "@mem/flat";
import { hex, hexBytes, querySize } from "../format-number.js";
import type { Harness } from "../harness.js";
import type { OpFields } from "../op-fields.js";
import type { Json } from "../script.js";
import { sectionFields } from "../sections.js";
import { silent, type OpTable } from "./handler.js";

const region = (harness: Harness, op: OpFields) => harness.regions.get(op.text("mr"));

/** The rest of the "Access" table: what regions are, where they are, and their bytes. */
export const queryOps: OpTable = {
  find: (harness, op) => find(harness, op),
  find_release: silent((harness, op) => {
    harness.finds.take(op.text("id")).unrefUse();
  }),
  present: (harness, op) => isPresent(region(harness, op), op.address("addr")),
  query: (harness, op) => query(harness, op),
  ram_peek: (harness, op) => ({
    data: hexBytes(region(harness, op).ramBytes(op.address("off"), op.address("len"))),
  }),
  ram_poke: silent((harness, op) => {
    const data = op.bytes("data");
    region(harness, op).ramBytes(op.address("off"), data.length).set(data);
  }),
  from_host: (harness, op) => {
    const bytes = region(harness, op).ramBytes(op.address("off"), 1);
    const found = harness.machine.regionOfBytes(bytes);
    return found === null
      ? { mr: null }
      : { mr: harness.regionId(found.region), off: hex(found.offset) };
  },
};

function find(harness: Harness, op: OpFields): Json {
  const section = findSection(region(harness, op), op.address("addr"), op.address("size"));
  if (section === null) return { mr: null };
  const fields = sectionFields(harness, section);
  if (op.has("hold")) {
    section.region.refUse();
    harness.finds.add(op.text("hold"), section.region);
  }
  return fields;
}

function query(harness: Harness, op: OpFields): Json {
  const asked = region(harness, op);
  return {
    size: querySize(asked.size),
    name: internalsOf(asked).label,
    owner: harness.idOf(asked.parent) ?? asked.parent?.canonicalPath() ?? null,
    ram: asked.isRam,
    rom: asked.isRom,
    romd: asked.isRomd,
    ram_device: internalsOf(asked).isRamDevice,
    iommu: internalsOf(asked).iommu !== null,
    mapped: asked.isMapped,
    enabled: asked.enabled,
    addr: hex(asked.addr),
    priority: asked.priority,
    container: harness.idOf(asked.container),
    nonvolatile: asked.nonvolatile,
    flush: internalsOf(asked).watchers.flushCoalesced,
    supports_direct: asked.directRead,
    has_rdm: internalsOf(asked).watchers.ramDiscardManager !== null,
  };
}
