import type { MemoryRegion } from "@mem/core";
import { MemoryRegionSection } from "@mem/flat";
import {
  BitmapRamDiscardManager,
  DiscardInhibitor,
  hasRamDiscardManager,
  setRamDiscardManager,
  translateIotlb,
} from "@mem/ramdiscard";
import { ScriptedDiscardListener } from "../devices/scripted-discard.js";
import { hex } from "../format-number.js";
import type { Harness } from "../harness.js";
import type { OpFields } from "../op-fields.js";
import type { Json } from "../script.js";
import { sectionFields } from "../sections.js";
import { silent, type OpTable } from "./handler.js";

/** What a replay's callback answers once it has been called often enough. */
const REPLAY_FAILS = -2;

const region = (harness: Harness, op: OpFields) => harness.regions.get(op.text("mr"));
const manager = (harness: Harness, op: OpFields) => harness.discardManagers.get(op.text("rdm"));

/** The "RAM discard" section, and `translate_iotlb`, which minds what is discarded. */
export const ramDiscardOps: OpTable = {
  rdm: (harness, op) => {
    const created = new BitmapRamDiscardManager(region(harness, op), op.address("gran"));
    harness.discardManagers.add(op.text("id"), created);
    return { blocks: created.blocks };
  },
  rdm_set: (harness, op) => {
    const managed = region(harness, op);
    const has = hasRamDiscardManager(managed);
    const wanted = op.has("rdm") ? manager(harness, op) : null;
    return { ret: setRamDiscardManager(managed, wanted), has };
  },
  rdl: (harness, op) => {
    const owner = manager(harness, op);
    const listener = new ScriptedDiscardListener(harness, owner, op);
    harness.discardListeners.add(op.text("id"), listener);
    return { replay_ret: owner.registerListener(listener, sectionOf(owner.region, op)) };
  },
  rdl_del: silent((harness, op) => {
    harness.discardListeners.take(op.text("id")).unregister();
  }),
  rdl_refuse: silent((harness, op) => {
    harness.discardListeners.get(op.text("id")).refuseAll = op.flag("on");
  }),
  rdm_populate: (harness, op) => ({
    ret: manager(harness, op).populate(op.address("offset"), op.address("size")),
  }),
  rdm_discard: silent((harness, op) => {
    manager(harness, op).discard(op.address("offset"), op.address("size"));
  }),
  rdm_query: (harness, op) => {
    const asked = manager(harness, op);
    return {
      populated: asked.isPopulated(sectionOf(asked.region, op)),
      gran: hex(asked.getMinGranularity(asked.region)),
    };
  },
  rdm_replay: (harness, op) => replay(harness, op),
  discard_counter: (harness, op) => {
    const inhibitor = DiscardInhibitor.of(harness.machine);
    const ret = count(inhibitor, op.text("which"), op.flag("on"));
    return { ret, disabled: inhibitor.isDisabled, required: inhibitor.isRequired };
  },
  section_intersect: (harness, op) => {
    const section = new MemoryRegionSection({
      region: harness.machine.unassigned,
      offsetWithinRegion: op.address("off"),
      offsetWithinAddressSpace: op.address("addr"),
      size: op.size("size"),
    });
    const part = section.withinRegion(op.address("r_off"), op.size("r_size"));
    if (part === null) return null;
    return {
      off: hex(part.offsetWithinRegion),
      addr: hex(part.offsetWithinAddressSpace),
      size: hex(part.size),
    };
  },
  translate_iotlb: (harness, op) => {
    const memory = harness.spaces.get("memory");
    const found = translateIotlb(memory, {
      targetAs: memory,
      iova: op.address("iova", 0n),
      translatedAddr: op.address("pa"),
      addrMask: op.address("mask"),
      perm: op.integer("perm"),
    });
    return found.ok
      ? { mr: harness.regionId(found.region), xlat: hex(found.xlat) }
      : { mr: null, error: found.error };
  },
};

function sectionOf(managed: MemoryRegion, op: OpFields): MemoryRegionSection {
  return new MemoryRegionSection({
    region: managed,
    offsetWithinRegion: op.address("offset"),
    offsetWithinAddressSpace: op.address("as_offset", 0n),
    size: op.address("size"),
  });
}

function replay(harness: Harness, op: OpFields): Json {
  const asked = manager(harness, op);
  let callsLeft = op.integer("fail_after", Number.POSITIVE_INFINITY);
  const visit = (part: MemoryRegionSection) => {
    harness.record({ cb: "replay_section", ...sectionFields(harness, part) });
    return callsLeft-- > 0 ? 0 : REPLAY_FAILS;
  };
  const section = sectionOf(asked.region, op);
  const ret = op.flag("populated")
    ? asked.replayPopulated(section, visit)
    : asked.replayDiscarded(section, visit);
  return { ret };
}

function count(inhibitor: DiscardInhibitor, which: string, on: boolean): number {
  switch (which) {
    case "disable":
      return inhibitor.disable(on);
    case "uncoordinated_disable":
      return inhibitor.uncoordinatedDisable(on);
    case "require":
      return inhibitor.require(on);
    case "coordinated_require":
      return inhibitor.coordinatedRequire(on);
    default:
      throw new TypeError(`unknown discard counter "${which}"`);
  }
}
