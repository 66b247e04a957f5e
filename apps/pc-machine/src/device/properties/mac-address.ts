/** The property of network cards that is their address. */
import { isBytes } from "../../host/bytes.js";
import { PropertySyntaxError, type Property } from "./property.js";

/** The first address that QEMU gives. */
const MAC = Uint8Array.of(0x52, 0x54, 0x00, 0x12, 0x34, 0x56);

/** An Ethernet address, six bytes. */
export const macAddress: Property<Uint8Array> = {
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
