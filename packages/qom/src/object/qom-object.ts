import {
  AbstractTypeError,
  AliasCycleError,
  ForeignObjectError,
  PropertyNameError,
  PropertyValueError,
  ReferenceOwnershipError,
  ReferenceUnderflowError,
  ResurrectionError,
} from "../errors/index.js";
import { inspectCustom, type InspectOptions, outlined } from "../inspect/inspect.js";
import { objectData, objectOutline } from "../inspect/object-text.js";
import { attachChild, detachChild } from "../lifecycle/composition.js";
import { holdersOf } from "../lifecycle/holders.js";
import { Reference } from "../lifecycle/reference.js";
import { addHolder, removeHolder } from "../lifecycle/references.js";
import { anObject, checkDefinition, checkInit, refuse } from "../node/definitions.js";
import {
  internals,
  type ObjectNode,
  ObjectState,
  operations,
  Phase,
  type Property,
  runHook,
} from "../node/object-node.js";
import { checkAlive } from "../node/usable.js";
import { checkArgument } from "../options/check-options.js";
import { aText } from "../options/kinds.js";
import { canonicalPath, describe } from "../path/canonical-path.js";
import { requireProperty, requireReadable, requireWritable } from "../properties/access.js";
import { AliasProperty, type AliasDefinition } from "../properties/alias-property.js";
import { ChildProperty } from "../properties/child-property.js";
import { freeName, installProperty } from "../properties/install.js";
import { LinkProperty, type LinkDefinition } from "../properties/link-property.js";
import { ValueProperty, type PropertyDefinition } from "../properties/value-property.js";
import type { ObjectTree } from "../system/object-tree.js";
import type { ObjectClass, ObjectInit } from "../types/object-class.js";

/**
 * An object of the object model (QEMU's `Object`): it has a type, properties, a place in the
 * composition tree and a count of references, and dies when the last of these is dropped.
 *
 * Plain ones come from {@link ObjectSystem.create}. A JS class derived from this one passes its
 * {@link ObjectInit} on, and its instances become usable by {@link ObjectSystem.adopt} or, in one
 * step, {@link ObjectSystem.build}.
 *
 * @example
 * class Uart extends QomObject {
 *   baud = 9600;
 * }
 * const objects = new ObjectSystem();
 * objects.types.register({ name: "uart", construct: (init) => new Uart(init) });
 * const uart = objects.create("uart");
 * console.log(uart instanceof Uart, uart.klass.name, uart.refcount); // prints: true uart 1
 */
export class QomObject implements ObjectNode {
  /** The object system it lives in. */
  readonly objects: ObjectTree<QomObject>;
  /** Its class. */
  readonly klass: ObjectClass<QomObject>;
  /** State for this package only. */
  readonly [internals]: ObjectState;

  /**
   * @throws AbstractTypeError when the class has no instances
   * @throws ForeignObjectError when the class is not of that system
   */
  constructor(init: ObjectInit<QomObject>) {
    checkInit(init, new.target.name);
    const { objects, klass } = init;
    if (klass.abstract) {
      throw new AbstractTypeError(klass.name, klass.isInterface ? "an interface" : "abstract");
    }
    if (objects.types.tryGet(klass.name) !== klass) {
      throw new ForeignObjectError("the system given", `${klass}`, "the class for an object of");
    }
    this.objects = objects;
    this.klass = klass;
    this[internals] = new ObjectState(objects[internals].nextSerial());
  }

  // --- Life ---------------------------------------------------------------------------------

  /** Number of references; 0 once it is dying. */
  get refcount(): number {
    return this[internals].refs;
  }

  /** True when its last reference is gone, though its hooks may still be running. */
  get finalizing(): boolean {
    return this[internals].phase === Phase.DYING;
  }

  /** True when it was taken apart; everything but questions about its identity then throws. */
  get finalized(): boolean {
    return this[internals].phase === Phase.DEAD;
  }

  /**
   * Takes a reference. One with a holder's name is listed under it by {@link ObjectSystem.leaks}
   * and must be dropped under that name.
   * @throws ResurrectionError while it is being finalized
   * @throws UseAfterFinalizeError after that
   * @throws QomArgumentError when the holder is no text
   */
  ref(holder?: string): this {
    const state = this[internals];
    if (state.phase > Phase.LIVE) refuseRef(this);
    if (holder !== undefined) addHolder(state, holder);
    state.refs++;
    return this;
  }

  /**
   * Drops a reference; the last one finalizes the object before this returns, except within a
   * hook or {@link ObjectSystem.deferFinalization}, where that follows right after.
   * @throws ReferenceUnderflowError when there is none
   * @throws ReferenceOwnershipError when all that are left belong to a parent, links or holders
   * @throws UnknownHolderError when the named holder has none
   * @throws QomArgumentError when the holder is no text
   * @throws FinalizationError afterwards, when hooks threw and nobody else listens
   */
  unref(holder?: string): void {
    const state = this[internals];
    if (holder !== undefined) removeHolder(this, holder);
    else if (state.refs <= state.pinned) refuseUnref(this);
    if (--state.refs === 0) this.objects[internals].finalizer.doom(this);
  }

  /**
   * Takes a reference in the holder's name that a `using` block or `release()` drops.
   * @throws QomArgumentError unless it is given a name
   */
  hold(holder: string): Reference<this> {
    checkArgument(holder, aText, "hold", "the holder", refuse);
    return new Reference(this.ref(holder), holder);
  }

  /**
   * Puts the holder's name on a reference the caller already owns, such as the one from `create`.
   * @throws ReferenceOwnershipError when every reference is another's
   * @throws QomArgumentError unless it is given a name
   */
  own(holder: string): Reference<this> {
    checkArgument(holder, aText, "own", "the holder", refuse);
    const state = this[internals];
    if (state.refs <= state.pinned) refuseUnref(this);
    addHolder(state, holder);
    return new Reference(this, holder);
  }

  // --- Composition ----------------------------------------------------------------------------

  /** The object it is a child of. */
  get parent(): QomObject | null {
    return objectOf(this[internals].parent);
  }

  /** Its name under its parent. */
  get childName(): string | null {
    return this[internals].childProperty?.name ?? null;
  }

  /**
   * Makes another object a child of this one, which takes a reference on it.
   * @param name its name; `"timer[*]"` takes the first free index
   * @returns the child
   * @throws AlreadyParentedError, CompositionCycleError, DuplicatePropertyError, PropertyNameError,
   *   ForeignObjectError, AdoptionError, UseAfterFinalizeError
   * @throws QomArgumentError unless it is given a name and an object
   */
  addChild<T extends QomObject>(name: string, child: T): T {
    if (typeof name !== "string" || !(child instanceof QomObject)) refuseChild(name, child);
    attachChild(this, name, child);
    return child;
  }

  /**
   * Leaves the parent: runs {@link onUnparent}, then the parent forgets it and drops its reference.
   * Does nothing without a parent, or when called from within that hook.
   */
  unparent(): void {
    detachChild(this);
  }

  /** Its children, in the order they were added. */
  *children(): Generator<QomObject, void, undefined> {
    for (const property of this[internals].table?.values() ?? []) {
      if (property instanceof ChildProperty) yield property.child as QomObject;
    }
  }

  /** Its path from the root, `"/"` for the root itself, null when the root is not above it. */
  canonicalPath(): string | null {
    return canonicalPath(this);
  }

  /** Its path, or for an object outside the tree its number and type: for messages. */
  describe(): string {
    return describe(this);
  }

  /** Follows a relative path such as `"bus/dev[0]"` through children and links; null if it breaks. */
  resolve(path: string): QomObject | null {
    checkArgument(path, aText, "resolve", "the path", refuse);
    return this.objects.resolveAt(this, path);
  }

  // --- Type -----------------------------------------------------------------------------------

  /** True if its type is the named one, derives from it or implements it. */
  isA(typeName: string): boolean {
    return this.klass.isA(typeName);
  }

  // --- Properties -----------------------------------------------------------------------------

  /**
   * Adds a value property to this object alone.
   * @throws DuplicatePropertyError, PropertyNameError, PropertyDefinitionError, UseAfterFinalizeError
   */
  addProperty<T>(definition: PropertyDefinition<T, QomObject>): Property {
    checkDefinition(definition, "property");
    checkAlive(this, "adding property", definition.name);
    const name = freeName(this, definition.name);
    const property = new ValueProperty({ ...definition, name }, () => this.describe());
    installProperty(this, property);
    try {
      property.applyDefault(this);
    } catch (error) {
      this[internals].table?.remove(property);
      throw error;
    }
    return property;
  }

  /**
   * Adds a link to this object alone; it points nowhere until set.
   * @throws DuplicatePropertyError, PropertyNameError, UseAfterFinalizeError
   */
  addLink(definition: LinkDefinition<QomObject>): Property {
    checkDefinition(definition, "link");
    checkAlive(this, "adding link", definition.name);
    const property = new LinkProperty({ ...definition, name: freeName(this, definition.name) });
    installProperty(this, property);
    return property;
  }

  /**
   * Adds another name for a property of some object.
   * @throws PropertyNotFoundError when there is no such property
   * @throws AliasCycleError when that property leads back to this alias
   * @throws DuplicatePropertyError, PropertyNameError, ForeignObjectError, UseAfterFinalizeError
   */
  addAlias(definition: AliasDefinition<QomObject>): Property {
    checkDefinition(definition, "alias");
    const { target, targetName = definition.name } = definition;
    checkAlive(this, "adding alias", definition.name);
    if (target.objects !== this.objects) {
      throw new ForeignObjectError(this.describe(), target.describe(), "aliased by");
    }
    const name = freeName(this, definition.name);
    let aliased = requireProperty(target, targetName, "aliasing property");
    const property = new AliasProperty(name, definition, aliased);
    while (aliased instanceof AliasProperty) {
      if (aliased.target === this && aliased.targetName === name) {
        throw new AliasCycleError(this.describe(), name, target.describe(), targetName);
      }
      const next = aliased.aliased;
      if (next === null) break;
      aliased = next;
    }
    installProperty(this, property);
    return property;
  }

  /**
   * Removes a property of this object's own, releasing what it holds: a child is unparented.
   * @throws PropertyNotFoundError when there is none
   * @throws PropertyNameError when it belongs to the class
   */
  removeProperty(name: string): void {
    const property = requireProperty(this, name, "removing property");
    const { table } = this[internals];
    if (table?.get(name) !== property) {
      throw new PropertyNameError(this.describe(), name, "it belongs to the class");
    }
    if (property instanceof ChildProperty) {
      detachChild(property.child);
      return;
    }
    table.remove(property);
    property[operations].release(this);
    this[internals].values?.delete(property);
  }

  /** The property of that name, this object's own or its class's; null when there is none. */
  findProperty(name: string): Property | null {
    return this[internals].table?.get(name) ?? this.klass.findProperty(name);
  }

  /** Properties of this object in the order they were added, then its class's. */
  *properties(): Generator<Property, void, undefined> {
    yield* this[internals].table?.values() ?? [];
    yield* this.klass.properties();
  }

  /**
   * Reads a property. A child or link gives the object, or null.
   * @throws PropertyNotFoundError, PropertyAccessError, UseAfterFinalizeError
   */
  getProperty(name: string): unknown {
    return requireReadable(this, name)[operations].read(this);
  }

  /**
   * Sets a property. A link takes an object, a path or null.
   * @throws PropertyNotFoundError, PropertyAccessError, PropertyValueError, UseAfterFinalizeError
   */
  setProperty(name: string, value: unknown): void {
    requireWritable(this, name)[operations].write(this, value);
  }

  /**
   * Sets a property from its text form, as a command line or a monitor gives it: `on`, `0x10`,
   * `64K`, an enumeration's word, a link's path.
   * @throws as {@link setProperty}
   * @throws PropertyValueError when the text stands for no value of the property
   */
  setPropertyText(name: string, text: string): void {
    const property = requireWritable(this, name);
    const parsed = property[operations].parseText(text);
    if (parsed === undefined) {
      const why = `expects ${property.type}, not '${text}'`;
      throw new PropertyValueError(this.describe(), this.klass.name, name, why);
    }
    property[operations].write(this, parsed);
  }

  // --- Hooks ----------------------------------------------------------------------------------

  /**
   * Runs once when the last reference is gone and the properties are released, before the
   * instanceFinalize of the type that brought the JS class in. Overriders call `super` last.
   */
  protected onFinalize(): void {}

  /** Runs when it is about to lose its parent: path, parent and name are still in place. */
  protected onUnparent(): void {}

  /** Runs a hook for the lifecycle. */
  [runHook](which: "finalize" | "unparent"): void {
    if (which === "finalize") this.onFinalize();
    else this.onUnparent();
  }

  /** `PATH (TYPE)`. */
  toString(): string {
    return `${this.describe()} (${this.klass.name})`;
  }

  /** Its path, type and what properties say without being asked: no getter is called. */
  toJSON(): object {
    return objectData(this);
  }

  /** The text that `console.log` shows: path, type and references; then, when shown alone, the properties. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return outlined(depth, options, objectOutline(this));
  }
}

// Functions, as private methods would cost each object a field.

function refuseRef(obj: QomObject): never {
  if (obj.finalizing) throw new ResurrectionError(obj.describe());
  checkAlive(obj, "taking a reference", "ref");
  throw new ResurrectionError(obj.describe());
}

function refuseUnref(obj: QomObject): never {
  const path = obj.describe();
  if (obj[internals].refs === 0) throw new ReferenceUnderflowError(path);
  const holders = holdersOf(obj).map(({ holder, count }) => `${holder} (${count})`);
  throw new ReferenceOwnershipError(path, holders);
}

/** All objects of a system are of one kind. */
function objectOf(node: ObjectNode | null): QomObject | null {
  return node as QomObject | null;
}

/** Says which argument of `addChild` is none. Asked only when one is wrong: maps are built of such calls. */
function refuseChild(name: unknown, child: unknown): void {
  checkArgument(name, aText, "addChild", "the name", refuse);
  checkArgument(child, anObject, "addChild", "the child", refuse);
}
