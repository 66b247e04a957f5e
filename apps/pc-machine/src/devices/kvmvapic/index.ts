/** Ports by which Windows XP's accesses to the local APIC are made faster under KVM. */
import { defineDevice } from "../../device/definition.js";
import type { DeviceContext } from "../../device/context.js";
import { IsaDevice } from "../../device/isa-device.js";

const PORT = 0x7e;
const PORTS = 2;

/** QEMU's `kvmvapic`, without what it is for: there is nothing to make faster here. */
export class Kvmvapic extends IsaDevice {
  constructor(context: DeviceContext) {
    super(context, "kvmvapic");
    const region = context.machine.mmio({
      name: "kvmvapic",
      size: PORTS,
      owner: this.object,
      read: () => 0xffff_ffff,
      write: () => undefined,
    });
    this.mapPorts(PORT, region);
  }

  /** Nothing to forget. */
  override reset(): void {
    // Stateless.
  }
}

/** QEMU's `kvmvapic`. */
export const kvmvapic = defineDevice({
  name: "kvmvapic",
  bus: "System",
  category: "Misc",
  description: "ports of a patch for old guests, which does nothing here",
  userCreatable: false,
  properties: {},
  ports: () => [{ first: PORT, count: PORTS }],
  create: (context) => new Kvmvapic(context),
});
