/** Devices that come and go: onto their buses, and out of them again. */
import type { Machine } from "@mem/flat";

import { broughtBuses } from "../device/bus-places.js";
import { isHotpluggable, isUserCreatable } from "../device/definition.js";
import { NAMED_DEVICES, PLUGGED_DEVICE } from "../device/device-object.js";
import type { PluggedDevice, UnpluggedDevice } from "../device/plugged.js";
import type { DeviceRequest } from "../device/properties/request.js";
import { settleDevices, type SettledDevice } from "../device/properties/settle.js";
import type { DeviceRegistry } from "../device/registry.js";
import { IdeDrive } from "../devices/ide-drive/index.js";
import { Floppy } from "../devices/isa-fdc/index.js";
import type { HotplugSlots, PciHotplug } from "../devices/piix4-pm/pci-hotplug.js";
import { PcError } from "../pc-error.js";
import type { BoardDevices } from "./board-devices.js";
import { PcOptionsError } from "./errors.js";

/** Parts of the board that take devices, and that are told of them. */
export interface PluggingParts {
  readonly machine: Machine;
  readonly devices: BoardDevices;
  /** The controller of the IDE drives. */
  readonly ide: { attachDrive(unit: number, options: IdeDrive["options"]): void };
  /** The controller of the floppy drives. */
  readonly fdc: { attach(unit: number, drive: Floppy["drive"]): void };
  /** The registers by which the guest learns of devices on the PCI bus. */
  readonly pciHotplug: PciHotplug;
  /** Told of a device that was taken out, when it has gone. */
  unplugged(device: UnpluggedDevice): void;
}

const SLOTS = 32;

/** Plugs devices in and takes them out. */
export class Plugging implements HotplugSlots {
  readonly #parts: PluggingParts;

  constructor(parts: PluggingParts) {
    this.#parts = parts;
  }

  /** Put a device at its place. */
  add({ definition, values, id, devfn, unit }: SettledDevice): PluggedDevice {
    const { devices, ide, fdc } = this.#parts;
    const path = id === null ? PLUGGED_DEVICE : `${NAMED_DEVICES}/${id}`;
    const device = devices.add(definition, values, { id, path, devfn, unit });
    if (unit !== null && device instanceof IdeDrive) ide.attachDrive(unit, device.options);
    if (unit !== null && device instanceof Floppy) fdc.attach(unit, device.drive);
    if (unit !== null) {
      const buses = broughtBuses(definition.bus, devices.all);
      const bus = buses.findLast(({ first }) => first <= unit);
      bus?.holder.device.childBus?.attach(unit - bus.first, device);
    }
    const plugged = devices.all.at(-1);
    if (plugged === undefined) throw new PcError("no device was made", { rule: "device-made" });
    return plugged;
  }

  /** Plug a device in while the machine is there: the guest is told. @throws PcOptionsError when it cannot be */
  plug(request: DeviceRequest, registry: DeviceRegistry): PluggedDevice {
    const { machine, devices, pciHotplug } = this.#parts;
    const { devices: made, problems } = settleDevices(registry, [request], devices.occupied);
    const [settled] = made;
    if (settled === undefined || problems.length > 0) throw new PcOptionsError(problems);
    const { name } = settled.definition;
    if (!isUserCreatable(settled.definition) || !isHotpluggable(settled.definition)) {
      throw refusal(settled.option, `"${name}" cannot be plugged in while the machine is there`);
    }
    return machine.transaction(() => {
      const plugged = this.add(settled);
      plugged.device.reset();
      if (plugged.devfn !== null) pciHotplug.came(plugged.devfn >> 3);
      return plugged;
    });
  }

  /** Take the device of a name out at once. @throws PcOptionsError when there is none, or it stays */
  unplug(id: string): void {
    this.#remove(this.#removableDevice(id));
  }

  /**
   * Ask for the device of a name, or at a path in the object tree, to go: one on the PCI bus goes when the guest
   * ejects it, or at the next reset.
   * @throws PcOptionsError when there is none, it stays, or it was asked for already
   */
  askToUnplug(which: string): void {
    const plugged = this.#removableDevice(which);
    const { pciHotplug } = this.#parts;
    if (plugged.devfn === null) {
      this.#remove(plugged);
      return;
    }
    const slot = plugged.devfn >> 3;
    if (pciHotplug.isAsked(slot)) {
      throw refusal(`device ${which}`, `Device ${which} is already in the process of unplug`);
    }
    pciHotplug.ask(slot);
  }

  removable(): number {
    const fixed = this.#parts.devices.all.filter((device) => !isRemovable(device));
    const held = new Set(fixed.flatMap(({ devfn }) => (devfn === null ? [] : [devfn >> 3])));
    return Array.from({ length: SLOTS }, (_none, slot) => slot).reduce(
      (slots, slot) => (held.has(slot) ? slots : slots | (1 << slot)),
      0,
    );
  }

  eject(slot: number): void {
    for (const plugged of this.#parts.devices.all) {
      const { devfn } = plugged;
      if (devfn !== null && devfn >> 3 === slot && isRemovable(plugged)) this.#remove(plugged);
    }
  }

  #removableDevice(which: string): PluggedDevice {
    const plugged = this.#parts.devices.all.find(
      ({ id, device }) => id === which || device.object?.canonicalPath() === which,
    );
    if (plugged === undefined) throw refusal(`device ${which}`, `there is no device "${which}"`);
    if (!isRemovable(plugged)) {
      throw refusal(`device ${which}`, `"${plugged.definition.name}" cannot be taken out`);
    }
    return plugged;
  }

  /** Take a device out, and before it all that is on a bus that it brought. */
  #remove(plugged: PluggedDevice): void {
    const { machine, devices, unplugged } = this.#parts;
    const gone: UnpluggedDevice[] = [];
    machine.transaction(() => {
      for (const device of [...devices.behind(plugged), plugged]) {
        gone.push(devices.remove(device));
      }
    });
    for (const device of gone) unplugged(device);
  }
}

function isRemovable({ definition }: PluggedDevice): boolean {
  return isUserCreatable(definition) && isHotpluggable(definition);
}

function refusal(option: string, message: string): PcOptionsError {
  return new PcOptionsError([{ option, message }]);
}
