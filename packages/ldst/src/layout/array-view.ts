import { Inspectable, type Summary } from "@mem/flat/plumbing";
import { checkIndex } from "./checks.js";
import {
  type AnyField,
  ASSIGN,
  CHECK,
  type CompositeField,
  type Field,
  type Holder,
  PLAIN,
  VIEW_AT,
} from "./field.js";
import { gather } from "./gather.js";
import { LayoutError } from "./layout-error.js";
import { PLACE, type Place } from "./place.js";

/** The base of the views of arrays. */
export abstract class ArrayView<out Value, out Input> extends Inspectable {
  readonly [PLACE]: Place;
  /** Number of elements. */
  readonly length: number;
  protected readonly element: AnyField;

  /** Layouts make views; `length` is a number of elements, at least 1. */
  constructor(place: Place, element: AnyField, length: number) {
    super();
    this[PLACE] = place;
    this.element = element;
    this.length = length;
  }

  /** The plain values of all elements. */
  toArray(): Value[] {
    const values: Value[] = [];
    gather(this[PLACE].status, Array(this.length).keys(), (i) => values.push(this.plainAt(i)));
    return values;
  }

  /**
   * Assigns to the first elements.
   * @throws LayoutError when there are more values than elements, or one does not fit; nothing
   *   has been stored then.
   */
  assign(values: readonly Input[]): void {
    checkValues(values, this.element, this.length, "an array");
    gather(this[PLACE].status, values.entries(), ([i, value]) => this.assignAt(i, value));
  }

  protected override summarize(): Summary {
    const facts = [`${this.length} element(s) of ${this.element.size} byte(s)`];
    return { kind: this.constructor.name, name: String(this[PLACE]), facts };
  }

  /** Its place, and the number and size of its elements; none of them is read. */
  toJSON(): object {
    return { place: String(this[PLACE]), length: this.length, elementSize: this.element.size };
  }

  protected abstract plainAt(index: number): Value;
  protected abstract assignAt(index: number, value: unknown): void;
}

/** Places one element after the other under the name `value`. */
export type Cell<T> = Holder & { value: T };

/** An array of values. Nothing is allocated by `get` and `set`, except for 64 bits. */
export class ScalarArrayView<in out T extends number | bigint> extends ArrayView<T, T> {
  protected readonly cell: Cell<T>;

  /** Layouts make views; `length` is a number of elements, at least 1. */
  constructor(place: Place, element: AnyField, length: number, cell: Cell<T>) {
    super(place, element, length);
    this.cell = cell;
  }

  /**
   * The value of one element, numbered from 0.
   * @throws AddressError when there is no such element.
   */
  get(index: number): T {
    return this.cellAt(index).value;
  }

  /**
   * Stores one element, numbered from 0.
   * @throws AddressError when there is no such element.
   */
  set(index: number, value: T): void {
    this.cellAt(index).value = value;
  }

  protected cellAt(index: number): Cell<T> {
    checkIndex(index, this.length);
    this.cell[PLACE].shift(index * this.element.size);
    return this.cell;
  }

  protected override plainAt(index: number): T {
    return this.get(index);
  }

  protected override assignAt(index: number, value: unknown): void {
    this.element[ASSIGN](this.cellAt(index), "value", value);
  }
}

/** An array of 64-bit values, of which the halves can be had as numbers. */
export class QuadArrayView extends ScalarArrayView<bigint> {
  /**
   * The low 32 bits of one element, in an access of their own.
   * @throws AddressError when there is no such element.
   */
  getLo(index: number): number {
    return this.#halvesAt(index).valueLo;
  }

  /** The high 32 bits; see {@link getLo}. */
  getHi(index: number): number {
    return this.#halvesAt(index).valueHi;
  }

  /** Stores the low 32 bits; see {@link getLo}. */
  setLo(index: number, value: number): void {
    this.#halvesAt(index).valueLo = value;
  }

  /** Stores the high 32 bits; see {@link getLo}. */
  setHi(index: number, value: number): void {
    this.#halvesAt(index).valueHi = value;
  }

  #halvesAt(index: number): { valueLo: number; valueHi: number } {
    // The field that made the cell gave it these as well.
    return this.cellAt(index) as Cell<bigint> & { valueLo: number; valueHi: number };
  }
}

/** An array of what has views of its own: nested layouts, bytes, arrays. */
export class CompositeArrayView<out View, out Value, out Input> extends ArrayView<Value, Input> {
  readonly #cell: Place;
  readonly #holder: Holder & { value: View };

  /** Layouts make views; `length` is a number of elements, at least 1. */
  constructor(place: Place, element: CompositeField<View, Value, Input>, length: number) {
    super(place, element, length);
    this.#cell = place.part(0, element.size);
    this.#holder = { [PLACE]: this.#cell, value: element[VIEW_AT](this.#cell) };
  }

  /**
   * The view of one element. It is the same object each time, moved: take what is needed from
   * one element before asking for another.
   * @throws AddressError when there is no such element. An index that a guest supplies is to be
   *   compared with `length` first.
   */
  at(index: number): View {
    checkIndex(index, this.length);
    this.#cell.shift(index * this.element.size);
    return this.#holder.value;
  }

  protected override plainAt(index: number): Value {
    return (this.element as Field<View, Value, Input>)[PLAIN](this.at(index));
  }

  protected override assignAt(index: number, value: unknown): void {
    this.at(index);
    this.element[ASSIGN](this.#holder, "value", value);
  }
}

/**
 * Complains about an array that cannot be assigned.
 * @throws LayoutError
 */
export function checkValues(
  values: unknown,
  element: AnyField,
  length: number,
  what: string,
): asserts values is readonly unknown[] {
  if (!Array.isArray(values) || values.length > length) {
    throw new LayoutError(`${what} takes an array of up to ${length} elements`, {
      rule: "layout-value",
    });
  }
  values.forEach((value, i) => element[CHECK](value, `${what}, element ${i}`));
}
