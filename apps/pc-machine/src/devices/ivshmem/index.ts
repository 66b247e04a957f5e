/** Memory that is shared with the host, or with other machines. */
import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import { PcError } from "../../pc-error.js";
import { IvshmemPlain } from "./ivshmem.js";

export { IvshmemPlain };

/** QEMU's `ivshmem-plain`. */
export const ivshmemPlain = defineDevice({
  name: "ivshmem-plain",
  bus: "PCI",
  category: "Misc",
  description: "memory shared with other machines or with programs of the host",
  documentation:
    "BAR 2 shows the memory of `-object memory-backend-file,share=on` (or `-ram`), a power of two; BAR 0 has four registers. There are no interrupts: what brings them (`ivshmem-doorbell`) takes files handed over by a server, which Node cannot receive.",
  properties: {
    memdev: property.memory({ help: "the memory: the ID of a -object memory-backend-..." }),
    master: property.bool({
      default: false,
      help: "accepted without effect: there is no migration",
    }),
  },
  create: (context, { memdev }) => {
    const memory = memdev();
    if (memory.inUse) {
      throw new PcError(`can't use already busy memdev: ${memory.id}`, { rule: "memdev-busy" });
    }
    return new IvshmemPlain(context, memory);
  },
});
