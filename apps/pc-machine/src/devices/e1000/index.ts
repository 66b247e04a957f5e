/** The network card. */
import { defineDevice } from "../../device/definition.js";
import { bootIndex } from "../../device/properties/boot-index.js";
import { macAddress } from "../../device/properties/mac-address.js";
import { property } from "../../device/properties/property.js";
import { E1000 } from "./e1000.js";

export { E1000 };

/** QEMU's `e1000`. */
export const e1000 = defineDevice({
  name: "e1000",
  bus: "PCI",
  category: "Network",
  description: "Intel Gigabit Ethernet, an 82540EM",
  documentation:
    "It sends and receives by rings of descriptors, sums up headers and splits long TCP segments. The network is what `-netdev` names; without one its frames go nowhere.",
  properties: {
    mac: macAddress,
    romfile: property.file({
      help: "its option ROM, by which firmware boots; usually iPXE's, where a package put that",
    }),
    ...bootIndex,
    netdev: property.netdev({ help: "ID of the network that it is plugged into" }),
  },
  create: (context, { mac, netdev, romfile }) =>
    new E1000(context, { mac, network: netdev, rom: romfile }),
});
