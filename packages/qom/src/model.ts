import type { LeakEntry as EntryOf, LeakReport as ReportOf } from "./lifecycle/leak-report.js";
import type { Reference as ReferenceTo } from "./lifecycle/reference.js";
import type { QomObject } from "./object/qom-object.js";
import type { Resolution as ResolutionOf } from "./path/resolve.js";
import type { AliasDefinition as AliasOf } from "./properties/alias-property.js";
import type { LinkDefinition as LinkOf } from "./properties/link-property.js";
import type { PropertyDefinition as ValueOf } from "./properties/value-property.js";
import type {
  Constructor as ConstructorOf,
  CreateOptions as CreateOf,
} from "./system/object-tree.js";
import type {
  ObjectClass as ClassOf,
  ObjectInit as InitOf,
  TypeInfo as TypeOf,
} from "./types/object-class.js";
import type { TypeRegistry as RegistryOf } from "./types/type-registry.js";

/**
 * A type at work (QEMU's `ObjectClass`): what all its instances share. Made by
 * {@link TypeRegistry.get} at the type's first use; immutable once its class init has run.
 * @see {@link ClassSlot}, whose example sets one on a class
 */
export type ObjectClass = ClassOf<QomObject>;

/**
 * First argument of an object's constructor: the system it belongs to and its class.
 * @see {@link QomObject}
 */
export type ObjectInit = InitOf<QomObject>;

/**
 * The definition of a type (QEMU's `TypeInfo`). Register it with {@link TypeRegistry.register}.
 *
 * @example
 * const { types } = new ObjectSystem();
 * types.register({ name: "uart", abstract: true });
 * types.register({ name: "fast-uart", parent: "uart" });
 * const names = types.list({ implementing: "uart", instantiable: true }).map(({ name }) => name);
 * console.log(names.join(" ")); // prints: fast-uart
 * @see {@link ObjectSystem}, whose example registers one
 */
export type TypeInfo = TypeOf<QomObject>;

/**
 * The types of one object system.
 * @see {@link ObjectSystem}, whose `types` is one
 */
export type TypeRegistry = RegistryOf<QomObject>;

/**
 * A value property. Without `get` and `set` the object stores the value; with one of them only, it
 * can only be read or only be written.
 *
 * @example
 * const nic = new ObjectSystem().container("/nic");
 * nic.addProperty({ name: "mtu", type: value.uint(16), default: 1500 });
 * nic.setPropertyText("mtu", "9000"); // as a command line does
 * console.log(nic.getProperty("mtu")); // prints: 9000
 * @see {@link value}, whose example defines one
 */
export type PropertyDefinition<T = unknown> = ValueOf<T, QomObject>;

/**
 * A link: a named edge to an object somewhere else, or to none.
 * @see {@link escapeName}, whose example adds a link
 */
export type LinkDefinition = LinkOf<QomObject>;

/**
 * An alias: another name, here, for a property of some object.
 * @see {@link escapeName}, whose example adds an alias
 */
export type AliasDefinition = AliasOf<QomObject>;

/**
 * Result of looking a path up.
 * @see {@link escapeName}, whose example looks a path up
 */
export type Resolution = ResolutionOf<QomObject>;

/**
 * A reference with a holder's name on it. Dropped once, by its `release()` or at the end of a
 * `using` block; later calls do nothing.
 *
 * @example
 * const objects = new ObjectSystem();
 * const disk = objects.createChild(objects.container("/machine"), "disk", TYPE_CONTAINER);
 * {
 *   using _held = disk.hold("a transfer");
 *   disk.unparent(); // it lives on: a transfer needs it
 * }
 * console.log(disk.finalized); // prints: true
 * @see {@link QomObject}, whose example holds one
 */
export type Reference<T extends QomObject = QomObject> = ReferenceTo<T>;

/**
 * One object that is still alive, and what keeps it so.
 * @see {@link ObjectSystem}, whose example prints a report of one
 */
export type LeakEntry = EntryOf<QomObject>;

/**
 * Objects that are still held, and their holders, at the time it was made.
 * @see {@link ObjectSystem}, whose example prints one
 */
export type LeakReport = ReportOf<QomObject>;

/**
 * Treatment of the new object before {@link ObjectSystem.create} returns it.
 * @see {@link ObjectSystem}
 */
export type CreateOptions = CreateOf<QomObject>;

/**
 * Makes a JS object of a type.
 * @see {@link QomObject}
 */
export type Constructor<T extends QomObject> = ConstructorOf<T, QomObject>;
