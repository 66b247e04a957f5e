/** Places on buses that number them: IDE, floppy drives, and buses that devices bring. */
import type { BusName, DeviceDefinition } from "./definition.js";

/** A place. */
export interface BusPlace<T extends BusHolder = BusHolder> {
  /** Name of the bus, such as `ide.1`. */
  readonly bus: string;
  /** Its number on that bus, from 0. */
  readonly unit: number;
  /** Its number among the places of all buses of the kind. */
  readonly number: number;
  /** The device that brought the bus, `null` of the board's own. */
  readonly holder: T | null;
}

/** A device that may bring a bus. */
interface BusHolder {
  readonly definition: DeviceDefinition;
  readonly id?: string | null;
}

/** Buses of the board that number their places: the names of each, and how many places it has. */
const SOLDERED: Readonly<
  Partial<Record<BusName, { readonly names: readonly string[]; readonly units: number }>>
> = {
  IDE: { names: ["ide.0", "ide.1"], units: 2 },
  "floppy-bus": { names: ["floppy-bus.0"], units: 2 },
};

/** Buses that devices bring, which number their places. */
const BROUGHT: readonly BusName[] = ["usb-bus", "SCSI", "virtio-serial-bus"];

/** The places on buses of a kind, in order; `null` of one that does not number them. */
export function busPlaces<T extends BusHolder>(
  kind: BusName,
  devices: readonly T[],
): readonly BusPlace<T>[] | null {
  const soldered = SOLDERED[kind];
  if (soldered !== undefined) return numbered(soldered.names, soldered.units);
  if (!BROUGHT.includes(kind)) return null;
  return broughtBuses(kind, devices).flatMap(({ holder, name, first, places }) =>
    Array.from({ length: places }, (_none, unit) => ({
      bus: name,
      unit,
      number: first + unit,
      holder,
    })),
  );
}

/** Buses of the board that do not number their places, by name. */
const PLAIN: Readonly<Record<string, BusName>> = {
  "main-system-bus": "System",
  "pci.0": "PCI",
  "isa.0": "ISA",
  i2c: "i2c-bus",
};

/** The kind of the bus of a name, on the board or brought by `devices`; `null` where there is none. */
export function busKind(name: string, devices: readonly BusHolder[]): BusName | null {
  if (Object.hasOwn(PLAIN, name)) return PLAIN[name] ?? null;
  const kinds: readonly BusName[] = ["IDE", "floppy-bus", ...BROUGHT];
  const holds = (kind: BusName): boolean =>
    busPlaces(kind, devices)?.some(({ bus }) => bus === name) === true;
  return kinds.find(holds) ?? null;
}

/** A bus that a device brought. */
export interface BroughtBus<T extends BusHolder> {
  readonly holder: T;
  /** QEMU's name: `ID.0`, or that of the kind with a number. */
  readonly name: string;
  /** Number of its first place among those of all buses of the kind. */
  readonly first: number;
  readonly places: number;
}

/** The buses of a kind that `devices` brought, in the order of those. */
export function broughtBuses<T extends BusHolder>(
  kind: BusName,
  devices: readonly T[],
): readonly BroughtBus<T>[] {
  const buses: BroughtBus<T>[] = [];
  let first = 0;
  let unnamed = 0;
  for (const holder of devices) {
    const { childBus } = holder.definition;
    if (childBus?.bus !== kind) continue;
    const { id = null } = holder;
    const name = id === null ? `${childBus.name}.${unnamed++}` : `${id}.0`;
    buses.push({ holder, name, first, places: childBus.places });
    first += childBus.places;
  }
  return buses;
}

function numbered(names: readonly string[], units: number): readonly BusPlace<never>[] {
  return names.flatMap((bus, at) =>
    Array.from({ length: units }, (_none, unit) => ({
      bus,
      unit,
      number: at * units + unit,
      holder: null,
    })),
  );
}
