import { addEventfd, GiB, Machine, MiB } from "@mem/flat";

const HOLE = 3 * GiB;
const DEVICES = 0xe000_0000;

/**
 * Guest memory of `size` bytes: up to 3 GiB of it from 0 on, the rest above 4 GiB, and between the
 * two a place for devices.
 *
 * @param {number} size   bytes
 */
export function makeMap(size) {
  const machine = new Machine();
  const system = machine.container({ name: "system", size: 2n ** 48n });
  const ram = machine.ram({ name: "ram", size });
  const low = Math.min(size, HOLE);
  system.addSubregion(0, machine.alias({ name: "low", target: ram, size: low }));
  if (size > low) {
    const high = { name: "high", target: ram, offset: low, size: size - low };
    system.addSubregion(4 * GiB, machine.alias(high));
  }
  const devices = machine.container({ name: "devices", size: 256 * MiB });
  system.addSubregion(DEVICES, devices);
  return { machine, system, devices, memory: machine.addressSpace(system, "memory") };
}

/**
 * Places a device with a doorbell at its first byte: `ring` is called when the guest stores there,
 * and the device is not.
 *
 * @param {ReturnType<typeof makeMap>} map
 * @param {number} offset   where, within the place for devices
 * @param {() => void} ring
 */
export function addDevice({ machine, devices }, offset, ring) {
  const device = machine.mmio({ name: "device", size: 0x1000, read: () => 0, write: () => {} });
  const doorbell = machine.eventNotifier("doorbell");
  doorbell.onSignal(ring);
  addEventfd(device, { addr: 0, notifier: doorbell });
  devices.addSubregion(offset, device);
  return device;
}
