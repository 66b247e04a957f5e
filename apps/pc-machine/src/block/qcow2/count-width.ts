/** Reference counts of 1 to 64 bits in a block of them. */

/** Reads and stores the counts of one width. */
export interface CountWidth {
  readonly bits: number;
  /** The largest count that is told exactly; one above is never changed. */
  readonly most: number;
  get(view: DataView, index: number): number;
  set(view: DataView, index: number, count: number): void;
}

const BYTE = 8;

/** Counts of 2 to the power of `order` bits, 0 to 6. */
export function countWidth(order: number): CountWidth {
  const bits = 2 ** order;
  const most = Math.min(2 ** bits - 1, Number.MAX_SAFE_INTEGER);
  switch (bits) {
    case 8:
      return {
        ...{ bits, most },
        get: (view, index) => view.getUint8(index),
        set: (view, index, count) => view.setUint8(index, count),
      };
    case 16:
      return {
        ...{ bits, most },
        get: (view, index) => view.getUint16(2 * index),
        set: (view, index, count) => view.setUint16(2 * index, count),
      };
    case 32:
      return {
        ...{ bits, most },
        get: (view, index) => view.getUint32(4 * index),
        set: (view, index, count) => view.setUint32(4 * index, count),
      };
    case 64:
      return {
        ...{ bits, most },
        get: (view, index) => Number(view.getBigUint64(8 * index)),
        set: (view, index, count) => view.setBigUint64(8 * index, BigInt(count)),
      };
    default:
      return partOfByte(bits, most);
  }
}

/** Several in a byte, the first in its lowest bits. */
function partOfByte(bits: number, most: number): CountWidth {
  const shift = (index: number): number => (index * bits) % BYTE;
  const byte = (index: number): number => Math.floor((index * bits) / BYTE);
  return {
    ...{ bits, most },
    get: (view, index) => (view.getUint8(byte(index)) >> shift(index)) & most,
    set: (view, index, count) => {
      const others = view.getUint8(byte(index)) & ~(most << shift(index));
      view.setUint8(byte(index), others | (count << shift(index)));
    },
  };
}
