/// <reference lib="esnext.disposable" preserve="true" />
/**
 * An object model after QEMU's: types with single inheritance and interfaces, objects with
 * properties in one composition tree, references, and an orderly end.
 *
 * @packageDocumentation
 */
export * from "./errors/index.js";
export type {
  AliasDefinition,
  Constructor,
  CreateOptions,
  LeakEntry,
  LeakReport,
  LinkDefinition,
  ObjectClass,
  ObjectInit,
  PropertyDefinition,
  Reference,
  Resolution,
  TypeInfo,
  TypeRegistry,
} from "./model.js";
export { ClassSlot } from "./types/class-slot.js";
export type { TypeFilter } from "./types/type-registry.js";
export { TYPE_CONTAINER, TYPE_INTERFACE, TYPE_OBJECT } from "./types/builtin-types.js";
export { QomObject } from "./object/qom-object.js";
export { escapeName } from "./properties/names.js";
export { value, type IntBits, type ValueType } from "./properties/value-type.js";
export type { Property, PropertyKind } from "./node/object-node.js";
export type { ResolveOptions } from "./path/resolve.js";
export type { Holder } from "./lifecycle/holders.js";
export type { LeakOptions } from "./lifecycle/leak-report.js";
export type { LiveStatistics } from "./lifecycle/population.js";
export { ObjectSystem } from "./system/object-system.js";
export { qomList, qomTree } from "./monitor/qom-tree.js";
export {
  type Ink,
  inspectCustom,
  type InspectOptions,
  type Outline,
  outlined,
} from "./inspect/inspect.js";
