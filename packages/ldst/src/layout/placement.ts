import { checkCount } from "./checks.js";
import type { AnyField } from "./field.js";
import { LayoutError } from "./layout-error.js";

/** Bytes that nobody looks at; see {@link padding}. */
export class PaddingField {
  /** Tells it from fields, for the compiler too. */
  readonly isPadding: true = true;
  /** Bytes that are left out. */
  readonly size: number;
  /** Padding is aligned to 1 byte: it never moves. */
  readonly alignment: number = 1;

  /** @param size number of bytes, at least 1 */
  constructor(size: number) {
    this.size = checkCount(size, "padding");
  }
}

/**
 * `n` bytes that neither views nor plain objects have, and that nothing touches. They need a
 * name, as fields do; it means nothing.
 * @throws LayoutError when `n` is no integer above 0.
 */
export function padding(n: number): PaddingField {
  return new PaddingField(n);
}

/** A field with an offset of its own; see {@link at}. */
export class PlacedField<out F extends AnyField> {
  /** The place where it lies, in bytes from the start of the layout. */
  readonly offset: number;
  /** The field that lies there. */
  readonly field: F;

  /**
   * `offset` is in bytes, from 0; {@link at} makes one.
   * @throws LayoutError when the offset is no integer from 0 on.
   */
  constructor(offset: number, field: F) {
    if (!Number.isSafeInteger(offset) || offset < 0) {
      throw new LayoutError(`${offset} is no offset of a field`, { rule: "layout-offset" });
    }
    this.offset = offset;
    this.field = field;
  }
}

/**
 * Puts a field at an offset, in bytes from the start of its layout. What follows goes on behind
 * it. Fields may overlap, as the members of a union do, and may be put back to front.
 * @throws LayoutError when the offset is no integer from 0 on.
 */
export function at<F extends AnyField>(offset: number, field: F): PlacedField<F> {
  return new PlacedField(offset, field);
}
