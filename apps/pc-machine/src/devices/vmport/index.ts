/** VMware's back door. */
import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import { VmPort, VMPORT_PORT } from "./vmport.js";

export { VmPort } from "./vmport.js";

const MS_TO_US = 1000;

/** QEMU's `vmport`. */
export const vmport = defineDevice({
  name: "vmport",
  bus: "ISA",
  category: "Misc",
  description: "a port at which guests ask the machine about itself",
  userCreatable: false,
  properties: {
    "x-read-set-eax": property.bool({ default: true, help: "OUT, and IN of AL, set EAX" }),
    "x-signal-unsupported-cmd": property.bool({
      default: true,
      help: "EAX tells that a question has no answer",
    }),
    "x-report-vmx-type": property.bool({ default: true, help: "the version comes with a product" }),
    "x-cmds-v2": property.bool({ default: true, help: "questions of UUID, time and processors" }),
    "vmware-vmx-version": property.uint({ bits: 32, default: 6, help: "the version it tells" }),
    "vmware-vmx-type": property.uint({ bits: 8, default: 2, help: "the product it tells" }),
    "ram-size": property.object<number>({ default: 0, help: "bytes of RAM" }),
    uuid: property.object<Uint8Array>({ default: new Uint8Array(16), help: "the machine's UUID" }),
  },
  ports: () => [{ first: VMPORT_PORT, count: 1 }],
  create: (context, values) =>
    new VmPort(context, {
      ramSize: values["ram-size"],
      uuid: values.uuid,
      version: values["vmware-vmx-version"],
      product: values["vmware-vmx-type"],
      setsEax: values["x-read-set-eax"],
      tellsUnknown: values["x-signal-unsupported-cmd"],
      tellsProduct: values["x-report-vmx-type"],
      allCommands: values["x-cmds-v2"],
      nowUs: () => Math.floor(Date.now() * MS_TO_US),
    }),
});
