/// <reference lib="esnext.disposable" preserve="true" />
/** Loads and stores of every width and byte order, and cached pieces of an address space. */
export { Bus } from "./bus.js";
export { loadBytes, storeBytes } from "./byte-order.js";
export { MemoryRegionCache, type MemoryRegionCacheOptions } from "./memory-region-cache.js";
export { TxStatus } from "./tx-status.js";
export { WordAccess } from "./word-access.js";
export { ArrayField, array } from "./layout/array-field.js";
export {
  ArrayView,
  CompositeArrayView,
  QuadArrayView,
  ScalarArrayView,
} from "./layout/array-view.js";
export { bytes, BytesField, BytesView } from "./layout/bytes-field.js";
export { type AnyField, CompositeField, Field } from "./layout/field.js";
export { defineLayout, Layout, type LayoutArray, type LayoutOptions } from "./layout/layout.js";
export { LayoutError } from "./layout/layout-error.js";
export type { Fields, LayoutView, PartialOf, PartView, PlainOf } from "./layout/layout-types.js";
export type { LayoutSource, ViewOptions } from "./layout/place.js";
export { at, padding, PaddingField, PlacedField } from "./layout/placement.js";
export { NumberField, QuadField, ScalarField } from "./layout/scalar-field.js";
export * from "./layout/scalars.js";
export { StructView } from "./layout/struct-view.js";
