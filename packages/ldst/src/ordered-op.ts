import { MemOp } from "@mem/core";

/** An operation of a size in the order that a flag says. */
export const orderedOp = (size: MemOp, isLittle: boolean): MemOp =>
  isLittle ? size : size | MemOp.BIG;
