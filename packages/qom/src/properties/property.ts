import { inspectCustom, type InspectOptions, outlined } from "../inspect/inspect.js";
import {
  type ObjectNode,
  operations,
  type Property,
  type PropertyKind,
  type PropertyOperations,
} from "../node/object-node.js";

/** Base of the kinds of properties of this package. */
export abstract class ObjectProperty implements Property, PropertyOperations {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  get description(): string | null {
    return null;
  }

  abstract readonly kind: PropertyKind;
  abstract get type(): string;
  abstract get readable(): boolean;
  abstract get writable(): boolean;

  get defaultValue(): unknown {
    return undefined;
  }

  /** `NAME: TYPE`. */
  toString(): string {
    return `${this.name}: ${this.type}`;
  }

  /** The name and the contract. */
  toJSON(): object {
    const { name, kind, type, description, readable, writable } = this;
    return { name, kind, type, description, readable, writable };
  }

  /** The text that `console.log` shows: name, type, how it can be accessed. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return outlined(depth, options, {
      head: (ink) => {
        const { readable, writable } = this;
        const only = readable && writable ? "" : readable ? ", read-only" : ", write-only";
        return `Property ${ink(this.name, "name")}: ${ink(this.type, "kind")}${only}`;
      },
    });
  }

  get [operations](): PropertyOperations {
    return this;
  }

  abstract read(obj: ObjectNode): unknown;
  abstract peek(obj: ObjectNode): unknown;
  abstract write(obj: ObjectNode, value: unknown): void;

  parseText(text: string): unknown {
    return text;
  }

  step(_obj: ObjectNode): ObjectNode | null {
    return null;
  }

  abstract readonly hasRelease: boolean;
  abstract release(obj: ObjectNode): void;
}
