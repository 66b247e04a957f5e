import { ClassSealedError, DuplicatePropertyError, TypeDefinitionError } from "../errors/index.js";
import { type Ink, inspectCustom, type InspectOptions, outlined } from "../inspect/inspect.js";
import { firstOf } from "../inspect/object-text.js";
import { checkDefinition } from "../node/definitions.js";
import { type ObjectNode, type Property, valueProperties } from "../node/object-node.js";
import { LinkProperty, type LinkDefinition } from "../properties/link-property.js";
import { checkPropertyName } from "../properties/names.js";
import { ValueProperty, type PropertyDefinition } from "../properties/value-property.js";
import type { ClassSlot } from "./class-slot.js";

/** Key of the end of a class's init. */
export const seal: unique symbol = Symbol("qom.seal");

/**
 * First argument of an object's constructor: the system it belongs to and its class.
 * @see {@link QomObject}
 */
export interface ObjectInit<O extends ObjectNode> {
  /** The object system the object will live in. */
  readonly objects: O["objects"];
  /** The class it is an instance of; it must be instantiable. */
  readonly klass: ObjectClass<O>;
}

/**
 * The definition of a type (QEMU's `TypeInfo`). Register it with {@link TypeRegistry.register}.
 * @see {@link ObjectSystem}, whose example registers one
 */
export interface TypeInfo<O extends ObjectNode> {
  /** The type's name, such as `"memory-region"`. Non-empty. */
  readonly name: string;
  /** The type it derives from. Default: `"object"`, or `"interface"` for an interface. */
  readonly parent?: string;
  /** An abstract type has no instances of its own. Default false. */
  readonly abstract?: boolean;
  /** Names of the interfaces the class implements, besides those of its parents. */
  readonly interfaces?: readonly string[];
  /** True makes this an interface: no instances, no instance hooks. Default false. */
  readonly isInterface?: boolean;
  /** Runs once per class at its first use, after the parent's. The place for class properties and slots. */
  classInit?(klass: ObjectClass<O>): void;
  /** Makes the JS object. Inherited by derived types; the default makes a plain {@link QomObject}. */
  construct?(init: ObjectInit<O>): O;
  /** Runs on each new object, base to derived. */
  instanceInit?(obj: O): void;
  /** Runs on each new object, base to derived, after every instanceInit. */
  instancePostInit?(obj: O): void;
  /** Runs on each dying object, derived to base, after its properties were released. */
  instanceFinalize?(obj: O): void;
}

/**
 * A type at work (QEMU's `ObjectClass`): what all its instances share. Made by
 * {@link TypeRegistry.get} at the type's first use; immutable once its class init has run.
 * @see {@link ClassSlot}, whose example sets one on a class
 */
export class ObjectClass<O extends ObjectNode> {
  /** The type's name. */
  readonly name: string;
  /** The class it derives from; null for `"object"` and `"interface"`. */
  readonly parent: ObjectClass<O> | null;
  /** The definition it was made from. */
  readonly info: TypeInfo<O>;
  /** Its own and its parents' interfaces, with the interfaces those derive from; no duplicates. */
  readonly interfaces: readonly ObjectClass<O>[];
  /** The chain of classes from the root class down to this one. */
  readonly lineage: readonly ObjectClass<O>[];
  readonly #names: ReadonlySet<string>;
  readonly #properties = new Map<string, Property>();
  readonly #slots = new Map<ClassSlot<never>, unknown>();
  #sealed = false;
  #valueProperties: readonly ValueProperty<unknown>[] = [];

  /** The type registry makes classes. */
  constructor(
    info: TypeInfo<O>,
    parent: ObjectClass<O> | null,
    ownInterfaces: readonly ObjectClass<O>[],
  ) {
    this.name = info.name;
    this.parent = parent;
    this.info = info;
    this.lineage = parent === null ? [this] : [...parent.lineage, this];
    const interfaces = new Set<ObjectClass<O>>(parent?.interfaces ?? []);
    for (const face of ownInterfaces) {
      for (const each of face.lineage) interfaces.add(each);
    }
    this.interfaces = [...interfaces];
    this.#names = new Set([...this.lineage, ...this.interfaces].map((each) => each.name));
  }

  /** True when the type itself has no instances (interfaces have none either). */
  get abstract(): boolean {
    return this.info.abstract === true || this.isInterface;
  }

  /** True for interface types. */
  get isInterface(): boolean {
    return this.info.isInterface === true;
  }

  /** True if this is the named type, derives from it, or implements it (itself or through a parent). */
  isA(typeName: string): boolean {
    return this.#names.has(typeName);
  }

  /**
   * Defines a property that every instance has. Only within classInit.
   * @throws ClassSealedError, DuplicatePropertyError, PropertyNameError, PropertyDefinitionError
   */
  addProperty<T>(definition: PropertyDefinition<T, O>): Property {
    checkDefinition(definition, "property");
    return this.#install(new ValueProperty(definition, () => `${this}`));
  }

  /**
   * Defines a link property that every instance has, each with a target of its own. Only within
   * classInit.
   * @throws ClassSealedError, DuplicatePropertyError, PropertyNameError
   */
  addLink(definition: LinkDefinition<O>): Property {
    checkDefinition(definition, "link");
    return this.#install(new LinkProperty(definition));
  }

  /** The property of that name, the class's own or an inherited one; null when there is none. */
  findProperty(name: string): Property | null {
    for (let klass: ObjectClass<O> | null = this; klass !== null; klass = klass.parent) {
      const found = klass.#properties.get(name);
      if (found !== undefined) return found;
    }
    return null;
  }

  /** The class properties: this class's own in the order they were added, then its parents'. */
  *properties(): Generator<Property, void, undefined> {
    for (let klass: ObjectClass<O> | null = this; klass !== null; klass = klass.parent) {
      yield* klass.#properties.values();
    }
  }

  /** The value in a slot: the class's own or the nearest parent's; undefined when none set it. */
  slot<T>(slot: ClassSlot<T>): T | undefined {
    for (let klass: ObjectClass<O> | null = this; klass !== null; klass = klass.parent) {
      if (klass.#slots.has(slot as unknown as ClassSlot<never>)) {
        return klass.#slots.get(slot as unknown as ClassSlot<never>) as T;
      }
    }
    return undefined;
  }

  /**
   * Sets a slot for this class and those derived from it. Only within classInit.
   * @throws ClassSealedError
   */
  setSlot<T>(slot: ClassSlot<T>, value: T): void {
    if (this.#sealed) throw new ClassSealedError(this.name, `setting slot '${slot.name}'`);
    this.#slots.set(slot as unknown as ClassSlot<never>, value);
  }

  /** `class NAME`, for messages. */
  toString(): string {
    return `class ${this.name}`;
  }

  /** The name, what it derives from and implements, and its properties, at most 256. */
  toJSON(): object {
    return {
      name: this.name,
      lineage: this.lineage.map(({ name }) => name),
      interfaces: this.interfaces.map(({ name }) => name),
      abstract: this.abstract,
      properties: firstOf(this.properties()).map(({ name, type }) => ({ name, type })),
    };
  }

  /** The text that `console.log` shows: the name and what it derives from, then the properties. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return outlined(depth, options, {
      head: (ink) => {
        const [own, ...above] = this.lineage.map(({ name }) => name).reverse();
        const parents = above.map((name) => ` < ${name}`).join("");
        const abstract = this.abstract ? ", abstract" : "";
        return `${ink("ObjectClass", "kind")} ${ink(own ?? "", "name")}${ink(parents, "faint")}${abstract}`;
      },
      lines: (ink) => this.#lines(ink),
    });
  }

  *#lines(ink: Ink): Generator<string> {
    for (const { name, type } of this.properties()) yield `${name} ${ink(type, "faint")}`;
  }

  /** All that a new object has to be given. */
  get [valueProperties](): readonly ValueProperty<unknown>[] {
    return this.#valueProperties;
  }

  /** Ends class init. */
  [seal](): void {
    this.#sealed = true;
    this.#valueProperties = [...this.properties()].filter(
      (property): property is ValueProperty<unknown> => property instanceof ValueProperty,
    );
  }

  #install<P extends Property>(property: P): P {
    const { name } = property;
    if (this.#sealed) throw new ClassSealedError(this.name, `adding property '${name}'`);
    if (this.isInterface) {
      throw new TypeDefinitionError(this.name, "an interface has no properties", [name]);
    }
    checkPropertyName(name, () => `${this}`);
    if (this.findProperty(name) !== null) {
      throw new DuplicatePropertyError(`${this}`, this.name, name);
    }
    this.#properties.set(name, property);
    return property;
  }
}
