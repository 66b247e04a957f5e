/** The operations of WebAssembly on words, by the width of operands. */
import { Op } from "@mem/wasm-emit";
import type { Width } from "../decode/instruction.js";

const I32 = {
  add: Op.i32Add,
  sub: Op.i32Sub,
  mul: Op.i32Mul,
  and: Op.i32And,
  or: Op.i32Or,
  xor: Op.i32Xor,
  shl: Op.i32Shl,
  shrS: Op.i32ShrS,
  shrU: Op.i32ShrU,
  rotl: Op.i32Rotl,
  rotr: Op.i32Rotr,
  clz: Op.i32Clz,
  ctz: Op.i32Ctz,
  popcnt: Op.i32Popcnt,
  eqz: Op.i32Eqz,
  eq: Op.i32Eq,
  ne: Op.i32Ne,
  ltU: Op.i32LtU,
  geU: Op.i32GeU,
  leU: Op.i32LeU,
  gtU: Op.i32GtU,
  ltS: Op.i32LtS,
  geS: Op.i32GeS,
  leS: Op.i32LeS,
  gtS: Op.i32GtS,
} as const;

/** Operations on words of one width. */
export type WordOperations = Readonly<Record<keyof typeof I32, (typeof Op)[keyof typeof Op]>>;

const I64: WordOperations = {
  add: Op.i64Add,
  sub: Op.i64Sub,
  mul: Op.i64Mul,
  and: Op.i64And,
  or: Op.i64Or,
  xor: Op.i64Xor,
  shl: Op.i64Shl,
  shrS: Op.i64ShrS,
  shrU: Op.i64ShrU,
  rotl: Op.i64Rotl,
  rotr: Op.i64Rotr,
  clz: Op.i64Clz,
  ctz: Op.i64Ctz,
  popcnt: Op.i64Popcnt,
  eqz: Op.i64Eqz,
  eq: Op.i64Eq,
  ne: Op.i64Ne,
  ltU: Op.i64LtU,
  geU: Op.i64GeU,
  leU: Op.i64LeU,
  gtU: Op.i64GtU,
  ltS: Op.i64LtS,
  geS: Op.i64GeS,
  leS: Op.i64LeS,
  gtS: Op.i64GtS,
};

/** Operations on the words that hold operands of a width: up to 4 bytes are words of 32 bits. */
export function operationsOf(width: Width): WordOperations {
  return width === 8 ? I64 : I32;
}
