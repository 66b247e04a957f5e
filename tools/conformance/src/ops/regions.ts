import type { MemoryRegion, RegionOptions } from "@mem/core";
import { scriptedIommu } from "../devices/scripted-iommu.js";
import { MmioStore } from "../devices/mmio-store.js";
import { fillPattern, hex } from "../format-number.js";
import type { Harness } from "../harness.js";
import type { OpFields } from "../op-fields.js";
import type { OpHandler, OpTable } from "./handler.js";

const PAGE = 4096;

/** The "Regions" table: each operation is named after the kind of region that it creates. */
export const regionOps: OpTable = {
  container: creates((harness, op) => harness.machine.container(common(harness, op))),
  ram: creates((harness, op) => filled(harness.machine.ram(ramOptions(harness, op)), op)),
  rom: creates((harness, op) => filled(harness.machine.rom(ramOptions(harness, op)), op)),
  ram_ptr: creates((harness, op) => {
    const memory = callerMemory(op);
    return filled(harness.machine.ram({ ...ramOptions(harness, op), memory }), op);
  }),
  ram_device_ptr: creates((harness, op) => {
    const memory = callerMemory(op);
    return filled(harness.machine.ramDevice({ ...ramOptions(harness, op), memory }), op);
  }),
  resizeable_ram: creates((harness, op) => {
    const region = harness.machine.resizeableRam({
      ...ramOptions(harness, op),
      maxSize: op.address("max"),
      resized: (name, size) => {
        harness.record({ cb: "resized", idstr: name, len: hex(size) });
      },
    });
    return filled(region, op);
  }),
  io: creates((harness, op) => {
    const device = new MmioStore(harness, op);
    return harness.machine.mmio({ ...common(harness, op), ...device.ops(op) });
  }),
  rom_device: creates((harness, op) => {
    const device = new MmioStore(harness, op);
    const options = { ...ramOptions(harness, op), ...device.ops(op) };
    return filled(harness.machine.romDevice(options), op);
  }),
  reservation: creates((harness, op) => harness.machine.reservation(common(harness, op))),
  alias: creates((harness, op) =>
    harness.machine.alias({
      ...common(harness, op),
      target: harness.regions.get(op.text("target")),
      offset: op.address("offset", 0n),
    }),
  ),
  iommu: creates((harness, op) => {
    const iommu = harness.machine.adopt(scriptedIommu(harness, common(harness, op), op));
    return harness.iommus.add(op.text("id"), iommu);
  }),
};

/** An operation that creates a region, makes it known, and answers its path. */
function creates(create: (harness: Harness, op: OpFields) => MemoryRegion): OpHandler {
  return (harness, op) => {
    const region = create(harness, op);
    harness.addRegion(op.text("id"), region);
    return { path: region.canonicalPath() };
  };
}

function common(harness: Harness, op: OpFields): RegionOptions {
  const owner = op.textOrNull("owner");
  return {
    name: op.textOrNull("name"),
    size: op.size("size"),
    owner: owner === null ? null : harness.objects.get(owner),
  };
}

function ramOptions(harness: Harness, op: OpFields) {
  return { ...common(harness, op), migratable: op.flag("migratable") };
}

/** Memory as a caller would bring it: whole pages. */
function callerMemory(op: OpFields): Uint8Array {
  const size = op.integer("size");
  return new Uint8Array(Math.ceil(size / PAGE) * PAGE);
}

/** Fills the region (not the rest of its last page) with the pattern, where there is a seed. */
function filled(region: MemoryRegion, op: OpFields): MemoryRegion {
  if (op.has("seed")) fillPattern(region.ramBytes(0, op.size("size")), op.integer("seed"));
  return region;
}
