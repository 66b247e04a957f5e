/** Disks behind virtio. */
import { defineDevice } from "../../../device/definition.js";
import { bootGeometry } from "../../../device/properties/boot-geometry.js";
import { bootIndex } from "../../../device/properties/boot-index.js";
import {
  driveProblem,
  errorProperties,
  takePolicies,
} from "../../../device/properties/drive-properties.js";
import { property } from "../../../device/properties/property.js";
import { settleVirtio, virtioProperties } from "../transport/virtio-properties.js";
import { VirtioPci } from "../transport/virtio-pci.js";
import { VirtioBlk } from "./virtio-blk.js";

const MOST_QUEUES = 64;
const MOST_ENTRIES = 1024;
const LEAST_ENTRIES = 4;
/** A message for each queue, and one for changes of the configuration. */
const MORE_VECTORS = 1;

const KIND = { name: "virtio-blk", id: 2, legacyId: 0x1001, classCode: 0x01_0000 } as const;

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(value));
}

/** QEMU's `virtio-blk-pci`. */
export const virtioBlk = defineDevice({
  name: "virtio-blk-pci",
  alias: "virtio-blk",
  bus: "PCI",
  category: "Storage",
  description: "disk behind virtio: the fastest that guests with a driver for it have",
  documentation: "Firmware boots from it. `-drive if=virtio` plugs one in.",
  properties: {
    drive: property.drive({ help: "its medium: a drive's ID, or a node's name" }),
    serial: property.text({ default: "", help: "its serial number, up to 20 characters" }),
    ...bootIndex,
    ...bootGeometry,
    cyls: property.uint({ bits: 32, default: 0, help: "cylinders; 0: as it is large" }),
    heads: property.uint({ bits: 32, default: 0, help: "heads, 1 to 255" }),
    secs: property.uint({ bits: 32, default: 0, help: "sectors a track, 1 to 255" }),
    "num-queues": property.uint({
      bits: 16,
      max: MOST_QUEUES,
      default: 1,
      help: `queues for requests, 1 to ${MOST_QUEUES}`,
    }),
    "queue-size": property.uint({
      bits: 16,
      max: MOST_ENTRIES,
      default: 256,
      help: `entries of each, a power of two from ${LEAST_ENTRIES} to ${MOST_ENTRIES}`,
    }),
    "config-wce": property.bool({ default: true, help: "the guest may switch the write cache" }),
    discard: property.bool({ default: true, help: "the guest may say what it no longer needs" }),
    "write-zeroes": property.bool({ default: true, help: "the guest may have zeros written" }),
    ...errorProperties,
    ...virtioProperties,
  },
  settle: (values) => {
    const { cyls, heads, secs, drive } = values;
    const problem = driveProblem(drive);
    if (problem !== null) return { problem };
    if (values["num-queues"] === 0) return { problem: "num-queues property must be larger than 0" };
    const entries = values["queue-size"];
    if (entries < LEAST_ENTRIES || !isPowerOfTwo(entries)) {
      return { problem: `invalid queue-size property (${entries}), must be a power of 2` };
    }
    if (cyls !== 0 || heads !== 0 || secs !== 0) {
      const isWrong = (value: number, most: number): boolean => value < 1 || value > most;
      if (isWrong(cyls, 0xffff)) return { problem: "cyls must be between 1 and 65535" };
      if (isWrong(heads, 0xff)) return { problem: "heads must be between 1 and 255" };
      if (isWrong(secs, 0xff)) return { problem: "secs must be between 1 and 255" };
    }
    return settleVirtio(values);
  },
  create: (context, values) => {
    const { drive, serial, cyls, heads, secs } = values;
    takePolicies(drive, values);
    const queues = values["num-queues"];
    const kind = { ...KIND, vectors: queues + MORE_VECTORS };
    return new VirtioPci(
      context,
      kind,
      values,
      (port) =>
        new VirtioBlk(port, context.clock, {
          drive,
          serial,
          geometry: cyls === 0 ? null : { cylinders: cyls, heads, sectors: secs },
          queues,
          queueSize: values["queue-size"],
          discard: values.discard,
          writeZeroes: values["write-zeroes"],
          switchesCache: values["config-wce"],
        }),
    );
  },
});
