/** Objects that people and programs add to the machine: `-object`, `object-add`, `object_add`. */
import type { MemoryRegion } from "@mem/core";
import type { Machine } from "@mem/flat";
import { MemError, type QomObject } from "@mem/qom";

import { parseSize } from "../text/size.js";
import type { MemoryBackend } from "./memory-backend.js";

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

/** Makes memory in files. @throws UserObjectError when a file cannot be had */
export type MakeFileMemory = (machine: Machine, file: FileMemory) => MemoryRegion;

type Kind = "bool" | "size" | "text";

/** The form of values: JSON, in types of their own, or the texts of `name=value`. */
export type ValueForm = "json" | "text";

/** Properties of every kind of memory. */
const MEMORY = {
  dump: "bool",
  merge: "bool",
  prealloc: "bool",
  share: "bool",
  reserve: "bool",
  size: "size",
} as const;

/** The types, with their properties in the order in which QEMU's schema has them. */
const TYPES: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  "memory-backend-file": {
    ...MEMORY,
    align: "size",
    "discard-data": "bool",
    "mem-path": "text",
    pmem: "bool",
    readonly: "bool",
  },
  "memory-backend-ram": MEMORY,
  "rng-builtin": {},
};
const MEMORY_BACKENDS = ["memory-backend-ram", "memory-backend-file"];
const IDENTIFIER = /^[A-Za-z][A-Za-z0-9_.-]*$/;
/** Bytes of a backend at most: what an address space of a process can be asked for. */
const MOST_BYTES = 2 ** 32;
/** QEMU's words for a value of another kind. */
const EXPECTS: Readonly<Record<ValueForm, Readonly<Record<Kind, (name: string) => string>>>> = {
  json: {
    bool: (name) => `Invalid parameter type for '${name}', expected: boolean`,
    text: (name) => `Invalid parameter type for '${name}', expected: string`,
    size: (name) => `Parameter '${name}' expects uint64`,
  },
  text: {
    bool: (name) => `Parameter '${name}' expects 'on' or 'off'`,
    text: (name) => `Parameter '${name}' expects string`,
    size: (name) => `Parameter '${name}' expects size`,
  },
};
/** Properties that have to be given. */
const REQUIRED: ReadonlySet<string> = new Set(["size", "mem-path"]);

/** Kinds of values, as the object tree names them. */
const TREE_TYPES: Readonly<Record<Kind, string>> = { bool: "bool", size: "int", text: "string" };

/** Properties of a type that can be added, `null` of one that cannot. */
export function userObjectTreeProperties(
  type: string,
): readonly { readonly name: string; readonly type: string }[] | null {
  const properties = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  if (properties === undefined) return null;
  return Object.entries(properties).map(([name, kind]) => ({ name, type: TREE_TYPES[kind] }));
}

/** The types that can be added, by name. */
export const USER_OBJECT_TYPES: readonly string[] = Object.keys(TYPES);

/** The properties of a type: `name=<type>`; `null` for no such type. */
export function userObjectProperties(type: string): readonly string[] | null {
  const properties = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  return properties === undefined
    ? null
    : Object.entries(properties).map(([name, kind]) => `${name}=<${kind}>`);
}

/** The objects below `/objects` that were added. */
export class UserObjects {
  readonly #machine: Machine;
  readonly #byId = new Map<string, QomObject>();
  readonly #memory = new Map<string, MemoryBackend>();
  readonly #files: MakeFileMemory;

  /** @param files makes memory in files; without it there is none */
  constructor(machine: Machine, files: MakeFileMemory = noFiles) {
    this.#machine = machine;
    this.#files = files;
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
    const properties =
      typeof type === "string" && Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
    if (typeof type !== "string" || properties === undefined) {
      throw new UserObjectError(`Parameter 'qom-type' does not accept value '${String(type)}'`);
    }
    const values = valuesOf(given, properties, form);
    if (typeof id !== "string" || !IDENTIFIER.test(id)) {
      throw new UserObjectError("Parameter 'id' expects an identifier");
    }
    if (MEMORY_BACKENDS.includes(type)) this.#addMemory(type, id, values);
    else this.#create(type, id);
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
    object.unparent();
  }

  #addMemory(type: string, id: string, values: Readonly<Record<string, unknown>>): void {
    const size = Number(values["size"]);
    if (size <= 0) {
      throw new UserObjectError(`property 'size' of ${type} doesn't take value '${size}'`);
    }
    if (size > MOST_BYTES) throw noMemory();
    const share = values["share"] === true;
    const path = values["mem-path"];
    const object = this.#create(type, id);
    try {
      const region =
        typeof path === "string"
          ? this.#files(this.#machine, {
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

  #create(type: string, id: string): QomObject {
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
    this.#byId.set(id, object);
    return object;
  }
}

function noFiles(_machine: Machine, { path }: FileMemory): never {
  throw new UserObjectError(`can't open backing store ${path} for guest RAM: there are no files`);
}

function noMemory(): UserObjectError {
  return new UserObjectError("cannot set up guest memory: Cannot allocate memory");
}

/** @throws UserObjectError for a value of another kind, one that is missing, or a property too many */
function valuesOf(
  given: Readonly<Record<string, unknown>>,
  properties: Readonly<Record<string, Kind>>,
  form: ValueForm,
): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries(properties)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined) {
      if (REQUIRED.has(name)) throw new UserObjectError(`Parameter '${name}' is missing`);
      continue;
    }
    const read = form === "json" ? jsonValue(kind, value) : textValue(kind, String(value));
    if (read === null) throw new UserObjectError(EXPECTS[form][kind](name));
    values[name] = read;
  }
  const extra = Object.keys(given).find((name) => !Object.hasOwn(properties, name));
  if (extra !== undefined) throw new UserObjectError(`Parameter '${extra}' is unexpected`);
  return values;
}

/** A value of JSON; `null` for one of another kind. */
function jsonValue(kind: Kind, value: unknown): boolean | number | string | null {
  if (kind === "text") return typeof value === "string" ? value : null;
  if (kind === "bool") return typeof value === "boolean" ? value : null;
  return typeof value === "number" && Number.isInteger(value) ? value : null;
}

/** The value of a text; `null` for nothing of that kind. */
function textValue(kind: Kind, text: string): boolean | number | string | null {
  if (kind === "text") return text;
  if (kind === "size") return parseSize(text, "B");
  if (text === "on" || text === "yes") return true;
  return text === "off" || text === "no" ? false : null;
}
