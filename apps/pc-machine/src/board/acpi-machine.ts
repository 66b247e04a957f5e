/** Contents of a board's ACPI tables: found among its devices. */
import type { AcpiMachine } from "../acpi/machine.js";
import type { PluggedDevice } from "../device/plugged.js";
import { hpet } from "../devices/hpet/index.js";
import { Fdc } from "../devices/isa-fdc/index.js";
import { isaParallel } from "../devices/isa-parallel/index.js";
import { isaSerial } from "../devices/isa-serial/index.js";
import { vmgenid } from "../devices/vmgenid/index.js";
import type { MemoryLayout } from "./memory/memory-layout.js";
import { placeNodes, type PcNuma } from "./memory/numa.js";

/** The board with `devices` and the local APICs of its processors, for its tables. */
export function describeBoard(
  devices: readonly PluggedDevice[],
  apics: readonly { readonly initialId: number }[],
  layout: MemoryLayout,
  numa: PcNuma | null,
): AcpiMachine {
  return {
    below4g: layout.below4g,
    above4g: layout.above4g,
    localApics: apics.map(({ initialId }) => initialId),
    hpet: devices.some(({ definition }) => definition.name === hpet.name),
    serialPorts: devices.flatMap(({ definition, values }) => {
      const { iobase, irq } = values;
      return definition.name === isaSerial.name &&
        typeof iobase === "number" &&
        typeof irq === "number"
        ? { port: iobase, irq }
        : [];
    }),
    parallelPort: devices.some(({ definition }) => definition.name === isaParallel.name),
    floppy: devices.some(({ device }) => device instanceof Fdc && device.drives.some(Boolean)),
    suspend: true,
    generationId: devices.some(({ definition }) => definition.name === vmgenid.name),
    numa: numa === null ? [] : placeNodes(numa, layout),
    distances: numa?.distances ?? null,
  };
}
