/** The network card. */
import { defineDevice } from "../../device/definition.js";
import { bootIndex } from "../../device/properties/boot-index.js";
import { property, PropertySyntaxError, type Property } from "../../device/properties/property.js";
import { isBytes } from "../../host/bytes.js";
import { E1000 } from "./e1000.js";

export { E1000 };

/** The first address that QEMU gives. */
const MAC = Uint8Array.of(0x52, 0x54, 0x00, 0x12, 0x34, 0x56);

const macAddress: Property<Uint8Array> = {
  kind: "value",
  type: "macaddr",
  help: "its Ethernet address, six bytes in hexadecimal with colons",
  initial: MAC,
  parse: (text) => {
    if (!/^[0-9a-f]{1,2}([:-][0-9a-f]{1,2}){5}$/i.test(text)) {
      throw new PropertySyntaxError(`"${text}" is no Ethernet address, such as 52:54:00:12:34:56`);
    }
    return Uint8Array.from(text.split(/[:-]/), (part) => Number.parseInt(part, 16));
  },
  accepts: (value) => isBytes(value) && value.length === 6,
  format: (value) =>
    JSON.stringify(Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join(":")),
};

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
