import { MemOp } from "@mem/core";

// Constants rather than declarations: what is inlined is then not checked to be still the same.

/** Loads 1, 2 or 4 bytes of a view, as an unsigned number. */
export const loadWordAt = (view: DataView, at: number, op: MemOp): number => {
  const little = (op & MemOp.BIG) === 0;
  switch (op & MemOp.SIZE_MASK) {
    case MemOp.SIZE_8:
      return view.getUint8(at);
    case MemOp.SIZE_16:
      return view.getUint16(at, little);
    default:
      return view.getUint32(at, little);
  }
};

/** Stores 1, 2 or 4 bytes into a view; the value is reduced to that size. */
export const storeWordAt = (view: DataView, at: number, value: number, op: MemOp): void => {
  const little = (op & MemOp.BIG) === 0;
  switch (op & MemOp.SIZE_MASK) {
    case MemOp.SIZE_8:
      view.setUint8(at, value);
      break;
    case MemOp.SIZE_16:
      view.setUint16(at, value, little);
      break;
    default:
      view.setUint32(at, value, little);
  }
};
