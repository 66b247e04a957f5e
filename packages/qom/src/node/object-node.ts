import type { PropertyTable } from "../properties/property-table.js";

/** Key of the part of an object, or of its system, that only this package touches. */
export const internals: unique symbol = Symbol("qom.internals");

/** Key under which the lifecycle reaches an object's protected hooks. */
export const runHook: unique symbol = Symbol("qom.runHook");

/** Key of what this package does with a property. */
export const operations: unique symbol = Symbol("qom.operations");

/** Key of what a class's new objects have to be given. */
export const valueProperties: unique symbol = Symbol("qom.valueProperties");

/**
 * Kind of a property.
 * @see {@link Property}
 */
export type PropertyKind = "value" | "child" | "link" | "alias";

/**
 * A property as seen on an object or a class: its name and its contract. Read and write it through
 * {@link QomObject.getProperty} and {@link QomObject.setProperty}.
 */
export interface Property {
  /** The name it is looked up by. */
  readonly name: string;
  /** Description for people; null when nobody said. */
  readonly description: string | null;
  /** Kind of the property. */
  readonly kind: PropertyKind;
  /** The type as QEMU writes it: `"uint32"`, `"child<device>"`, `"link<bus>"`. */
  readonly type: string;
  /** True if it can be read. */
  readonly readable: boolean;
  /** True if it can be written. */
  readonly writable: boolean;
  /** The value it has until somebody sets it; undefined when there is none. */
  readonly defaultValue: unknown;
  /** Operations for this package only. */
  readonly [operations]: PropertyOperations;
}

/** Operations on a property of an object that has it. */
export interface PropertyOperations {
  /** The value on that object; the caller checked `readable`. */
  read(obj: ObjectNode): unknown;
  /** The value, where nobody has to be called to know it; undefined elsewhere. Never throws. */
  peek(obj: ObjectNode): unknown;
  /**
   * Checks and sets the value; the caller checked `writable`.
   * @throws PropertyValueError for a value that the property does not take
   */
  write(obj: ObjectNode, value: unknown): void;
  /** The value a text stands for; undefined when it stands for none. */
  parseText(text: string): unknown;
  /** The object a path component of this name leads to. */
  step(obj: ObjectNode): ObjectNode | null;
  /** True if an object must do something when it lets go of this property. */
  readonly hasRelease: boolean;
  /** Lets go of what the property holds. May throw what a user's hook throws. */
  release(obj: ObjectNode): void;
}

/** Class of an object, as properties, paths and the lifecycle use it. */
export interface NodeClass {
  readonly name: string;
  readonly abstract: boolean;
  /** The classes from the root class down to this one. */
  readonly lineage: readonly { readonly info: NodeTypeInfo }[];
  properties(): Generator<Property, void, undefined>;
  /** The value properties among {@link properties}. */
  readonly [valueProperties]: readonly { applyDefault(obj: ObjectNode): void }[];
}

/** Definition of a type, as an object's beginning and end use it. */
interface NodeTypeInfo {
  readonly name: string;
  readonly construct?: unknown;
  instanceInit?(obj: ObjectNode): void;
  instancePostInit?(obj: ObjectNode): void;
  instanceFinalize?(obj: ObjectNode): void;
}

/** Takes objects apart whose last reference is gone. */
export interface Endings {
  /** The object's last reference is gone. */
  doom(obj: ObjectNode): void;
  /** Runs fn; objects that lose their last reference meanwhile are taken apart after it. */
  defer<T>(fn: () => T): T;
  /** Calls a hook; what it throws is reported or kept for the end. */
  guard(obj: ObjectNode, hook: string, call: () => void): void;
}

/** System of an object, as properties, paths and the lifecycle use it. */
export interface NodeSystem {
  readonly root: ObjectNode;
  readonly [internals]: {
    readonly finalizer: Endings;
    /** A number no other object of the system has. */
    nextSerial(): number;
  };
  liveObjects(): Iterable<ObjectNode>;
  require(path: string, options: { readonly type?: string }): ObjectNode;
}

/** Object, as properties, paths and the lifecycle use it. */
export interface ObjectNode {
  readonly objects: NodeSystem;
  readonly klass: NodeClass;
  readonly parent: ObjectNode | null;
  readonly childName: string | null;
  readonly [internals]: ObjectState;
  [runHook](which: "finalize" | "unparent"): void;
  children(): Iterable<ObjectNode>;
  properties(): Iterable<Property>;
  describe(): string;
  findProperty(name: string): Property | null;
  isA(typeName: string): boolean;
  unref(): void;
}

/** True if a value is an object of this model. */
export function isObjectNode(value: unknown): value is ObjectNode {
  return typeof value === "object" && value !== null && internals in value;
}

/** Phase of an object's life; the order of the numbers is the order of life. */
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

/** The edge from a parent to its child: the property of the parent, and whether it is being cut. */
export interface ChildEdge extends Property {
  readonly parent: ObjectNode;
  /** True while the child's unparent hook runs. */
  isBreaking: boolean;
}

/** Parts of an object's state that few objects have. */
class ObjectParts {
  childCount = 0;
  table: PropertyTable<Property> | null = null;
  /** Values of stored properties and targets of links. */
  values: Map<Property, unknown> | null = null;
  /** Named references: holder to count. */
  holders: Map<string, number> | null = null;
  /** Weak links pointing here: the linking objects and what tells each link. */
  weakLinks: Map<ObjectNode, Set<WeakLink>> | null = null;
}

const PHASE = 3;
const ONE_INITIALIZED = 4;

/**
 * State of an object for the package's own bookkeeping. A machine may have a hundred thousand
 * objects: what few of them have is made when it is first needed.
 */
export class ObjectState {
  /** The phase, and above it the number of classes of the lineage that ran their instanceInit. */
  #life: number = Phase.CONSTRUCTED;
  /** All references; 1 for whoever made the object. */
  refs = 1;
  /** Number of `refs` that belong to a parent, a strong link or a named holder. */
  pinned = 0;
  /** A number no other object of the system has, for descriptions. */
  readonly serial: number;
  /** The property of the parent that this object is the child of. */
  childProperty: ChildEdge | null = null;
  #parts: ObjectParts | null = null;

  constructor(serial: number) {
    this.serial = serial;
  }

  get phase(): Phase {
    return (this.#life & PHASE) as Phase;
  }
  set phase(phase: Phase) {
    this.#life = (this.#life & ~PHASE) | phase;
  }

  /** Number of classes of the lineage that ran their instanceInit. */
  get initialized(): number {
    return this.#life >> 2;
  }

  /** One more class of the lineage ran its instanceInit. */
  countInitialized(): void {
    this.#life += ONE_INITIALIZED;
  }

  get parent(): ObjectNode | null {
    return this.childProperty === null ? null : this.childProperty.parent;
  }

  get childCount(): number {
    return this.#parts?.childCount ?? 0;
  }

  get table(): PropertyTable<Property> | null {
    return this.#parts?.table ?? null;
  }

  get values(): Map<Property, unknown> | null {
    return this.#parts?.values ?? null;
  }

  get holders(): Map<string, number> | null {
    return this.#parts?.holders ?? null;
  }

  get weakLinks(): Map<ObjectNode, Set<WeakLink>> | null {
    return this.#parts?.weakLinks ?? null;
  }

  /** The parts that few objects have, to be filled in. */
  get parts(): ObjectParts {
    return (this.#parts ??= new ObjectParts());
  }

  store(property: Property, value: unknown): void {
    (this.parts.values ??= new Map()).set(property, value);
  }

  /** The object was taken apart. */
  clear(): void {
    this.phase = Phase.DEAD;
    if (this.#parts === null) return;
    this.#parts.table = null;
    this.#parts.values = null;
  }
}

/** A number no other object of the system has; objects made later have higher ones. */
export function serialOf(obj: ObjectNode): number {
  return obj[internals].serial;
}

/** A link that does not keep its target alive. */
export interface WeakLink {
  readonly name: string;
  /** The target of this link on that object is about to die. */
  targetGone(obj: ObjectNode, target: ObjectNode): void;
}
