/** From requests to devices that can be made: everything that is wrong is found before. */
import { didYouMean } from "../../text/nearest.js";
import { busKind, busPlaces, type BusPlace } from "../bus-places.js";
import {
  isUserCreatable,
  type BusName,
  type DeviceDefinition,
  type PortRange,
  type SettledValues,
} from "../definition.js";
import type { Property } from "./property.js";
import type { DeviceRegistry } from "../registry.js";
import type { DeviceRequest } from "./request.js";

/** A device that can be made. */
export interface SettledDevice extends SettledValues {
  readonly id: string | null;
  /** Slot times 8 plus function, `null` for one that is not on PCI. */
  readonly devfn: number | null;
  /** Number of its place among those of the buses of its kind (0 to 3 of IDE), where they are numbered; else `null`. */
  readonly unit: number | null;
  /** Wording of the request, for messages. */
  readonly option: string;
}

/** Problem of a request. */
export interface DeviceProblem {
  readonly option: string;
  readonly message: string;
}

/** Slots, ports and names that are taken already. */
export interface Occupied {
  /** Places on the PCI bus with their holders' names, by slot times 8 plus function. */
  readonly functions: ReadonlyMap<number, string>;
  /** Ports, with their holders' names. */
  readonly ports: readonly (PortRange & { readonly holder: string })[];
  readonly ids: ReadonlySet<string>;
  /** Numbered places with their holders' names, by bus. */
  readonly units?: UnitHolders;
  /** True to leave open where on its bus a device goes, and whether the bus is there. */
  readonly anyPlace?: boolean;
  /** Devices that are there. */
  readonly devices: readonly SettledValues[];
}

/** Numbered places with their holders' names, by bus. */
export type UnitHolders = ReadonlyMap<BusName, ReadonlyMap<number, string>>;

const SLOTS = 32;
const FUNCTIONS = 8;
const LAST_PORT = 0xffff;

/** Settle `requests`, in their order. All problems are collected. */
export function settleDevices(
  registry: DeviceRegistry,
  requests: readonly DeviceRequest[],
  occupied: Occupied,
): { readonly devices: readonly SettledDevice[]; readonly problems: readonly DeviceProblem[] } {
  const settling = new Settling(registry, occupied);
  // Places that were asked for come before those that any slot may serve.
  const firm = requests.filter(({ addr }) => addr !== undefined);
  for (const request of firm) settling.reserve(request);
  for (const request of requests) settling.add(request);
  return settling;
}

class Settling {
  readonly devices: SettledDevice[] = [];
  readonly problems: DeviceProblem[] = [];
  readonly #registry: DeviceRegistry;
  readonly #occupied: Occupied;
  readonly #functions: Map<number, string>;
  readonly #reserved = new Map<DeviceRequest, number>();
  readonly #ports: (PortRange & { readonly holder: string })[];
  readonly #ids: Set<string>;
  readonly #units: Map<BusName, Map<number, string>>;

  constructor(registry: DeviceRegistry, occupied: Occupied) {
    this.#registry = registry;
    this.#occupied = occupied;
    this.#functions = new Map(occupied.functions);
    this.#ports = [...occupied.ports];
    this.#ids = new Set(occupied.ids);
    this.#units = new Map(
      [...(occupied.units ?? [])].map(([bus, holders]) => [bus, new Map(holders)]),
    );
  }

  /** Take the place that `request` names. */
  reserve(request: DeviceRequest): void {
    const definition = this.#definitionOf(request);
    if (definition?.bus !== "PCI" || request.addr === undefined) return;
    const [, slot = "", fn = "0"] =
      /^(?:0x)?([0-9a-f]{1,2})(?:\.([0-7]))?$/i.exec(request.addr) ?? [];
    const devfn = Number.parseInt(slot, 16) * FUNCTIONS + Number(fn);
    if (slot === "" || devfn >= SLOTS * FUNCTIONS) {
      this.#fail(request, `addr=${request.addr}: a PCI address is SLOT.FUNCTION, 0.0 to 1f.7`);
      return;
    }
    const holder = this.#functions.get(devfn);
    if (holder !== undefined) {
      this.#fail(request, `PCI slot ${slot}, function ${fn} holds ${holder} already`);
      return;
    }
    this.#functions.set(devfn, nameOf(request));
    this.#reserved.set(request, devfn);
  }

  add(request: DeviceRequest): void {
    const definition = this.#definitionOf(request);
    if (definition === null) {
      this.#unknown(request);
      return;
    }
    const before = this.problems.length;
    const values = this.#settleValues(request, definition);
    if (request.id !== undefined) this.#takeId(request, request.id);
    const bus = this.#busOf(request, definition);
    // A second one would be in the first one's way at every port.
    if (this.#isSingle(request, definition)) this.#takePorts(request, definition, values);
    const devfn = definition.bus === "PCI" ? this.#place(request) : null;
    const unit =
      values === null || bus === null ? null : this.#takeUnit(request, definition, values);
    if (request.addr !== undefined && definition.bus !== "PCI") {
      this.#fail(request, "addr= is for devices on the PCI bus");
    }
    if (this.problems.length === before && values !== null) {
      this.devices.push({
        definition,
        values,
        id: request.id ?? null,
        devfn,
        unit,
        option: optionOf(request),
      });
    }
  }

  #fail(request: DeviceRequest, message: string): void {
    this.problems.push({ option: optionOf(request), message });
  }

  #definitionOf({ device }: DeviceRequest): DeviceDefinition | null {
    return typeof device === "string" ? this.#registry.get(device) : device;
  }

  #unknown(request: DeviceRequest): void {
    const names = this.#registry.creatable.map(({ name }) => name);
    const name = nameOf(request);
    this.#fail(request, `there is no device "${name}"${didYouMean(name, names)}`);
  }

  #takeId(request: DeviceRequest, id: string): void {
    if (!/^[A-Za-z][\w.-]*$/.test(id)) {
      this.#fail(request, `id=${id}: a name has letters, digits, - . _ and begins with a letter`);
    } else if (this.#ids.has(id)) {
      this.#fail(request, `there is a device "${id}" already`);
    }
    this.#ids.add(id);
  }

  /** The kind of its bus; `null` when it asks for a bus that there is not, or one of another kind. */
  #busOf({ bus: wanted, ...request }: DeviceRequest, definition: DeviceDefinition): BusName | null {
    const { bus, name } = definition;
    if (wanted === undefined || this.#occupied.anyPlace === true) return bus;
    const kind = busKind(wanted, [...this.#occupied.devices, ...this.devices]);
    if (kind === bus) return bus;
    const problem =
      kind === null ? `Bus '${wanted}' not found` : `Device '${name}' can't go on ${kind} bus`;
    this.#fail(request, problem);
    return null;
  }

  /** True if it is none of which there is one already. */
  #isSingle(request: DeviceRequest, definition: DeviceDefinition): boolean {
    const { single, name } = definition;
    const others = [...this.#occupied.devices, ...this.devices];
    if (single === undefined || !others.some((other) => other.definition.name === name)) {
      return true;
    }
    this.#fail(request, single);
    return false;
  }

  #place(request: DeviceRequest): number | null {
    const reserved = this.#reserved.get(request);
    if (reserved !== undefined || request.addr !== undefined) return reserved ?? null;
    const slot = Array.from({ length: SLOTS }, (_unused, index) => index).find((index) =>
      Array.from({ length: FUNCTIONS }, (_unused, fn) => index * FUNCTIONS + fn).every(
        (devfn) => !this.#functions.has(devfn),
      ),
    );
    if (slot === undefined) {
      this.#fail(request, "every slot of the PCI bus is taken");
      return null;
    }
    this.#functions.set(slot * FUNCTIONS, nameOf(request));
    return slot * FUNCTIONS;
  }

  /** The place on a bus that numbers places; `null` on others, and after a problem. */
  #takeUnit(
    request: DeviceRequest,
    definition: DeviceDefinition,
    values: Readonly<Record<string, unknown>>,
  ): number | null {
    const { bus, name } = definition;
    const places = busPlaces(bus, [...this.#occupied.devices, ...this.devices]);
    if (places === null || this.#occupied.anyPlace === true) return null;
    const taken = this.#units.get(bus) ?? new Map<number, string>();
    this.#units.set(bus, taken);
    if (places.length === 0) {
      this.#fail(request, `No '${bus}' bus found for device '${name}'`);
      return null;
    }
    const wanted = wantedUnit(values);
    const ofBus = places.filter((place) => place.bus === (request.bus ?? place.bus));
    if (ofBus.length === 0) return null;
    const asked = ofBus.filter(({ unit }) => unit === (wanted ?? unit));
    const possible = asked.filter((place) => placeProblem(definition, place) === null);
    const free = possible.find(({ number }) => !taken.has(number));
    const [first] = asked;
    const problem = wanted === null || first === undefined ? null : placeProblem(definition, first);
    if (problem !== null) {
      this.#fail(request, problem);
      return null;
    }
    if (free === undefined) {
      this.#fail(
        request,
        wanted !== null && first !== undefined
          ? `${first.bus} has a unit ${wanted} already (${taken.get(first.number) ?? ""})`
          : wanted !== null
            ? `${ofBus[0]?.bus ?? ""} has no unit ${wanted}`
            : `every place of ${request.bus ?? [...new Set(places.map((place) => place.bus))].join(" and ")} is taken`,
      );
      return null;
    }
    taken.set(free.number, request.id === undefined ? name : `${name} "${request.id}"`);
    return free.number;
  }

  #takePorts(
    request: DeviceRequest,
    definition: DeviceDefinition,
    values: Readonly<Record<string, unknown>> | null,
  ): void {
    if (values === null) return;
    for (const { first, count } of definition.ports?.(values) ?? []) {
      const last = first + count - 1;
      const taken = this.#ports.find(
        (other) => first < other.first + other.count && other.first <= last,
      );
      const range = portsText(first, last);
      if (last > LAST_PORT) {
        this.#fail(request, `${range}: there are ports up to 0xffff`);
      } else if (taken !== undefined) {
        this.#fail(request, `${range} ${count === 1 ? "is" : "are"} ${taken.holder}'s already`);
      }
      this.#ports.push({ first, count, holder: holderOf(request) });
    }
  }

  #settleValues(
    request: DeviceRequest,
    definition: DeviceDefinition,
  ): Readonly<Record<string, unknown>> | null {
    const before = this.problems.length;
    const given = new Map(Object.entries(request.properties ?? {}));
    const values: Record<string, unknown> = {};
    for (const [name, property] of Object.entries(definition.properties)) {
      const value = given.get(name);
      given.delete(name);
      values[name] =
        value === undefined ? property.initial : this.#valueOf(request, name, property, value);
      if (value === undefined && property.initial === undefined && property.kind !== "object") {
        this.#fail(request, `${name}= is missing`);
      }
    }
    const known = Object.keys(definition.properties);
    for (const name of given.keys()) {
      this.#fail(
        request,
        `"${name}" is no property of ${definition.name}${didYouMean(name, known)}`,
      );
    }
    if (this.problems.length > before) return null;
    const settled = definition.settle?.(values, [...this.#occupied.devices, ...this.devices]);
    if (settled !== undefined && "problem" in settled && typeof settled.problem === "string") {
      this.#fail(request, settled.problem);
      return null;
    }
    return settled ?? values;
  }

  #valueOf(
    request: DeviceRequest,
    name: string,
    property: Property<unknown>,
    value: unknown,
  ): unknown {
    if (typeof value === "string" && !(property.type === "str" && property.kind === "value")) {
      try {
        return property.parse(value);
      } catch (error) {
        this.#fail(request, `${name}=${value}: ${error instanceof Error ? error.message : ""}`);
        return undefined;
      }
    }
    if (!property.accepts(value)) {
      this.#fail(request, `${name}=${String(value)}: not a ${property.type}`);
    }
    return value;
  }
}

/** Reason why a device cannot be at a place, `null` where it can. */
function placeProblem(
  definition: DeviceDefinition,
  { unit, holder }: BusPlace<SettledValues>,
): string | null {
  return holder === null ? null : (definition.placeProblem?.(unit, holder) ?? null);
}

/** The place that a device asks for: its unit, its SCSI ID, its number, or its port less one; `null` for any. */
function wantedUnit(values: Readonly<Record<string, unknown>>): number | null {
  const { unit = values["scsi-id"] ?? values["nr"], port } = values;
  if (typeof unit === "number") return unit;
  return typeof port === "string" && /^\d+$/.test(port) ? Number(port) - 1 : null;
}

function portsText(first: number, last: number): string {
  const from = `0x${first.toString(16)}`;
  return first === last ? `I/O port ${from}` : `I/O ports ${from} to 0x${last.toString(16)}`;
}

function nameOf({ device }: DeviceRequest): string {
  return typeof device === "string" ? device : device.name;
}

function holderOf(request: DeviceRequest): string {
  return request.id === undefined ? nameOf(request) : `${nameOf(request)} "${request.id}"`;
}

function optionOf(request: DeviceRequest): string {
  return request.option ?? `device ${nameOf(request)}`;
}

/** True if -device takes a kind, for messages. */
export function whyNotCreatable(definition: DeviceDefinition): string | null {
  return isUserCreatable(definition)
    ? null
    : `"${definition.name}" is soldered to the board: there can be no other one`;
}
