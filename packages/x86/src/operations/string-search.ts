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
  if (width === 1 && isForEqual) {
    const bytes = new Uint8Array(view.buffer, view.byteOffset + at, most);
    return bytes.indexOf(value) + 1 || most;
  }
  let n = isForEqual
    ? 1
    : Math.min(Math.floor(likeWord(view, at, most * width, value, width) / width) + 1, most);
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
  const known = isForEqual
    ? 0
    : Math.floor(alike(view, at, otherView, otherAt, most * width) / width);
  let n = Math.min(known + 1, most);
  for (let offset = (n - 1) * width; n < most; offset += width, n++) {
    const isEqual =
      elementOf(view, at + offset, width) === elementOf(otherView, otherAt + offset, width);
    if (isEqual === isForEqual) break;
  }
  return n;
}

/** Bytes from `at` on that repeat an element, four at a time; at most `most`. */
function likeWord(view: DataView, at: number, most: number, value: number, width: Width): number {
  const repeated = width === 1 ? value * 0x01010101 : width === 2 ? value * 0x10001 : value;
  const word = repeated | 0;
  let n = 0;
  while (n + 4 <= most && view.getInt32(at + n, true) === word) n += 4;
  return n;
}

/** Bytes from `at` and `otherAt` on that are equal, four at a time; at most `most`. */
function alike(
  view: DataView,
  at: number,
  otherView: DataView,
  otherAt: number,
  most: number,
): number {
  let n = 0;
  while (n + 4 <= most && view.getInt32(at + n) === otherView.getInt32(otherAt + n)) n += 4;
  return n;
}

/** Repeats an element of `size` bytes at `at` until `length` bytes are filled. Mostly its bytes are equal. */
export function repeatElement(bytes: Uint8Array, at: number, size: number, length: number): void {
  const first = bytes[at];
  let same = 1;
  while (same < size && bytes[at + same] === first) same++;
  if (same === size) {
    bytes.fill(first, at, at + length);
    return;
  }
  for (let done = size; done < length; done *= 2) {
    bytes.copyWithin(at + done, at, at + Math.min(done, length - done));
  }
}
