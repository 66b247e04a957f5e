import { addMember, ASSIGN, CHECK, DEFINE, Field, type Holder, PLAIN } from "./field.js";
import { LayoutError } from "./layout-error.js";
import { PLACE, type Placed } from "./place.js";

/** A getter and a setter for a value at an offset of the view. */
export interface ScalarAccessors<T> {
  get(this: Placed): T;
  set(this: Placed, value: T): void;
}

/** A field that is one value, read and written with one access. */
export abstract class ScalarField<out T extends number | bigint> extends Field<T, T, T> {
  /** Bytes of the value: 1, 2, 4 or 8. */
  override readonly size: number;
  /** As large as it is itself, in bytes. */
  override readonly alignment: number;

  /** `size` is in bytes: 1, 2, 4 or 8. */
  constructor(size: number) {
    super();
    this.size = size;
    this.alignment = size;
  }

  override [PLAIN](member: unknown): T {
    // A getter of this very field answered it.
    return member as T;
  }

  override [ASSIGN](holder: Holder, name: string, value: unknown): void {
    holder[name] = value;
  }
}

/** A field of 8, 16 or 32 bits: a `number`. Values that are stored are reduced to the width. */
export class NumberField extends ScalarField<number> {
  readonly #accessors: (offset: number) => ScalarAccessors<number>;

  constructor(size: 1 | 2 | 4, accessors: (offset: number) => ScalarAccessors<number>) {
    super(size);
    this.#accessors = accessors;
  }

  override [DEFINE](prototype: object, name: string, offset: number): void {
    addMember(prototype, name, this.#accessors(offset));
  }

  override [CHECK](value: unknown, what: string): void {
    checkType(value, "number", what);
  }
}

/**
 * A field of 64 bits: a `bigint`. Its view has two more members, `nameLo` and `nameHi`: the low
 * and the high 32 bits as unsigned numbers, each an access of 4 bytes of its own, for which
 * nothing is allocated.
 */
export class QuadField extends ScalarField<bigint> {
  readonly #order: "little" | "big";
  readonly #accessors: (offset: number) => ScalarAccessors<bigint>;

  constructor(order: "little" | "big", accessors: (offset: number) => ScalarAccessors<bigint>) {
    super(8);
    this.#order = order;
    this.#accessors = accessors;
  }

  override [DEFINE](prototype: object, name: string, offset: number): void {
    addMember(prototype, name, this.#accessors(offset));
    if (this.#order === "little") {
      addMember(prototype, `${name}Lo`, littleHalf(offset));
      addMember(prototype, `${name}Hi`, littleHalf(offset + 4));
    } else {
      addMember(prototype, `${name}Lo`, bigHalf(offset + 4));
      addMember(prototype, `${name}Hi`, bigHalf(offset));
    }
  }

  override [CHECK](value: unknown, what: string): void {
    checkType(value, "bigint", what);
  }
}

function littleHalf(offset: number): ScalarAccessors<number> {
  return {
    get() {
      const p = this[PLACE];
      return p.words.ld32le(p.at(offset), p.attrs, p.status);
    },
    set(value) {
      const p = this[PLACE];
      p.words.st32le(p.at(offset), value, p.attrs, p.status);
    },
  };
}

function bigHalf(offset: number): ScalarAccessors<number> {
  return {
    get() {
      const p = this[PLACE];
      return p.words.ld32be(p.at(offset), p.attrs, p.status);
    },
    set(value) {
      const p = this[PLACE];
      p.words.st32be(p.at(offset), value, p.attrs, p.status);
    },
  };
}

function checkType(value: unknown, type: "number" | "bigint", what: string): void {
  if (typeof value === type) return;
  throw new LayoutError(`${what} takes a ${type}, not a ${typeof value}`, {
    rule: "layout-value",
  });
}
