/** Network cards behind virtio. */
import type { DeviceContext } from "../../../device/context.js";
import { defineDevice } from "../../../device/definition.js";
import { bootIndex } from "../../../device/properties/boot-index.js";
import { macAddress } from "../../../device/properties/mac-address.js";
import { property } from "../../../device/properties/property.js";
import { PciConfig, readLe } from "../../../pci/config-space.js";
import {
  settleVirtio,
  virtioProperties,
  type VirtioValues,
} from "../transport/virtio-properties.js";
import { VirtioPci } from "../transport/virtio-pci.js";
import { romFor } from "./option-rom.js";
import { NetFeature, VirtioNet, type VirtioNetSettings } from "./virtio-net.js";

const MOST_ENTRIES = 1024;
const LEAST_ENTRIES = 256;
const KIND = {
  name: "virtio-net",
  id: 1,
  legacyId: 0x1000,
  classCode: 0x02_0000,
  // One for each queue, and one for changes of the configuration.
  vectors: 4,
} as const;

/** The card on PCI, with its option ROM and its cable. */
class VirtioNetPci extends VirtioPci<VirtioNet> {
  constructor(
    context: DeviceContext,
    values: VirtioValues,
    settings: VirtioNetSettings,
    rom: Uint8Array | null,
  ) {
    super(context, KIND, values, (port) => new VirtioNet(port, context.clock, settings));
    if (rom === null) return;
    const device = readLe(this.config, PciConfig.DEVICE_ID, 2);
    this.registerRom(`${this.name}.rom`, romFor(rom, device));
  }

  /** Plug the cable in, or pull it. */
  setLink(up: boolean): void {
    this.model.setLink(up);
  }
}

function feature(help: string): ReturnType<typeof property.bool> {
  return property.bool({ default: true, help });
}

function entries(help: string): ReturnType<typeof property.uint> {
  return property.uint({ bits: 16, max: MOST_ENTRIES, default: 256, help });
}

/** QEMU's `virtio-net-pci`. */
export const virtioNet = defineDevice({
  name: "virtio-net-pci",
  alias: "virtio-net",
  bus: "PCI",
  category: "Network",
  description: "network card behind virtio: the fastest that guests with a driver for it have",
  documentation:
    "The network is what `-netdev` names; without one its frames go nowhere. It sums no headers up and splits no segments: networks of the program take frames as they are on a wire.",
  properties: {
    mac: macAddress,
    romfile: property.file({
      help: "its option ROM, by which firmware boots; usually iPXE's, where a package put that",
    }),
    ...bootIndex,
    netdev: property.netdev({ help: "ID of the network that it is plugged into" }),
    rx_queue_size: entries("entries of the queue of frames that arrive, a power of two from 256"),
    tx_queue_size: entries("entries of the queue of frames that leave, a power of two from 256"),
    ctrl_vq: feature("there is a queue of commands"),
    ctrl_rx: feature("commands choose what is received"),
    ctrl_rx_extra: feature("they have more to choose"),
    ctrl_vlan: feature("commands choose VLANs"),
    ctrl_mac_addr: feature("a command sets the address"),
    ctrl_guest_offloads: feature("a command switches offloads, of which there are none"),
    guest_announce: feature("told of; the guest is never asked to announce itself"),
    mrg_rxbuf: feature("a frame may be in several buffers"),
    status: feature("the driver is told of the cable"),
    ...virtioProperties,
  },
  settle: (values) => {
    for (const name of ["rx_queue_size", "tx_queue_size"] as const) {
      const value = values[name];
      if (value < LEAST_ENTRIES || !Number.isInteger(Math.log2(value))) {
        return {
          problem: `Invalid ${name} (= ${value}), must be a power of 2 between ${LEAST_ENTRIES} and ${MOST_ENTRIES}.`,
        };
      }
    }
    return settleVirtio(values);
  },
  create: (context, values) => {
    const offered = [
      NetFeature.MAC,
      ...(values.mrg_rxbuf ? [NetFeature.MERGE_BUFFERS] : []),
      ...(values.status ? [NetFeature.STATUS] : []),
      ...(values.ctrl_vq ? [NetFeature.CONTROL] : []),
      ...(values.ctrl_rx ? [NetFeature.CONTROL_RECEIVE] : []),
      ...(values.ctrl_rx_extra ? [NetFeature.CONTROL_RECEIVE_EXTRA] : []),
      ...(values.ctrl_vlan ? [NetFeature.CONTROL_VLAN] : []),
      ...(values.ctrl_mac_addr ? [NetFeature.CONTROL_ADDRESS] : []),
      ...(values.ctrl_guest_offloads ? [NetFeature.CONTROL_OFFLOADS] : []),
      ...(values.guest_announce ? [NetFeature.ANNOUNCE] : []),
    ];
    const settings = {
      mac: values.mac,
      network: values.netdev,
      receiveEntries: values.rx_queue_size,
      transmitEntries: values.tx_queue_size,
      features: offered,
    };
    return new VirtioNetPci(context, values, settings, values.romfile);
  },
});
