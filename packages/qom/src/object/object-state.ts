import type { ChildProperty } from "../properties/child-property.js";
import type { Property } from "../properties/property.js";
import type { PropertyTable } from "../properties/property-table.js";
import type { QomObject } from "./qom-object.js";

/** Key of the part of an object that only this package touches. */
export const internals: unique symbol = Symbol("qom.internals");

/** Where in its life an object is; the order of the numbers is the order of life. */
export const Phase = {
  /** Its JS constructor ran or runs; type init has not. */
  CONSTRUCTED: 0,
  /** In use. */
  LIVE: 1,
  /** Its last reference is gone; it is being taken apart or about to be. */
  DYING: 2,
  /** Taken apart. */
  DEAD: 3,
} as const;
/** One of the phases of {@link Phase}. */
export type Phase = (typeof Phase)[keyof typeof Phase];

/** What an object keeps for the package's own bookkeeping. */
export class ObjectState {
  phase: Phase = Phase.CONSTRUCTED;
  /** All references; 1 for whoever made the object. */
  refs = 1;
  /** Those of `refs` that belong to a parent, a strong link or a named holder. */
  pinned = 0;
  /** A number no other object of the system has, for descriptions. */
  readonly serial: number;
  parent: QomObject | null = null;
  childProperty: ChildProperty | null = null;
  childCount = 0;
  unparenting = false;
  /** How many classes of the lineage ran their instanceInit. */
  initialized = 0;
  table: PropertyTable | null = null;
  /** Values of stored properties and targets of links. */
  values: Map<Property, unknown> | null = null;
  /** Named references: holder to count. */
  holders: Map<string, number> | null = null;
  /** Weak links pointing here: the linking objects and their properties. */
  weakLinks: Map<QomObject, Set<Property>> | null = null;

  constructor(serial: number) {
    this.serial = serial;
  }

  store(property: Property, value: unknown): void {
    this.values ??= new Map();
    this.values.set(property, value);
  }
}
