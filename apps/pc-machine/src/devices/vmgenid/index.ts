/** The ID of a virtual machine's generation. */
import { defineDevice } from "../../device/definition.js";
import type { Device } from "../../device/device.js";
import { property } from "../../device/properties/property.js";
import { isGenerationId, randomGenerationId } from "./generation-id.js";
import { VmGenId } from "./vmgenid.js";

export { GENERATION_ADDRESS_FILE, GENERATION_ID_FILE, GENERATION_ID_OFFSET } from "./vmgenid.js";

/** The ID of the machine with `devices`, `null` of one that has none. */
export function generationId(devices: readonly { readonly device: Device }[]): string | null {
  for (const { device } of devices) {
    if (device instanceof VmGenId) return device.guid;
  }
  return null;
}

const RANDOM = "auto";

/** QEMU's `vmgenid`. */
export const vmgenid = defineDevice({
  name: "vmgenid",
  bus: "System",
  category: "Misc",
  description: "tells the guest when it is a copy: a generation ID",
  documentation:
    "Firmware puts the ID into memory, an ACPI table says where it is. `query-vm-generation-id` and `info vm-generation-id` tell it.",
  properties: {
    guid: property.text({ default: RANDOM, help: "the ID: a UUID, or auto for a random one" }),
  },
  single: "at most one vmgenid device is permitted",
  settle: ({ guid }) => {
    if (guid === RANDOM) return { guid: randomGenerationId() };
    return isGenerationId(guid) ? { guid } : { problem: `guid=${guid}: neither auto nor a UUID` };
  },
  create: (context, values) => new VmGenId(context, values),
});
