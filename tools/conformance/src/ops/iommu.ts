import type { IommuTlbEntry } from "@mem/core";
import type { AddressSpace } from "@mem/flat";
import { type IommuEvent, type IommuMemoryRegion, iommuOf, IommuRefusedError } from "@mem/iommu";
import { attrsOf } from "../attributes.js";
import { ScriptedNotifier } from "../devices/scripted-notifier.js";
import { hex } from "../format-number.js";
import type { Harness } from "../harness.js";
import type { OpFields } from "../op-fields.js";
import type { Json } from "../script.js";
import { silent, type OpTable } from "./handler.js";

/** What a refused registration and an unknown attribute answer (-EINVAL). */
const EINVAL = -22;

/** The "IOMMU" section. */
export const iommuOps: OpTable = {
  iommu_map: silent((harness, op) => {
    harness.iommus.get(op.text("mr")).table.add(op.integer("idx", 0), {
      iova: op.address("iova"),
      pa: op.address("pa"),
      size: op.address("size"),
      perm: op.integer("perm"),
      target: harness.spaces.get(op.text("target", "memory")),
    });
  }),
  iommu_unmap: (harness, op) => {
    const { table } = harness.iommus.get(op.text("mr"));
    return { removed: table.remove(op.integer("idx", 0), op.address("iova"), op.address("size")) };
  },
  notifier: (harness, op) => register(harness, op),
  notifier_del: silent((harness, op) => {
    harness.notifiers.take(op.text("id")).unregister();
  }),
  notify: silent((harness, op) => {
    iommu(harness, op).notify(op.integer("idx", 0), event(harness, op));
  }),
  notify_one: silent((harness, op) => {
    const { iommu, notifier } = harness.notifiers.get(op.text("id"));
    iommu.notifyOne(notifier, event(harness, op));
  }),
  unmap_range: silent((harness, op) => {
    harness.notifiers.get(op.text("id")).unmapRange();
  }),
  replay: silent((harness, op) => {
    const { iommu, notifier } = harness.notifiers.get(op.text("id"));
    iommu.replayNotifier(notifier);
  }),
  iommu_info: (harness, op) => {
    const asked = iommu(harness, op);
    return {
      index: asked.attrsToIndex(attrsOf(op)),
      num_indexes: asked.numIndexes(),
      min_page: hex(asked.getMinPageSize()),
      attr: asked.getAttr(0) === undefined ? EINVAL : 0,
    };
  },
};

/** The IOMMU that `mr` names, also through aliases. */
function iommu(harness: Harness, op: OpFields): IommuMemoryRegion {
  const found = iommuOf(harness.regions.get(op.text("mr")));
  if (found === null) throw new TypeError(`region "${op.text("mr")}" is no IOMMU`);
  return found;
}

function register(harness: Harness, op: OpFields): Json {
  const notifier = new ScriptedNotifier(harness, iommu(harness, op), op);
  try {
    notifier.register(harness.regions.get(op.text("mr")));
  } catch (error) {
    if (!(error instanceof IommuRefusedError)) throw error;
    return { ret: EINVAL, error: error.reason };
  }
  harness.notifiers.add(op.text("id"), notifier);
  return { ret: 0, error: null };
}

function event(harness: Harness, op: OpFields): IommuEvent {
  const entry: IommuTlbEntry<AddressSpace> = {
    targetAs: harness.spaces.get(op.text("target", "memory")),
    iova: op.address("iova"),
    translatedAddr: op.address("pa", 0n),
    addrMask: op.address("mask"),
    perm: op.integer("perm", 0),
  };
  return { type: op.integer("type"), entry };
}
