import {
  type ArrayView,
  type Cell,
  checkValues,
  CompositeArrayView,
  QuadArrayView,
  ScalarArrayView,
} from "./array-view.js";
import { checkCount } from "./checks.js";
import {
  type AnyField,
  ASSIGN,
  CHECK,
  CompositeField,
  DEFINE,
  type Field,
  type Holder,
  PLAIN,
  VIEW_AT,
} from "./field.js";
import { LayoutError } from "./layout-error.js";
import { PLACE, type Place, type Placed } from "./place.js";
import { QuadField, ScalarField } from "./scalar-field.js";

/** The view of an array whose elements are `F`. */
export type ArrayViewOf<F> = F extends QuadField
  ? QuadArrayView
  : F extends ScalarField<infer T>
    ? ScalarArrayView<T>
    : F extends Field<infer View, infer Value, infer Input>
      ? CompositeArrayView<View, Value, Input>
      : never;

type ValueOf<F> = F extends Field<unknown, infer Value, unknown> ? Value : never;
type InputOf<F> = F extends Field<unknown, unknown, infer Input> ? Input : never;

/**
 * A run of equal fields without gaps. Plain objects have arrays; shorter ones can be assigned.
 */
export class ArrayField<out F extends AnyField> extends CompositeField<
  ArrayViewOf<F>,
  ValueOf<F>[],
  readonly InputOf<F>[]
> {
  /** The field that each element is. */
  readonly element: F;
  /** Number of elements. */
  readonly count: number;
  /** Bytes of all elements. */
  override readonly size: number;
  /** Its alignment: the number of which its offset is a multiple, in an aligned layout, in bytes. */
  override readonly alignment: number;

  /**
   * `count` elements, at least 1; {@link array} makes one.
   * @throws LayoutError when the element is neither a value nor has views, or `count` is none.
   */
  constructor(element: F, count: number) {
    super();
    if (!(element instanceof ScalarField || element instanceof CompositeField)) {
      throw new LayoutError("an array has elements that are values or have views", {
        rule: "layout-element",
      });
    }
    this.element = element;
    this.count = checkCount(count, "array");
    this.size = element.size * count;
    this.alignment = element.alignment;
  }

  override [VIEW_AT](place: Place): ArrayViewOf<F> {
    return arrayViewAt(place, this.element, this.count) as ArrayViewOf<F>;
  }

  override [PLAIN](member: unknown): ValueOf<F>[] {
    return (member as ArrayView<ValueOf<F>, unknown>).toArray();
  }

  override [CHECK](value: unknown, what: string): void {
    checkValues(value, this.element, this.count, what);
  }

  override [ASSIGN](holder: Holder, name: string, value: unknown): void {
    (holder[name] as ArrayView<unknown, unknown>).assign(value as readonly unknown[]);
  }
}

/**
 * `count` times the same field, without gaps.
 * @throws LayoutError when `count` is no integer above 0, or the field is padding or placed.
 *
 * @example
 * const table = defineLayout({ count: u16le, entries: array(u32le, 4) });
 * const view = table.view(space, 0x100);
 * view.entries.set(2, 7);
 * console.log(view.entries.toArray().join(" "), table.size); // prints: 0 0 7 0 18
 */
export function array<F extends AnyField>(element: F, count: number): ArrayField<F> {
  return new ArrayField(element, count);
}

function arrayViewAt(place: Place, element: AnyField, count: number): ArrayView<unknown, unknown> {
  if (element instanceof CompositeField) return new CompositeArrayView(place, element, count);
  const cell = cellOf(place, element);
  return element instanceof QuadField
    ? new QuadArrayView(place, element, count, cell as Cell<bigint>)
    : new ScalarArrayView(place, element, count, cell as Cell<number>);
}

function cellOf(place: Place, element: AnyField): Placed {
  const prototype = {};
  element[DEFINE](prototype, "value", 0);
  return Object.create(prototype, { [PLACE]: { value: place.part(0, element.size) } }) as Placed;
}
