/** Where things lie in the memory of the small machine. */

/** Where guest code begins; two pages, of which the second holds the end of it sometimes. */
export const CODE = 0x5000;
/** Data and the stack lie there; the page behind it is not mapped when paging is on. */
export const DATA = 0x8000;
/** A device of 4 KiB. */
export const DEVICE = 0xb000;
/** RAM in bytes. */
export const RAM_SIZE = 1 << 18;
