/** SCSI controllers behind virtio. */
import { defineDevice } from "../../../device/definition.js";
import { property } from "../../../device/properties/property.js";
import { settleVirtio, virtioProperties } from "../transport/virtio-properties.js";
import { VirtioPci } from "../transport/virtio-pci.js";
import { VirtioScsi } from "./virtio-scsi.js";

const TARGETS = 256;
const MOST_QUEUES = 64;
const MOST_ENTRIES = 1024;
const LEAST_ENTRIES = 4;
/** Messages beside those of the queues for requests: of two other queues, and of the configuration. */
const MORE_VECTORS = 3;
const KIND = { name: "virtio-scsi", id: 8, legacyId: 0x1004, classCode: 0x01_0000 } as const;

/** QEMU's `virtio-scsi-pci`. */
export const virtioScsi = defineDevice({
  name: "virtio-scsi-pci",
  alias: "virtio-scsi",
  bus: "PCI",
  category: "Storage",
  description: "SCSI controller behind virtio, for up to 256 drives",
  documentation: "Drives are `-device scsi-hd` and `scsi-cd`; firmware boots from them.",
  childBus: { bus: "SCSI", name: "scsi", places: TARGETS },
  properties: {
    num_queues: property.uint({
      bits: 32,
      max: MOST_QUEUES,
      default: 1,
      help: `queues for requests, 1 to ${MOST_QUEUES}`,
    }),
    virtqueue_size: property.uint({
      bits: 32,
      max: MOST_ENTRIES,
      default: 256,
      help: `entries of each, a power of two from ${LEAST_ENTRIES} to ${MOST_ENTRIES}`,
    }),
    max_sectors: property.uint({
      bits: 32,
      default: 0xffff,
      help: "most sectors of a request, as told",
    }),
    cmd_per_lun: property.uint({
      bits: 32,
      default: 128,
      help: "requests of a drive at a time, as told",
    }),
    ...virtioProperties,
  },
  settle: (values) => {
    const { num_queues: queues, virtqueue_size: entries } = values;
    if (queues === 0) return { problem: "num_queues must be larger than 0" };
    if (entries < LEAST_ENTRIES || !Number.isInteger(Math.log2(entries))) {
      return { problem: `invalid virtqueue_size (${entries}), must be a power of 2` };
    }
    return settleVirtio(values);
  },
  create: (context, values) => {
    const { num_queues: queues, virtqueue_size: queueSize } = values;
    const settings = {
      queues,
      queueSize,
      maxSectors: values.max_sectors,
      commandsPerUnit: values.cmd_per_lun,
    };
    return new VirtioPci(
      context,
      { ...KIND, vectors: queues + MORE_VECTORS },
      values,
      (port) => new VirtioScsi(port, context.clock, settings),
    );
  },
});
