/** The devices of a board: made from their definitions, mapped, reset, and taken out. */
import { DeviceObject, type MemoryRegion } from "@mem/core";
import type { AddressSpace } from "@mem/flat";

import type { DeviceContext } from "../device/context.js";
import type { BusName, DeviceDefinition } from "../device/definition.js";
import type { Device } from "../device/device.js";
import { broughtBuses } from "../device/bus-places.js";
import type { PluggedDevice, UnpluggedDevice } from "../device/plugged.js";
import type { PropertySchema, PropertyValues } from "../device/properties/property.js";
import { DeviceRange } from "../device/windows/range.js";
import type { Occupied, UnitHolders } from "../device/properties/settle.js";
import { PcError } from "../pc-error.js";
import type { PciBus } from "../pci/pci-bus.js";
import { PciDevice } from "../pci/pci-device.js";

/** Address spaces that devices are mapped into and seen through. */
export interface BoardSpaces {
  readonly io: MemoryRegion;
  /** Memory itself, for devices on the board's own bus. */
  readonly system: MemoryRegion;
  /** Memory of the buses, beneath the RAM. */
  readonly bus: MemoryRegion;
  readonly ioSpace: AddressSpace;
  readonly cpuMemory: AddressSpace;
}

/** The place where a device goes. */
export interface DevicePlace {
  readonly id?: string | null;
  /** Below `/machine`; with what the board itself creates unless given. */
  readonly path?: string;
  readonly devfn?: number | null;
  /** Its number, on a bus that numbers places. */
  readonly unit?: number | null;
}

/** Every device of a board, in the order in which they were made. */
export class BoardDevices {
  readonly #context: DeviceContext;
  readonly #spaces: BoardSpaces;
  readonly #pci: PciBus;
  #all: readonly PluggedDevice[] = [];
  /** Everything that a reset reaches besides the functions on PCI. */
  #resettable: readonly { reset(): void }[] = [];

  constructor(context: DeviceContext, spaces: BoardSpaces, pci: PciBus) {
    this.#context = context;
    this.#spaces = spaces;
    this.#pci = pci;
  }

  get all(): readonly PluggedDevice[] {
    return this.#all;
  }

  /** Make a device, put it on its bus, and map its windows. */
  add<S extends PropertySchema, D extends Device>(
    definition: DeviceDefinition<S, D>,
    values: PropertyValues<S>,
    { id = null, path, devfn = null, unit = null }: DevicePlace = {},
  ): D {
    const context = {
      ...this.#context,
      ...(path === undefined ? {} : { path }),
      ...(id === null ? {} : { id }),
    };
    const device = definition.create(context, values);
    if (devfn !== null) {
      if (!(device instanceof PciDevice)) {
        throw new PcError(`device "${definition.name}" is no PCI device`, { rule: "pci-device" });
      }
      this.#pci.add(device, devfn >> 3, devfn & 7);
    } else {
      this.#resettable = [...this.#resettable, device];
    }
    // A definition for these values is one for any that it settled.
    const plain = definition as unknown as DeviceDefinition;
    const ranges = this.#map(device, this.#memoryOf(plain));
    this.#all = [...this.#all, { definition: plain, values, device, id, devfn, unit, ranges }];
    return device;
  }

  /** Have a reset reach something that is no device. */
  keep<T extends { reset(): void }>(part: T): T {
    this.#resettable = [...this.#resettable, part];
    return part;
  }

  /** The devices on a bus that a device brought. */
  behind(plugged: PluggedDevice): readonly PluggedDevice[] {
    const bus = this.#broughtBy(plugged);
    if (bus === null) return [];
    const { kind, first, places } = bus;
    return this.#all.filter(
      ({ definition, unit }) =>
        definition.bus === kind && unit !== null && unit >= first && unit < first + places,
    );
  }

  /** Take a device out, behind which there is none. */
  remove(plugged: PluggedDevice): UnpluggedDevice {
    const { device, devfn, ranges } = plugged;
    const paths = devicePaths(device);
    for (const range of ranges) range[Symbol.dispose]();
    this.#context.machine.transaction(() => {
      for (const { region } of device.windows ?? []) this.#spaces.io.removeSubregion(region);
      for (const { region } of device.memoryWindows ?? []) {
        this.#memoryOf(plugged.definition).removeSubregion(region);
      }
    });
    const onPci = this.#pci.at(devfn ?? -1);
    if (onPci !== null && onPci === device) this.#pci.remove(onPci);
    this.#resettable = this.#resettable.filter((other) => other !== device);
    this.#renumber(plugged);
    this.#all = this.#all.filter((other) => other !== plugged);
    device.dispose?.();
    for (const object of [device.object, ...(device.moreObjects ?? [])]) object?.unparent();
    return { plugged, paths };
  }

  /** A bus goes: places on those behind it have lower numbers. */
  #renumber(plugged: PluggedDevice): void {
    const bus = this.#broughtBy(plugged);
    if (bus === null) return;
    const { kind, first, places } = bus;
    this.#all = this.#all.map((other) =>
      other.definition.bus === kind && other.unit !== null && other.unit > first
        ? { ...other, unit: other.unit - places }
        : other,
    );
  }

  /** The bus that a device brought: its kind, and its places among those of all buses of the kind. */
  #broughtBy(plugged: PluggedDevice): { kind: BusName; first: number; places: number } | null {
    const { childBus } = plugged.definition;
    if (childBus === undefined) return null;
    const kind = childBus.bus;
    const bus = broughtBuses(kind, this.#all).find(({ holder }) => holder === plugged);
    return bus === undefined ? null : { kind, first: bus.first, places: bus.places };
  }

  /** Ports and names that further devices find taken. */
  get occupied(): Occupied {
    return {
      functions: new Map(
        [...this.#pci.devices()].map((device) => [device.devfn, device.name] as const),
      ),
      ports: this.#all.flatMap(({ definition, values }) =>
        (definition.ports?.(values) ?? []).map((range) => ({ ...range, holder: definition.name })),
      ),
      units: this.#units,
      ids: new Set(this.#all.flatMap(({ id }) => id ?? [])),
      devices: this.#all,
    };
  }

  get #units(): UnitHolders {
    const units = new Map<BusName, Map<number, string>>();
    for (const { definition, unit } of this.#all) {
      if (unit === null) continue;
      const taken = units.get(definition.bus) ?? new Map<number, string>();
      units.set(definition.bus, taken.set(unit, definition.name));
    }
    return units;
  }

  /** Reset everything. */
  reset(): void {
    this.#pci.reset();
    for (const part of this.#resettable) part.reset();
  }

  /** End what watches the devices, and let them go of what is not the machine's. */
  dispose(): void {
    for (const { device, ranges } of this.#all) {
      for (const range of ranges) range[Symbol.dispose]();
      device.dispose?.();
    }
  }

  /** Region that the memory windows of a device are mapped into. */
  #memoryOf({ bus }: DeviceDefinition): MemoryRegion {
    return bus === "System" ? this.#spaces.system : this.#spaces.bus;
  }

  #map(device: Device, memory: MemoryRegion): DeviceRange[] {
    const { io, ioSpace, cpuMemory } = this.#spaces;
    const ranges: DeviceRange[] = [];
    for (const { address, region, priority = 0 } of device.memoryWindows ?? []) {
      memory.addSubregion(address, region, { priority });
      ranges.push(new DeviceRange(region, cpuMemory, () => address));
    }
    for (const { port, region, priority = 0 } of device.windows ?? []) {
      io.addSubregion(port, region, { priority });
      ranges.push(new DeviceRange(region, ioSpace, () => port));
    }
    if (device instanceof PciDevice) {
      for (const bar of device.bars) {
        const space = bar.type === "io" ? ioSpace : cpuMemory;
        ranges.push(new DeviceRange(bar.region, space, () => bar.address));
      }
    }
    return ranges;
  }
}

/** The places of a device's parts that are devices, and last its own. */
function devicePaths({ object }: Device): readonly string[] {
  if (object === null) return [];
  const parts = [...object.children()].filter((part) => part instanceof DeviceObject);
  return [...parts, object].flatMap((one) => one.canonicalPath() ?? []);
}
