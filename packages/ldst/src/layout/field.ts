import { Inspectable, type Summary } from "@mem/flat/plumbing";
import { LayoutError } from "./layout-error.js";
import { PLACE, type Place, type Placed } from "./place.js";

/** The object that a plain value of many accesses collects: the bits of all their results. */
export type Holder = Placed & Record<string, unknown>;

/** Keys of what layouts and views ask of a field, and nobody else. */
export const DEFINE: unique symbol = Symbol("define");
export const PLAIN: unique symbol = Symbol("plain");
export const CHECK: unique symbol = Symbol("check");
export const ASSIGN: unique symbol = Symbol("assign");
export const VIEW_AT: unique symbol = Symbol("viewAt");

/**
 * One piece of a layout. `Member` is what a view has under the field's name, `Value` what a plain
 * object has, `Input` what can be assigned.
 */
export abstract class Field<out Member, out Value, out Input> extends Inspectable {
  /** Bytes that it takes in a layout. */
  abstract readonly size: number;
  /** Its alignment: the number of bytes of which its offset is a multiple, in an aligned layout. */
  abstract readonly alignment: number;

  /** Carries the types; there is no such property. */
  declare protected readonly types: { member: Member; value: Value; input: Input };

  protected override summarize(): Summary {
    return { kind: this.constructor.name, facts: [`${this.size} byte(s)`] };
  }

  /** Class, size and alignment in bytes. */
  toJSON(): object {
    return { kind: this.constructor.name, size: this.size, alignment: this.alignment };
  }

  /**
   * Gives a class of views its member.
   */
  abstract [DEFINE](prototype: object, name: string, offset: number): void;

  /**
   * The plain value of a view's member.
   */
  abstract [PLAIN](member: unknown): Value;

  /**
   * Complains about a value that cannot be assigned.
   * @throws LayoutError
   */
  abstract [CHECK](value: unknown, what: string): void;

  /**
   * Assigns a checked value to a view's member.
   */
  abstract [ASSIGN](holder: Holder, name: string, value: unknown): void;
}

/**
 * Any field.
 * @see {@link Field}
 */
export type AnyField = Field<unknown, unknown, unknown>;

/** A field whose member is a view of its own: a nested layout, an array, bytes. */
export abstract class CompositeField<out View, out Value, out Input> extends Field<
  View,
  Value,
  Input
> {
  /**
   * A view at a place.
   */
  abstract [VIEW_AT](place: Place): View;

  /**
   * Gives a class of views a member that is made when it is first asked for.
   * @throws LayoutError for a name that views have a member of already
   */
  override [DEFINE](prototype: object, name: string, offset: number): void {
    const made: unique symbol = Symbol(name);
    const build = (place: Place) => this[VIEW_AT](place.part(offset, this.size));
    addMember(prototype, name, {
      get(this: Placed & { [made]?: View }) {
        return (this[made] ??= build(this[PLACE]));
      },
    });
  }
}

/**
 * Adds an accessor to the prototype of a class of views.
 * @throws LayoutError when the name is taken.
 */
export function addMember(
  prototype: object,
  name: string,
  accessors: PropertyDescriptor & ThisType<Placed>,
): void {
  if (name in prototype) {
    throw new LayoutError(`the field name "${name}" is taken`, { rule: "layout-name" });
  }
  Object.defineProperty(prototype, name, { ...accessors, enumerable: true });
}
