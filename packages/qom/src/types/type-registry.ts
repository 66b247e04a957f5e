import { TypeConflictError, TypeDefinitionError, UnknownTypeError } from "../errors/index.js";
import { type Ink, inspectCustom, type InspectOptions, outlined } from "../inspect/inspect.js";
import { firstOf } from "../inspect/object-text.js";
import { checkDefinition } from "../node/definitions.js";
import type { ObjectNode } from "../node/object-node.js";
import { builtinTypes, TYPE_INTERFACE, TYPE_OBJECT } from "./builtin-types.js";
import { ObjectClass, seal, type TypeInfo } from "./object-class.js";

/**
 * Types that {@link TypeRegistry.list} leaves out.
 * @see {@link ClassSlot}, whose example lists types
 */
export interface TypeFilter {
  /** Only types that derive from or implement this one. */
  readonly implementing?: string;
  /** Leave out abstract types and interfaces. Default false. */
  readonly instantiable?: boolean;
}

const COMPARED = [
  "abstract",
  "isInterface",
  "classInit",
  "construct",
  "instanceInit",
  "instancePostInit",
  "instanceFinalize",
] as const satisfies readonly (keyof TypeInfo<ObjectNode>)[];

/**
 * The types of one object system. Registering only takes note: a class is made, its parents' first,
 * when somebody first asks for it, so types may be registered in any order.
 * @see {@link ObjectSystem}, whose `types` is one
 */
export class TypeRegistry<O extends ObjectNode> {
  readonly #infos = new Map<string, TypeInfo<O>>();
  readonly #classes = new Map<string, ObjectClass<O>>();
  readonly #pending = new Set<string>();

  constructor() {
    for (const info of builtinTypes<O>()) this.#infos.set(info.name, info);
  }

  /**
   * Registers a type. Registering an equal definition again changes nothing, so that packages
   * sharing an object system need not ask who was first.
   * @throws TypeConflictError when the name is taken by a different definition
   * @throws TypeDefinitionError when the definition contradicts itself
   * @throws QomArgumentError for what is no definition
   */
  register(info: TypeInfo<O>): void {
    checkDefinition(info, "type");
    if (info.name === "") throw new TypeDefinitionError("", "its name is empty");
    const known = this.#infos.get(info.name);
    if (known !== undefined) {
      const field = firstDifference(known, info);
      if (field !== null) throw new TypeConflictError(info.name, field);
      return;
    }
    if (info.isInterface === true) {
      for (const hook of COMPARED.slice(3)) {
        if (info[hook] !== undefined) {
          throw new TypeDefinitionError(info.name, `an interface has no '${hook}'`);
        }
      }
      if ((info.interfaces ?? []).length > 0) {
        throw new TypeDefinitionError(info.name, "an interface derives, it does not implement");
      }
    }
    this.#infos.set(info.name, info);
  }

  /** True if a type of that name is registered. Makes no class. */
  has(name: string): boolean {
    return this.#infos.has(name);
  }

  /**
   * The class of a type, made on first use.
   * @throws UnknownTypeError when the type, a parent or an interface is not registered
   * @throws TypeDefinitionError when parents form a cycle or mix classes and interfaces
   */
  get(name: string): ObjectClass<O> {
    return this.#classes.get(name) ?? this.#make(name, null);
  }

  /** Like {@link get}, but null when no type of that name is registered. */
  tryGet(name: string): ObjectClass<O> | null {
    return this.#infos.has(name) ? this.get(name) : null;
  }

  /** The classes of all registered types that pass the filter, in order of registration. */
  list(filter: TypeFilter = {}): ObjectClass<O>[] {
    const classes = [...this.#infos.keys()].map((name) => this.get(name));
    return classes.filter(
      (klass) =>
        (filter.implementing === undefined || klass.isA(filter.implementing)) &&
        !(filter.instantiable === true && klass.abstract),
    );
  }

  /** Number of types that are registered. */
  get size(): number {
    return this.#infos.size;
  }

  /** `N types`. */
  toString(): string {
    return `${this.size} types`;
  }

  /** Name, parent and interfaces of the types, at most 256. Makes no class. */
  toJSON(): object {
    return firstOf(this.#infos.values()).map((info) => {
      const { name, interfaces = [], abstract = false, isInterface = false } = info;
      return { name, parent: parentName(info), interfaces, abstract, isInterface };
    });
  }

  /** The text that `console.log` shows: how many types, then each with its parent. Makes no class. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return outlined(depth, options, {
      head: (ink) => `${ink("TypeRegistry", "kind")} of ${this}`,
      lines: (ink) => this.#lines(ink),
      total: this.size,
    });
  }

  *#lines(ink: Ink): Generator<string> {
    for (const info of this.#infos.values()) {
      const parent = parentName(info);
      yield `${ink(info.name, "name")}${parent === null ? "" : ink(` < ${parent}`, "faint")}`;
    }
  }

  #make(name: string, usedBy: string | null): ObjectClass<O> {
    const known = this.#classes.get(name);
    if (known !== undefined) return known;
    const info = this.#infos.get(name);
    if (info === undefined) throw new UnknownTypeError(name, usedBy);
    if (this.#pending.has(name)) {
      throw new TypeDefinitionError(name, "it is needed to initialize itself", [...this.#pending]);
    }
    this.#pending.add(name);
    try {
      const klass = new ObjectClass(info, this.#parentOf(info), this.#interfacesOf(info));
      info.classInit?.(klass);
      klass[seal]();
      this.#classes.set(name, klass);
      return klass;
    } finally {
      this.#pending.delete(name);
    }
  }

  #parentOf(info: TypeInfo<O>): ObjectClass<O> | null {
    const isInterface = info.isInterface === true;
    const root = isInterface ? TYPE_INTERFACE : TYPE_OBJECT;
    if (info.name === root) return null;
    const parent = this.#make(info.parent ?? root, info.name);
    if (parent.isInterface !== isInterface) {
      const what = parent.isInterface ? "an interface" : "a class";
      throw new TypeDefinitionError(info.name, `its parent '${parent.name}' is ${what}`, [
        parent.name,
      ]);
    }
    return parent;
  }

  #interfacesOf(info: TypeInfo<O>): ObjectClass<O>[] {
    return (info.interfaces ?? []).map((name) => {
      const face = this.#make(name, info.name);
      if (!face.isInterface) {
        throw new TypeDefinitionError(info.name, `'${name}' is not an interface`, [name]);
      }
      return face;
    });
  }
}

function firstDifference(a: TypeInfo<ObjectNode>, b: TypeInfo<ObjectNode>): string | null {
  if (a === b) return null;
  if (parentName(a) !== parentName(b)) return "parent";
  if ((a.interfaces ?? []).join("\0") !== (b.interfaces ?? []).join("\0")) return "interfaces";
  for (const field of COMPARED) {
    if ((a[field] || undefined) !== (b[field] || undefined)) return field;
  }
  return null;
}

function parentName(info: TypeInfo<ObjectNode>): string | null {
  if (info.name === TYPE_INTERFACE || info.name === TYPE_OBJECT) return null;
  return info.parent ?? (info.isInterface === true ? TYPE_INTERFACE : TYPE_OBJECT);
}
