/** The host bridge. */
import type { DeviceObject } from "@mem/core";

import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import { I440fxHostBridge, type I440fxRegions } from "./i440fx.js";

export { I440fxHostBridge };

/** QEMU's `i440FX`. */
export const i440fx = defineDevice({
  name: "i440FX",
  bus: "PCI",
  category: "Controller/Bridge/Hub",
  description: "host bridge: 82440FX, with PAM and SMRAM",
  userCreatable: false,
  properties: {
    regions: property.object<I440fxRegions>({ help: "what it stands between" }),
    host: property.object<DeviceObject>({ help: "its side of the processor" }),
  },
  ports: () => [{ first: 0xcf8, count: 8 }],
  create: (context, { regions, host }) => new I440fxHostBridge(context, regions, host),
});
