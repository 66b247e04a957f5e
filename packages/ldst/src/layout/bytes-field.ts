import { AddressError } from "@mem/core";
import { Inspectable, type Summary } from "@mem/flat/plumbing";
import { ASSIGN, CHECK, CompositeField, type Holder, PLAIN, VIEW_AT } from "./field.js";
import { LayoutError } from "./layout-error.js";
import { PLACE, type Place } from "./place.js";
import { checkCount } from "./checks.js";

/** The bytes of a `bytes(n)` field, where they are. */
export class BytesView extends Inspectable {
  readonly [PLACE]: Place;
  /** Number of them. */
  readonly length: number;

  /** Layouts make views. */
  constructor(place: Place) {
    super();
    this[PLACE] = place;
    this.length = place.size;
  }

  /**
   * One byte.
   * @throws AddressError when there is no such byte.
   */
  get(index: number): number {
    this.#check(index, 1);
    const place = this[PLACE];
    return place.words.ld8(place.at(index), place.attrs, place.status);
  }

  /**
   * Stores one byte.
   * @throws AddressError when there is no such byte.
   */
  set(index: number, value: number): void {
    this.#check(index, 1);
    const place = this[PLACE];
    place.words.st8(place.at(index), value, place.attrs, place.status);
  }

  /**
   * Copies `into.length` bytes from `from` on; bytes that failed are 0. A cache that is no memory
   * is read without the view's attributes.
   * @throws AddressError when they leave the field.
   */
  read(into: Uint8Array, from = 0): Uint8Array {
    this.#check(from, into.length);
    this[PLACE].read(from, into);
    return into;
  }

  /**
   * Stores bytes from `to` on; see {@link read}.
   * @throws AddressError when they leave the field.
   */
  write(bytes: Uint8Array, to = 0): void {
    this.#check(to, bytes.length);
    this[PLACE].write(to, bytes);
  }

  /** A copy of all of them. */
  toBytes(): Uint8Array {
    return this.read(new Uint8Array(this.length));
  }

  protected override summarize(): Summary {
    return { kind: "BytesView", name: String(this[PLACE]) };
  }

  /** Its place; no byte is read. */
  toJSON(): object {
    return { place: String(this[PLACE]), length: this.length };
  }

  #check(index: number, count: number): void {
    if (Number.isSafeInteger(index) && index >= 0 && index + count <= this.length) return;
    throw new AddressError(`${count} bytes at ${index} leave a field of ${this.length} bytes`, {
      rule: "layout-index",
      address: index,
    });
  }
}

/** A run of bytes. Plain objects have a `Uint8Array`; a shorter one can be assigned. */
export class BytesField extends CompositeField<BytesView, Uint8Array, Uint8Array> {
  /** Number of bytes. */
  override readonly size: number;
  override readonly alignment: number = 1;

  /** @param size number of bytes, at least 1 */
  constructor(size: number) {
    super();
    this.size = checkCount(size, "bytes");
  }

  override [VIEW_AT](place: Place): BytesView {
    return new BytesView(place);
  }

  override [PLAIN](member: unknown): Uint8Array {
    return (member as BytesView).toBytes();
  }

  override [CHECK](value: unknown, what: string): void {
    if (value instanceof Uint8Array && value.length <= this.size) return;
    throw new LayoutError(`${what} takes a Uint8Array of up to ${this.size} bytes`, {
      rule: "layout-value",
    });
  }

  override [ASSIGN](holder: Holder, name: string, value: unknown): void {
    (holder[name] as BytesView).write(value as Uint8Array);
  }
}

/**
 * `n` bytes, of no order.
 * @throws LayoutError when `n` is no integer above 0.
 *
 * @example
 * const header = defineLayout({ to: bytes(6), type: u16be });
 * const view = header.view(space, 0x100);
 * view.to.write(Uint8Array.of(1, 2, 3, 4, 5, 6));
 * console.log(view.to.toBytes().join(":"), header.offsets.type); // prints: 1:2:3:4:5:6 6
 */
export function bytes(n: number): BytesField {
  return new BytesField(n);
}
