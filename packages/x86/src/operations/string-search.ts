/** Searches of repeated SCAS and CMPS, how many elements of plain memory they look at; and what STOS fills. */

/** The width of an element in bytes; of 8 bytes only whether they are equal is looked at. */
type Width = 1 | 2 | 4;

/** An element: 8 and 16 bits unsigned, 32 bits signed, as registers are read. */
export function elementOf(view: DataView, at: number, width: Width): number {
  if (width === 1) return view.getUint8(at);
  return width === 2 ? view.getUint16(at, true) : view.getInt32(at, true);
}

/**
 * Number of elements from `at` on up to the first that equals `value` (`isForEqual`), or does not, that one among
 * them; at most `most`, 1 or more.
 */
export function lengthUntil(
  view: DataView,
  at: number,
  most: number,
  width: Width,
  value: number,
  isForEqual: boolean,
): number {
  let n = 1;
  if (width === 1) {
    const bytes = new Uint8Array(view.buffer, view.byteOffset + at, most);
    if (isForEqual) return bytes.indexOf(value) + 1 || most;
    while (n < most && bytes[n - 1] === value) n++;
    return n;
  }
  while (n < most && (elementOf(view, at + (n - 1) * width, width) === value) !== isForEqual) n++;
  return n;
}

/** The same for pairs of elements from `at` and `otherAt` on that are equal, or are not. */
export function lengthUntilPair(
  view: DataView,
  at: number,
  otherView: DataView,
  otherAt: number,
  most: number,
  width: Width,
  isForEqual: boolean,
): number {
  let n = 1;
  for (let offset = 0; n < most; offset += width, n++) {
    const isEqual =
      elementOf(view, at + offset, width) === elementOf(otherView, otherAt + offset, width);
    if (isEqual === isForEqual) break;
  }
  return n;
}

/** Repeats an element of `size` bytes at `at` until `length` bytes are filled. */
export function repeatElement(bytes: Uint8Array, at: number, size: number, length: number): void {
  for (let done = size; done < length; done *= 2) {
    bytes.copyWithin(at + done, at, at + Math.min(done, length - done));
  }
}
