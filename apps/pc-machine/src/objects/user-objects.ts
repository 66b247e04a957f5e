/** Objects that people and programs add to the machine: `-object`, `object-add`, `object_add`. */
import type { MemoryRegion } from "@mem/core";
import type { Machine } from "@mem/flat";
import { MemError, type QomObject } from "@mem/qom";

import { base64Data } from "../text/base64.js";
import { isIdentifier } from "../text/identifier.js";
import type { MemoryBackend } from "./memory-backend.js";
import { hostRandom, type RandomSource } from "./random-source.js";
import {
  limitsOf,
  OBJECT_TYPES,
  type ObjectProperties,
  type ObjectValue,
  type ValueForm,
} from "./object-types.js";

/** Values of an object's properties, by name. */
export type ObjectValues = Readonly<Record<string, ObjectValue>>;

/** A request about an object that cannot be met; the message is QEMU's. Rule `object`. */
export class UserObjectError extends MemError {
  static override readonly name: string = "UserObjectError";

  constructor(message: string) {
    super(message, { rule: "object" });
  }
}

/** Memory in a file, to be made. */
export interface FileMemory {
  readonly id: string;
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  readonly share: boolean;
  readonly readonly: boolean;
  readonly owner: QomObject;
}

/** Services of the host that objects use. */
export interface ObjectHost {
  /** Memory in a file. @throws UserObjectError when it cannot be had */
  memory(machine: Machine, file: FileMemory): MemoryRegion;
  /** Contents of a file. @throws UserObjectError when it cannot be read */
  read(path: string): Uint8Array;
  /** A file as a source of random bytes. @throws UserObjectError when it cannot be opened */
  random(path: string): RandomSource;
}

const MEMORY_BACKENDS = ["memory-backend-ram", "memory-backend-file"];
/** Bytes of a backend at most: what an address space of a process can be asked for. */
const MOST_BYTES = 2 ** 32;

/** Properties of a type that can be added, `null` of one that cannot. */
export function userObjectTreeProperties(
  type: string,
): readonly { readonly name: string; readonly type: string }[] | null {
  const properties = OBJECT_TYPES.get(type);
  if (properties === undefined) return null;
  return Object.entries(properties).map(([name, { kind }]) => ({ name, type: kind.tree.name }));
}

/** The types that can be added, by name. */
export const USER_OBJECT_TYPES: readonly string[] = [...OBJECT_TYPES.keys()];

/** The properties of a type: `name=<type>`; `null` for no such type. */
export function userObjectProperties(type: string): readonly string[] | null {
  const properties = OBJECT_TYPES.get(type);
  return properties === undefined
    ? null
    : Object.entries(properties).map(([name, { kind }]) => `${name}=<${kind.help}>`);
}

/** The objects below `/objects` that were added. */
export class UserObjects {
  readonly #machine: Machine;
  readonly #byId = new Map<string, QomObject>();
  readonly #memory = new Map<string, MemoryBackend>();
  readonly #secrets = new Map<string, Uint8Array>();
  readonly #random = new Map<string, RandomSource>();
  readonly #iothreads = new Map<string, ObjectValues>();
  readonly #host: ObjectHost;

  /** @param host the host's files; none unless given */
  constructor(machine: Machine, host: Partial<ObjectHost> = {}) {
    this.#machine = machine;
    this.#host = { ...NO_HOST, ...host };
  }

  /** The bytes of the secret `id`, `null` when there is none. */
  secret(id: string): Uint8Array | null {
    return this.#secrets.get(id) ?? null;
  }

  /** The threads for devices, by name, with their properties: none of them ever runs. */
  get iothreads(): ReadonlyMap<string, ObjectValues> {
    return this.#iothreads;
  }

  /** The memory `id`. @throws UserObjectError when there is none, or a device has it */
  memoryFor(id: string, property: string): MemoryBackend {
    const found = this.#memory.get(id);
    if (found === undefined) {
      throw new UserObjectError(
        this.#byId.has(id)
          ? `Invalid parameter type for '${property}', expected: memory-backend`
          : `Device '${id}' not found`,
      );
    }
    if (found.inUse) throw new UserObjectError(`can't use already busy memdev: ${id}`);
    return found;
  }

  /** The source of random bytes `id`. @throws UserObjectError when there is none */
  randomFor(id: string, property: string): RandomSource {
    const found = this.#random.get(id);
    if (found !== undefined) return found;
    throw new UserObjectError(
      this.#byId.has(id)
        ? `Invalid parameter type for '${property}', expected: rng-backend`
        : `Device '${id}' not found`,
    );
  }

  /** Names of all of them, in the order in which they came. */
  get ids(): readonly string[] {
    return [...this.#byId.keys()];
  }

  /** The pieces of memory, the newest first. */
  get memory(): readonly MemoryBackend[] {
    return [...this.#memory.values()].reverse();
  }

  /**
   * Add one.
   * @param request `qom-type`, `id` and the properties
   * @param form how the properties are given
   * @throws UserObjectError when it cannot be had
   */
  add(request: Readonly<Record<string, unknown>>, form: ValueForm): void {
    const { "qom-type": type, id, ...given } = request;
    if (type === undefined) throw new UserObjectError("Parameter 'qom-type' is missing");
    if (id === undefined) throw new UserObjectError("Parameter 'id' is missing");
    const properties = typeof type === "string" ? OBJECT_TYPES.get(type) : undefined;
    if (typeof type !== "string" || properties === undefined) {
      throw new UserObjectError(`Parameter 'qom-type' does not accept value '${String(type)}'`);
    }
    const { limits, ...others } = given;
    const expanded = type === "throttle-group" ? limitsOf(limits) : null;
    const values = valuesOf(
      expanded === null ? given : { ...others, ...expanded },
      properties,
      form,
    );
    if (typeof id !== "string" || !isIdentifier(id)) {
      throw new UserObjectError("Parameter 'id' expects an identifier");
    }
    if (MEMORY_BACKENDS.includes(type)) this.#addMemory(type, id, values);
    else this.#addOther(type, id, values);
  }

  /** Take one out. @throws UserObjectError when there is none */
  remove(id: string): void {
    const object = this.#byId.get(id);
    if (object === undefined) throw new UserObjectError(`object '${id}' not found`);
    if (this.#memory.get(id)?.inUse === true) {
      throw new UserObjectError(`object '${id}' is in use, can not be deleted`);
    }
    this.#byId.delete(id);
    this.#memory.delete(id);
    this.#secrets.delete(id);
    this.#random.delete(id);
    this.#iothreads.delete(id);
    object.unparent();
  }

  #addOther(type: string, id: string, values: ObjectValues): void {
    const path = values["filename"];
    const file = typeof path === "string" ? this.#host.random(path) : null;
    const secret = type === "secret" ? secretOf(values, this.#host) : null;
    this.#create(type, id, values);
    if (secret !== null) this.#secrets.set(id, secret);
    if (file !== null || type === "rng-builtin") this.#random.set(id, file ?? hostRandom);
    if (type === "iothread") this.#iothreads.set(id, values);
  }

  #addMemory(type: string, id: string, values: ObjectValues): void {
    const size = Number(values["size"]);
    if (size <= 0) {
      throw new UserObjectError(`property 'size' of ${type} doesn't take value '${size}'`);
    }
    if (size > MOST_BYTES) throw noMemory();
    const share = values["share"] === true;
    const path = values["mem-path"];
    const object = this.#create(type, id, {});
    try {
      const region =
        typeof path === "string"
          ? this.#host.memory(this.#machine, {
              id,
              path,
              size,
              share,
              readonly: values["readonly"] === true,
              owner: object,
            })
          : this.#machine.ram({ name: id, size, owner: object });
      this.#memory.set(id, { id, size, region, share, inUse: false });
    } catch (error) {
      this.#byId.delete(id);
      object.unparent();
      if (!(error instanceof RangeError)) throw error;
      throw noMemory();
    }
  }

  #create(type: string, id: string, values: ObjectValues): QomObject {
    const { objects } = this.#machine;
    const parent = objects.container("/objects");
    if (parent.findProperty(id) !== null) {
      throw new UserObjectError(
        `attempt to add duplicate property '${id}' to object (type 'container')`,
      );
    }
    objects.types.register({ name: type });
    const object = objects.create(type, { parent, name: id });
    object.unref();
    for (const [name, { kind }] of Object.entries(OBJECT_TYPES.get(type) ?? {})) {
      const held = values[name];
      if (held !== undefined) object.addProperty({ name, type: kind.tree, get: () => held });
    }
    this.#byId.set(id, object);
    return object;
  }
}

/** A machine without files. */
const NO_HOST: ObjectHost = {
  memory: (_machine, { path }) => {
    throw new UserObjectError(`can't open backing store ${path} for guest RAM: there are no files`);
  },
  read: () => {
    throw new UserObjectError("there are no files");
  },
  random: () => hostRandom,
};

/** The bytes that a secret's properties give. @throws UserObjectError where they are none */
function secretOf({ data, file, format, keyid }: ObjectValues, host: ObjectHost): Uint8Array {
  if (keyid !== undefined) throw new UserObjectError("keyid: secrets are not encrypted here");
  if (data !== undefined && file !== undefined) {
    throw new UserObjectError("'file' and 'data' are mutually exclusive");
  }
  if (data === undefined && file === undefined) {
    throw new UserObjectError("Either 'file' or 'data' must be provided");
  }
  const bytes =
    file === undefined ? new TextEncoder().encode(String(data)) : host.read(String(file));
  if (format !== "base64") return bytes;
  const letters = new TextDecoder("latin1").decode(bytes).trim();
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(letters)) {
    throw new UserObjectError("Base64 data contains invalid characters");
  }
  return base64Data(letters);
}

function noMemory(): UserObjectError {
  return new UserObjectError("cannot set up guest memory: Cannot allocate memory");
}

/** @throws UserObjectError for a value of another kind, one that is missing, or a property too many */
function valuesOf(
  given: Readonly<Record<string, unknown>>,
  properties: ObjectProperties,
  form: ValueForm,
): ObjectValues {
  const values: Record<string, ObjectValue> = {};
  for (const [name, { kind, usual, required = false }] of Object.entries(properties)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined) {
      if (required) throw new UserObjectError(`Parameter '${name}' is missing`);
      if (usual !== undefined) values[name] = usual;
      continue;
    }
    const read = form === "json" ? kind.json(value) : kind.text(String(value));
    if (read === null) throw new UserObjectError(kind.expects(name, form, value));
    values[name] = read;
  }
  const extra = Object.keys(given).find((name) => !Object.hasOwn(properties, name));
  if (extra !== undefined) throw new UserObjectError(`Parameter '${extra}' is unexpected`);
  return values;
}
