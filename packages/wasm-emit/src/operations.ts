/** Operations without immediates, and those on memory. */

/**
 * Operations that take their operands from the stack and have no immediates, by opcode.
 * @see {@link CodeWriter}
 */
export const Op = {
  /** The instruction `unreachable`. */
  unreachable: 0x00,
  /** The instruction `nop`. */
  nop: 0x01,
  /** The instruction `return`. */
  return: 0x0f,
  /** The instruction `drop`. */
  drop: 0x1a,
  /** The instruction `select`. */
  select: 0x1b,
  /** The instruction `i32.eqz`. */
  i32Eqz: 0x45,
  /** The instruction `i32.eq`. */
  i32Eq: 0x46,
  /** The instruction `i32.ne`. */
  i32Ne: 0x47,
  /** The instruction `i32.lt_s`. */
  i32LtS: 0x48,
  /** The instruction `i32.lt_u`. */
  i32LtU: 0x49,
  /** The instruction `i32.gt_s`. */
  i32GtS: 0x4a,
  /** The instruction `i32.gt_u`. */
  i32GtU: 0x4b,
  /** The instruction `i32.le_s`. */
  i32LeS: 0x4c,
  /** The instruction `i32.le_u`. */
  i32LeU: 0x4d,
  /** The instruction `i32.ge_s`. */
  i32GeS: 0x4e,
  /** The instruction `i32.ge_u`. */
  i32GeU: 0x4f,
  /** The instruction `i64.eqz`. */
  i64Eqz: 0x50,
  /** The instruction `i64.eq`. */
  i64Eq: 0x51,
  /** The instruction `i64.ne`. */
  i64Ne: 0x52,
  /** The instruction `i64.lt_s`. */
  i64LtS: 0x53,
  /** The instruction `i64.lt_u`. */
  i64LtU: 0x54,
  /** The instruction `i64.gt_s`. */
  i64GtS: 0x55,
  /** The instruction `i64.gt_u`. */
  i64GtU: 0x56,
  /** The instruction `i64.le_s`. */
  i64LeS: 0x57,
  /** The instruction `i64.le_u`. */
  i64LeU: 0x58,
  /** The instruction `i64.ge_s`. */
  i64GeS: 0x59,
  /** The instruction `i64.ge_u`. */
  i64GeU: 0x5a,
  /** The instruction `f32.eq`. */
  f32Eq: 0x5b,
  /** The instruction `f32.ne`. */
  f32Ne: 0x5c,
  /** The instruction `f32.lt`. */
  f32Lt: 0x5d,
  /** The instruction `f32.gt`. */
  f32Gt: 0x5e,
  /** The instruction `f32.le`. */
  f32Le: 0x5f,
  /** The instruction `f32.ge`. */
  f32Ge: 0x60,
  /** The instruction `f64.eq`. */
  f64Eq: 0x61,
  /** The instruction `f64.ne`. */
  f64Ne: 0x62,
  /** The instruction `f64.lt`. */
  f64Lt: 0x63,
  /** The instruction `f64.gt`. */
  f64Gt: 0x64,
  /** The instruction `f64.le`. */
  f64Le: 0x65,
  /** The instruction `f64.ge`. */
  f64Ge: 0x66,
  /** The instruction `i32.clz`. */
  i32Clz: 0x67,
  /** The instruction `i32.ctz`. */
  i32Ctz: 0x68,
  /** The instruction `i32.popcnt`. */
  i32Popcnt: 0x69,
  /** The instruction `i32.add`. */
  i32Add: 0x6a,
  /** The instruction `i32.sub`. */
  i32Sub: 0x6b,
  /** The instruction `i32.mul`. */
  i32Mul: 0x6c,
  /** The instruction `i32.div_s`. */
  i32DivS: 0x6d,
  /** The instruction `i32.div_u`. */
  i32DivU: 0x6e,
  /** The instruction `i32.rem_s`. */
  i32RemS: 0x6f,
  /** The instruction `i32.rem_u`. */
  i32RemU: 0x70,
  /** The instruction `i32.and`. */
  i32And: 0x71,
  /** The instruction `i32.or`. */
  i32Or: 0x72,
  /** The instruction `i32.xor`. */
  i32Xor: 0x73,
  /** The instruction `i32.shl`. */
  i32Shl: 0x74,
  /** The instruction `i32.shr_s`. */
  i32ShrS: 0x75,
  /** The instruction `i32.shr_u`. */
  i32ShrU: 0x76,
  /** The instruction `i32.rotl`. */
  i32Rotl: 0x77,
  /** The instruction `i32.rotr`. */
  i32Rotr: 0x78,
  /** The instruction `i64.clz`. */
  i64Clz: 0x79,
  /** The instruction `i64.ctz`. */
  i64Ctz: 0x7a,
  /** The instruction `i64.popcnt`. */
  i64Popcnt: 0x7b,
  /** The instruction `i64.add`. */
  i64Add: 0x7c,
  /** The instruction `i64.sub`. */
  i64Sub: 0x7d,
  /** The instruction `i64.mul`. */
  i64Mul: 0x7e,
  /** The instruction `i64.div_s`. */
  i64DivS: 0x7f,
  /** The instruction `i64.div_u`. */
  i64DivU: 0x80,
  /** The instruction `i64.rem_s`. */
  i64RemS: 0x81,
  /** The instruction `i64.rem_u`. */
  i64RemU: 0x82,
  /** The instruction `i64.and`. */
  i64And: 0x83,
  /** The instruction `i64.or`. */
  i64Or: 0x84,
  /** The instruction `i64.xor`. */
  i64Xor: 0x85,
  /** The instruction `i64.shl`. */
  i64Shl: 0x86,
  /** The instruction `i64.shr_s`. */
  i64ShrS: 0x87,
  /** The instruction `i64.shr_u`. */
  i64ShrU: 0x88,
  /** The instruction `i64.rotl`. */
  i64Rotl: 0x89,
  /** The instruction `i64.rotr`. */
  i64Rotr: 0x8a,
  /** The instruction `f32.abs`. */
  f32Abs: 0x8b,
  /** The instruction `f32.neg`. */
  f32Neg: 0x8c,
  /** The instruction `f32.ceil`. */
  f32Ceil: 0x8d,
  /** The instruction `f32.floor`. */
  f32Floor: 0x8e,
  /** The instruction `f32.trunc`. */
  f32Trunc: 0x8f,
  /** The instruction `f32.nearest`. */
  f32Nearest: 0x90,
  /** The instruction `f32.sqrt`. */
  f32Sqrt: 0x91,
  /** The instruction `f32.add`. */
  f32Add: 0x92,
  /** The instruction `f32.sub`. */
  f32Sub: 0x93,
  /** The instruction `f32.mul`. */
  f32Mul: 0x94,
  /** The instruction `f32.div`. */
  f32Div: 0x95,
  /** The instruction `f32.min`. */
  f32Min: 0x96,
  /** The instruction `f32.max`. */
  f32Max: 0x97,
  /** The instruction `f32.copysign`. */
  f32Copysign: 0x98,
  /** The instruction `f64.abs`. */
  f64Abs: 0x99,
  /** The instruction `f64.neg`. */
  f64Neg: 0x9a,
  /** The instruction `f64.ceil`. */
  f64Ceil: 0x9b,
  /** The instruction `f64.floor`. */
  f64Floor: 0x9c,
  /** The instruction `f64.trunc`. */
  f64Trunc: 0x9d,
  /** The instruction `f64.nearest`. */
  f64Nearest: 0x9e,
  /** The instruction `f64.sqrt`. */
  f64Sqrt: 0x9f,
  /** The instruction `f64.add`. */
  f64Add: 0xa0,
  /** The instruction `f64.sub`. */
  f64Sub: 0xa1,
  /** The instruction `f64.mul`. */
  f64Mul: 0xa2,
  /** The instruction `f64.div`. */
  f64Div: 0xa3,
  /** The instruction `f64.min`. */
  f64Min: 0xa4,
  /** The instruction `f64.max`. */
  f64Max: 0xa5,
  /** The instruction `f64.copysign`. */
  f64Copysign: 0xa6,
  /** The instruction `i32.wrap_i64`. */
  i32WrapI64: 0xa7,
  /** The instruction `i32.trunc_f32_s`. */
  i32TruncF32S: 0xa8,
  /** The instruction `i32.trunc_f32_u`. */
  i32TruncF32U: 0xa9,
  /** The instruction `i32.trunc_f64_s`. */
  i32TruncF64S: 0xaa,
  /** The instruction `i32.trunc_f64_u`. */
  i32TruncF64U: 0xab,
  /** The instruction `i64.extend_i32_s`. */
  i64ExtendI32S: 0xac,
  /** The instruction `i64.extend_i32_u`. */
  i64ExtendI32U: 0xad,
  /** The instruction `i64.trunc_f32_s`. */
  i64TruncF32S: 0xae,
  /** The instruction `i64.trunc_f32_u`. */
  i64TruncF32U: 0xaf,
  /** The instruction `i64.trunc_f64_s`. */
  i64TruncF64S: 0xb0,
  /** The instruction `i64.trunc_f64_u`. */
  i64TruncF64U: 0xb1,
  /** The instruction `f32.convert_i32_s`. */
  f32ConvertI32S: 0xb2,
  /** The instruction `f32.convert_i32_u`. */
  f32ConvertI32U: 0xb3,
  /** The instruction `f32.convert_i64_s`. */
  f32ConvertI64S: 0xb4,
  /** The instruction `f32.convert_i64_u`. */
  f32ConvertI64U: 0xb5,
  /** The instruction `f32.demote_f64`. */
  f32DemoteF64: 0xb6,
  /** The instruction `f64.convert_i32_s`. */
  f64ConvertI32S: 0xb7,
  /** The instruction `f64.convert_i32_u`. */
  f64ConvertI32U: 0xb8,
  /** The instruction `f64.convert_i64_s`. */
  f64ConvertI64S: 0xb9,
  /** The instruction `f64.convert_i64_u`. */
  f64ConvertI64U: 0xba,
  /** The instruction `f64.promote_f32`. */
  f64PromoteF32: 0xbb,
  /** The instruction `i32.reinterpret_f32`. */
  i32ReinterpretF32: 0xbc,
  /** The instruction `i64.reinterpret_f64`. */
  i64ReinterpretF64: 0xbd,
  /** The instruction `f32.reinterpret_i32`. */
  f32ReinterpretI32: 0xbe,
  /** The instruction `f64.reinterpret_i64`. */
  f64ReinterpretI64: 0xbf,
  /** The instruction `i32.extend8_s`. */
  i32Extend8S: 0xc0,
  /** The instruction `i32.extend16_s`. */
  i32Extend16S: 0xc1,
  /** The instruction `i64.extend8_s`. */
  i64Extend8S: 0xc2,
  /** The instruction `i64.extend16_s`. */
  i64Extend16S: 0xc3,
  /** The instruction `i64.extend32_s`. */
  i64Extend32S: 0xc4,
} as const;

/**
 * Loads and stores, by opcode.
 * @see {@link CodeWriter}
 */
export const MemoryOp = {
  /** The instruction `i32.load`. */
  i32Load: 0x28,
  /** The instruction `i64.load`. */
  i64Load: 0x29,
  /** The instruction `f32.load`. */
  f32Load: 0x2a,
  /** The instruction `f64.load`. */
  f64Load: 0x2b,
  /** The instruction `i32.load8_s`. */
  i32Load8S: 0x2c,
  /** The instruction `i32.load8_u`. */
  i32Load8U: 0x2d,
  /** The instruction `i32.load16_s`. */
  i32Load16S: 0x2e,
  /** The instruction `i32.load16_u`. */
  i32Load16U: 0x2f,
  /** The instruction `i64.load8_s`. */
  i64Load8S: 0x30,
  /** The instruction `i64.load8_u`. */
  i64Load8U: 0x31,
  /** The instruction `i64.load16_s`. */
  i64Load16S: 0x32,
  /** The instruction `i64.load16_u`. */
  i64Load16U: 0x33,
  /** The instruction `i64.load32_s`. */
  i64Load32S: 0x34,
  /** The instruction `i64.load32_u`. */
  i64Load32U: 0x35,
  /** The instruction `i32.store`. */
  i32Store: 0x36,
  /** The instruction `i64.store`. */
  i64Store: 0x37,
  /** The instruction `f32.store`. */
  f32Store: 0x38,
  /** The instruction `f64.store`. */
  f64Store: 0x39,
  /** The instruction `i32.store8`. */
  i32Store8: 0x3a,
  /** The instruction `i32.store16`. */
  i32Store16: 0x3b,
  /** The instruction `i64.store8`. */
  i64Store8: 0x3c,
  /** The instruction `i64.store16`. */
  i64Store16: 0x3d,
  /** The instruction `i64.store32`. */
  i64Store32: 0x3e,
} as const;
