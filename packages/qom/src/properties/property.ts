import type { QomObject } from "../object/qom-object.js";

/**
 * What sort of thing a property is.
 * @see {@link Property}
 */
export type PropertyKind = "value" | "child" | "link" | "alias";

/**
 * A property as seen on an object or a class: its name and its contract. Read and write it through
 * {@link QomObject.getProperty} and {@link QomObject.setProperty}.
 * @see the README of `@mem/qom`
 */
export abstract class Property {
  /** The name it is looked up by. */
  readonly name: string;
  /** What it does, for people; null when nobody said. */
  readonly description: string | null;

  /** For the kinds of properties of this package. */
  constructor(name: string, description: string | null) {
    this.name = name;
    this.description = description;
  }

  /** What sort of property it is. */
  abstract readonly kind: PropertyKind;
  /** The type as QEMU writes it: `"uint32"`, `"child<device>"`, `"link<bus>"`. */
  abstract get type(): string;
  /** Whether it can be read. */
  abstract get readable(): boolean;
  /** Whether it can be written. */
  abstract get writable(): boolean;
  /** The value it has until somebody sets it; undefined when there is none. */
  get defaultValue(): unknown {
    return undefined;
  }

  /** @internal The value on that object; the caller checked `readable`. */
  abstract read(obj: QomObject): unknown;
  /** @internal Checks and sets the value; the caller checked `writable`. */
  abstract write(obj: QomObject, value: unknown): void;
  /** @internal The value a text stands for; undefined when it stands for none. */
  parseText(text: string): unknown {
    return text;
  }
  /** @internal The object a path component of this name leads to. */
  step(_obj: QomObject): QomObject | null {
    return null;
  }
  /** @internal Whether an object must do something when it lets go of this property. */
  abstract readonly hasRelease: boolean;
  /** @internal Lets go of what the property holds. May throw what a user's hook throws. */
  abstract release(obj: QomObject): void;
}
