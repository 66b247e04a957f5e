/** The list of devices that can be asked for by name. */
import { PcError } from "../pc-error.js";
import { DEVICE_CATEGORIES, isUserCreatable, type DeviceDefinition } from "./definition.js";

/** Kinds of devices by name. */
export class DeviceRegistry {
  readonly #byName = new Map<string, DeviceDefinition>();
  readonly #byAlias = new Map<string, DeviceDefinition>();

  /** @throws PcError when two have one name */
  constructor(definitions: Iterable<DeviceDefinition>) {
    if (!isIterable(definitions)) {
      throw new PcError("new DeviceRegistry takes a list of what defineDevice answers", {
        rule: "device-definitions",
      });
    }
    for (const definition of definitions) {
      if (this.#byName.has(definition.name)) {
        throw new PcError(`there are two devices "${definition.name}"`, {
          rule: "device-name-taken",
        });
      }
      this.#byName.set(definition.name, definition);
      if (definition.alias !== undefined) this.#byAlias.set(definition.alias, definition);
    }
  }

  /** Every kind, by category and name. */
  get all(): readonly DeviceDefinition[] {
    const rank = ({ category }: DeviceDefinition): number => DEVICE_CATEGORIES.indexOf(category);
    return [...this.#byName.values()].sort(
      (a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1),
    );
  }

  /** Definitions of the devices that can be plugged in. */
  get creatable(): readonly DeviceDefinition[] {
    return this.all.filter(isUserCreatable);
  }

  /** The kind of a name, or of an alias, `null` when there is none. */
  get(name: string): DeviceDefinition | null {
    return this.#byName.get(name) ?? this.#byAlias.get(name) ?? null;
  }

  /** A registry with further kinds. @throws PcError when two have one name */
  with(...definitions: readonly DeviceDefinition[]): DeviceRegistry {
    return new DeviceRegistry([...this.#byName.values(), ...definitions]);
  }
}

function isIterable(value: unknown): boolean {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}
