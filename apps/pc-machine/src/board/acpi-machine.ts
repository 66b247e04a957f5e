/** What the ACPI tables tell of a board: found among its devices. */
import type { AcpiMachine } from "../acpi/machine.js";
import type { PluggedDevice } from "../device/plugged.js";
import { isaSerial } from "../devices/isa-serial/index.js";
import type { MemoryLayout } from "./memory-layout.js";

/** The board with `devices`, for its tables. */
export function describeBoard(
  devices: readonly PluggedDevice[],
  { below4g }: MemoryLayout,
): AcpiMachine {
  return {
    below4g,
    localApics: [],
    hpet: false,
    serialPorts: devices.flatMap(({ definition, values }) => {
      const { iobase, irq } = values;
      return definition.name === isaSerial.name &&
        typeof iobase === "number" &&
        typeof irq === "number"
        ? { port: iobase, irq }
        : [];
    }),
    parallelPort: false,
    floppy: false,
    suspend: false,
    numa: [],
  };
}
