/** Random bytes for the guest, behind virtio. */
import { defineDevice } from "../../../device/definition.js";
import { property } from "../../../device/properties/property.js";
import { hostRandom } from "../../../objects/random-source.js";
import { settleVirtio, virtioProperties } from "../transport/virtio-properties.js";
import { VirtioPci } from "../transport/virtio-pci.js";
import { VirtioRng } from "./virtio-rng.js";

const KIND = {
  name: "virtio-rng",
  id: 4,
  legacyId: 0x1005,
  classCode: 0x00_ff00,
  vectors: 2,
} as const;

/** QEMU's `virtio-rng-pci`. */
export const virtioRng = defineDevice({
  name: "virtio-rng-pci",
  alias: "virtio-rng",
  bus: "PCI",
  category: "Misc",
  description: "random bytes for the guest, behind virtio",
  documentation: "They are the host's, or those of the file of a `-object rng-random`.",
  properties: {
    rng: property.random({
      help: "their source: the ID of a -object rng-...; the host's generator unless given",
    }),
    "max-bytes": property.automatic(
      property.uint({ bits: 64, help: "most bytes in a period; any number unless given" }),
    ),
    period: property.uint({ bits: 32, default: 65_536, help: "the period, in milliseconds" }),
    ...virtioProperties,
  },
  settle: (values) =>
    values.period === 0
      ? { problem: "'period' parameter expects a positive integer" }
      : settleVirtio(values),
  create: (context, values) => {
    const settings = {
      source: values.rng?.() ?? hostRandom,
      maxBytes: values["max-bytes"],
      period: values.period,
    };
    return new VirtioPci(
      context,
      KIND,
      values,
      (port) => new VirtioRng(port, context.clock, settings),
    );
  },
});
