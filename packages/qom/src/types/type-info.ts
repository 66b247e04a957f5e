import type { ObjectClass } from "./object-class.js";
import type { QomObject } from "../object/qom-object.js";
import type { ObjectSystem } from "../system/object-system.js";

/**
 * What an object's constructor needs: the system it belongs to and its class.
 * @see {@link QomObject}
 */
export interface ObjectInit {
  /** The object system the object will live in. */
  readonly system: ObjectSystem;
  /** The class it is an instance of; it must be instantiable. */
  readonly klass: ObjectClass;
}

/**
 * The definition of a type (QEMU's `TypeInfo`). Register it with {@link TypeRegistry.register}.
 * @see {@link ObjectSystem}, whose example registers one
 */
export interface TypeInfo {
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
  classInit?(klass: ObjectClass): void;
  /** Makes the JS object. Inherited by derived types; the default makes a plain {@link QomObject}. */
  construct?(init: ObjectInit): QomObject;
  /** Runs on each new object, base to derived. */
  instanceInit?(obj: QomObject): void;
  /** Runs on each new object, base to derived, after every instanceInit. */
  instancePostInit?(obj: QomObject): void;
  /** Runs on each dying object, derived to base, after its properties were released. */
  instanceFinalize?(obj: QomObject): void;
}
