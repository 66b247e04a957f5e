/** A balloon in the guest's memory, behind virtio. */
import { defineDevice } from "../../../device/definition.js";
import type { Device } from "../../../device/device.js";
import { property } from "../../../device/properties/property.js";
import { settleVirtio, virtioProperties } from "../transport/virtio-properties.js";
import { VirtioPci } from "../transport/virtio-pci.js";
import { BALLOON_PAGE_BYTES, VirtioBalloon } from "./virtio-balloon.js";

const KIND = {
  name: "virtio-balloon",
  id: 5,
  legacyId: 0x1002,
  classCode: 0x00_ff00,
  vectors: 0,
} as const;

/** QEMU's `virtio-balloon-pci`. */
export const virtioBalloon = defineDevice({
  name: "virtio-balloon-pci",
  alias: "virtio-balloon",
  bus: "PCI",
  category: "Misc",
  description: "has the guest give up memory, behind virtio",
  documentation: "`balloon` asks for it, and `info balloon` and `query-balloon` tell what is left.",
  single: "Only one balloon device is supported",
  properties: {
    "deflate-on-oom": property.bool({
      default: false,
      help: "the guest may take memory back where it has none left",
    }),
    "page-poison": property.bool({
      default: true,
      help: "the guest may say what it fills free pages with",
    }),
    ...virtioProperties,
  },
  settle: settleVirtio,
  create: (context, values) => {
    const settings = {
      deflateOnOom: values["deflate-on-oom"],
      pagePoison: values["page-poison"],
      changed: () => context.board?.report("balloon"),
    };
    return new VirtioPci(context, KIND, values, (port) => new VirtioBalloon(port, settings));
  },
});

/** A machine that may have a balloon. */
export interface BalloonMachine {
  readonly devices: readonly { readonly device: Device }[];
  /** In bytes. */
  readonly ramSize: number;
}

/** Memory that the guest has not given up, in bytes; `null` where there is no balloon. */
export function memoryLeft(machine: BalloonMachine): number | null {
  const balloon = balloonOf(machine);
  return balloon === null ? null : machine.ramSize - balloon.pages * BALLOON_PAGE_BYTES;
}

/** Ask the guest to have `bytes` left, all that there are at most. @returns false where there is no balloon */
export function askForMemory(machine: BalloonMachine, bytes: number): boolean {
  const balloon = balloonOf(machine);
  const given = machine.ramSize - Math.min(bytes, machine.ramSize);
  balloon?.ask(Math.floor(given / BALLOON_PAGE_BYTES));
  return balloon !== null;
}

function balloonOf({ devices }: BalloonMachine): VirtioBalloon | null {
  for (const { device } of devices) {
    if (device instanceof VirtioPci && device.model instanceof VirtioBalloon) return device.model;
  }
  return null;
}
