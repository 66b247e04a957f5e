/// <reference lib="esnext.disposable" preserve="true" />
/**
 * An object model after QEMU's: types with single inheritance and interfaces, objects with
 * properties in one composition tree, references, and an orderly end.
 *
 * @packageDocumentation
 */
export * from "./errors/index.js";
export type { ObjectInit, TypeInfo } from "./types/type-info.js";
export { ObjectClass } from "./types/object-class.js";
export { ClassSlot } from "./types/class-slot.js";
export { TypeRegistry, type TypeFilter } from "./types/type-registry.js";
export { TYPE_CONTAINER, TYPE_INTERFACE, TYPE_OBJECT } from "./types/builtin-types.js";
export { QomObject } from "./object/qom-object.js";
export { isThenable, worksLater } from "./object/synchronous.js";
export { escapeName } from "./properties/names.js";
export { value, type IntBits, type ValueType } from "./properties/value-type.js";
export { Property, type PropertyKind } from "./properties/property.js";
export type { PropertyDefinition } from "./properties/value-property.js";
export type { LinkDefinition } from "./properties/link-property.js";
export type { AliasDefinition } from "./properties/alias-property.js";
export type { Resolution, ResolveOptions } from "./path/resolve.js";
export { Reference } from "./lifecycle/reference.js";
export type { Holder } from "./lifecycle/holders.js";
export { LeakReport, type LeakEntry, type LeakOptions } from "./lifecycle/leak-report.js";
export type { LiveStatistics } from "./lifecycle/population.js";
export { ObjectSystem, type Constructor, type CreateOptions } from "./system/object-system.js";
export { qomList, qomTree } from "./monitor/qom-tree.js";
