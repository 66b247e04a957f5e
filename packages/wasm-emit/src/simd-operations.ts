/** The operations on vectors of 128 bits: each is prefixed with FD. */

/**
 * Operations on vectors without immediates, by the number that follows the prefix.
 * @see {@link CodeWriter}
 */
export const SimdOp = {
  /** The instruction `i8x16.swizzle`. */
  i8x16Swizzle: 0x0e,
  /** The instruction `i8x16.splat`. */
  i8x16Splat: 0x0f,
  /** The instruction `i16x8.splat`. */
  i16x8Splat: 0x10,
  /** The instruction `i32x4.splat`. */
  i32x4Splat: 0x11,
  /** The instruction `i64x2.splat`. */
  i64x2Splat: 0x12,
  /** The instruction `f32x4.splat`. */
  f32x4Splat: 0x13,
  /** The instruction `f64x2.splat`. */
  f64x2Splat: 0x14,
  /** The instruction `i8x16.eq`. */
  i8x16Eq: 0x23,
  /** The instruction `i8x16.ne`. */
  i8x16Ne: 0x24,
  /** The instruction `i8x16.lt_s`. */
  i8x16LtS: 0x25,
  /** The instruction `i8x16.lt_u`. */
  i8x16LtU: 0x26,
  /** The instruction `i8x16.gt_s`. */
  i8x16GtS: 0x27,
  /** The instruction `i8x16.gt_u`. */
  i8x16GtU: 0x28,
  /** The instruction `i8x16.le_s`. */
  i8x16LeS: 0x29,
  /** The instruction `i8x16.le_u`. */
  i8x16LeU: 0x2a,
  /** The instruction `i8x16.ge_s`. */
  i8x16GeS: 0x2b,
  /** The instruction `i8x16.ge_u`. */
  i8x16GeU: 0x2c,
  /** The instruction `i16x8.eq`. */
  i16x8Eq: 0x2d,
  /** The instruction `i16x8.ne`. */
  i16x8Ne: 0x2e,
  /** The instruction `i16x8.lt_s`. */
  i16x8LtS: 0x2f,
  /** The instruction `i16x8.lt_u`. */
  i16x8LtU: 0x30,
  /** The instruction `i16x8.gt_s`. */
  i16x8GtS: 0x31,
  /** The instruction `i16x8.gt_u`. */
  i16x8GtU: 0x32,
  /** The instruction `i16x8.le_s`. */
  i16x8LeS: 0x33,
  /** The instruction `i16x8.le_u`. */
  i16x8LeU: 0x34,
  /** The instruction `i16x8.ge_s`. */
  i16x8GeS: 0x35,
  /** The instruction `i16x8.ge_u`. */
  i16x8GeU: 0x36,
  /** The instruction `i32x4.eq`. */
  i32x4Eq: 0x37,
  /** The instruction `i32x4.ne`. */
  i32x4Ne: 0x38,
  /** The instruction `i32x4.lt_s`. */
  i32x4LtS: 0x39,
  /** The instruction `i32x4.lt_u`. */
  i32x4LtU: 0x3a,
  /** The instruction `i32x4.gt_s`. */
  i32x4GtS: 0x3b,
  /** The instruction `i32x4.gt_u`. */
  i32x4GtU: 0x3c,
  /** The instruction `i32x4.le_s`. */
  i32x4LeS: 0x3d,
  /** The instruction `i32x4.le_u`. */
  i32x4LeU: 0x3e,
  /** The instruction `i32x4.ge_s`. */
  i32x4GeS: 0x3f,
  /** The instruction `i32x4.ge_u`. */
  i32x4GeU: 0x40,
  /** The instruction `f32x4.eq`. */
  f32x4Eq: 0x41,
  /** The instruction `f32x4.ne`. */
  f32x4Ne: 0x42,
  /** The instruction `f32x4.lt`. */
  f32x4Lt: 0x43,
  /** The instruction `f32x4.gt`. */
  f32x4Gt: 0x44,
  /** The instruction `f32x4.le`. */
  f32x4Le: 0x45,
  /** The instruction `f32x4.ge`. */
  f32x4Ge: 0x46,
  /** The instruction `f64x2.eq`. */
  f64x2Eq: 0x47,
  /** The instruction `f64x2.ne`. */
  f64x2Ne: 0x48,
  /** The instruction `f64x2.lt`. */
  f64x2Lt: 0x49,
  /** The instruction `f64x2.gt`. */
  f64x2Gt: 0x4a,
  /** The instruction `f64x2.le`. */
  f64x2Le: 0x4b,
  /** The instruction `f64x2.ge`. */
  f64x2Ge: 0x4c,
  /** The instruction `v128.not`. */
  v128Not: 0x4d,
  /** The instruction `v128.and`. */
  v128And: 0x4e,
  /** The instruction `v128.andnot`. */
  v128Andnot: 0x4f,
  /** The instruction `v128.or`. */
  v128Or: 0x50,
  /** The instruction `v128.xor`. */
  v128Xor: 0x51,
  /** The instruction `v128.bitselect`. */
  v128Bitselect: 0x52,
  /** The instruction `v128.any_true`. */
  v128AnyTrue: 0x53,
  /** The instruction `f32x4.demote_f64x2_zero`. */
  f32x4DemoteF64x2Zero: 0x5e,
  /** The instruction `f64x2.promote_low_f32x4`. */
  f64x2PromoteLowF32x4: 0x5f,
  /** The instruction `i8x16.abs`. */
  i8x16Abs: 0x60,
  /** The instruction `i8x16.neg`. */
  i8x16Neg: 0x61,
  /** The instruction `i8x16.popcnt`. */
  i8x16Popcnt: 0x62,
  /** The instruction `i8x16.all_true`. */
  i8x16AllTrue: 0x63,
  /** The instruction `i8x16.bitmask`. */
  i8x16Bitmask: 0x64,
  /** The instruction `i8x16.narrow_i16x8_s`. */
  i8x16NarrowI16x8S: 0x65,
  /** The instruction `i8x16.narrow_i16x8_u`. */
  i8x16NarrowI16x8U: 0x66,
  /** The instruction `f32x4.ceil`. */
  f32x4Ceil: 0x67,
  /** The instruction `f32x4.floor`. */
  f32x4Floor: 0x68,
  /** The instruction `f32x4.trunc`. */
  f32x4Trunc: 0x69,
  /** The instruction `f32x4.nearest`. */
  f32x4Nearest: 0x6a,
  /** The instruction `i8x16.shl`. */
  i8x16Shl: 0x6b,
  /** The instruction `i8x16.shr_s`. */
  i8x16ShrS: 0x6c,
  /** The instruction `i8x16.shr_u`. */
  i8x16ShrU: 0x6d,
  /** The instruction `i8x16.add`. */
  i8x16Add: 0x6e,
  /** The instruction `i8x16.add_sat_s`. */
  i8x16AddSatS: 0x6f,
  /** The instruction `i8x16.add_sat_u`. */
  i8x16AddSatU: 0x70,
  /** The instruction `i8x16.sub`. */
  i8x16Sub: 0x71,
  /** The instruction `i8x16.sub_sat_s`. */
  i8x16SubSatS: 0x72,
  /** The instruction `i8x16.sub_sat_u`. */
  i8x16SubSatU: 0x73,
  /** The instruction `f64x2.ceil`. */
  f64x2Ceil: 0x74,
  /** The instruction `f64x2.floor`. */
  f64x2Floor: 0x75,
  /** The instruction `i8x16.min_s`. */
  i8x16MinS: 0x76,
  /** The instruction `i8x16.min_u`. */
  i8x16MinU: 0x77,
  /** The instruction `i8x16.max_s`. */
  i8x16MaxS: 0x78,
  /** The instruction `i8x16.max_u`. */
  i8x16MaxU: 0x79,
  /** The instruction `f64x2.trunc`. */
  f64x2Trunc: 0x7a,
  /** The instruction `i8x16.avgr_u`. */
  i8x16AvgrU: 0x7b,
  /** The instruction `i16x8.extadd_pairwise_i8x16_s`. */
  i16x8ExtaddPairwiseI8x16S: 0x7c,
  /** The instruction `i16x8.extadd_pairwise_i8x16_u`. */
  i16x8ExtaddPairwiseI8x16U: 0x7d,
  /** The instruction `i32x4.extadd_pairwise_i16x8_s`. */
  i32x4ExtaddPairwiseI16x8S: 0x7e,
  /** The instruction `i32x4.extadd_pairwise_i16x8_u`. */
  i32x4ExtaddPairwiseI16x8U: 0x7f,
  /** The instruction `i16x8.abs`. */
  i16x8Abs: 0x80,
  /** The instruction `i16x8.neg`. */
  i16x8Neg: 0x81,
  /** The instruction `i16x8.q15mulr_sat_s`. */
  i16x8Q15mulrSatS: 0x82,
  /** The instruction `i16x8.all_true`. */
  i16x8AllTrue: 0x83,
  /** The instruction `i16x8.bitmask`. */
  i16x8Bitmask: 0x84,
  /** The instruction `i16x8.narrow_i32x4_s`. */
  i16x8NarrowI32x4S: 0x85,
  /** The instruction `i16x8.narrow_i32x4_u`. */
  i16x8NarrowI32x4U: 0x86,
  /** The instruction `i16x8.extend_low_i8x16_s`. */
  i16x8ExtendLowI8x16S: 0x87,
  /** The instruction `i16x8.extend_high_i8x16_s`. */
  i16x8ExtendHighI8x16S: 0x88,
  /** The instruction `i16x8.extend_low_i8x16_u`. */
  i16x8ExtendLowI8x16U: 0x89,
  /** The instruction `i16x8.extend_high_i8x16_u`. */
  i16x8ExtendHighI8x16U: 0x8a,
  /** The instruction `i16x8.shl`. */
  i16x8Shl: 0x8b,
  /** The instruction `i16x8.shr_s`. */
  i16x8ShrS: 0x8c,
  /** The instruction `i16x8.shr_u`. */
  i16x8ShrU: 0x8d,
  /** The instruction `i16x8.add`. */
  i16x8Add: 0x8e,
  /** The instruction `i16x8.add_sat_s`. */
  i16x8AddSatS: 0x8f,
  /** The instruction `i16x8.add_sat_u`. */
  i16x8AddSatU: 0x90,
  /** The instruction `i16x8.sub`. */
  i16x8Sub: 0x91,
  /** The instruction `i16x8.sub_sat_s`. */
  i16x8SubSatS: 0x92,
  /** The instruction `i16x8.sub_sat_u`. */
  i16x8SubSatU: 0x93,
  /** The instruction `f64x2.nearest`. */
  f64x2Nearest: 0x94,
  /** The instruction `i16x8.mul`. */
  i16x8Mul: 0x95,
  /** The instruction `i16x8.min_s`. */
  i16x8MinS: 0x96,
  /** The instruction `i16x8.min_u`. */
  i16x8MinU: 0x97,
  /** The instruction `i16x8.max_s`. */
  i16x8MaxS: 0x98,
  /** The instruction `i16x8.max_u`. */
  i16x8MaxU: 0x99,
  /** The instruction `i16x8.avgr_u`. */
  i16x8AvgrU: 0x9b,
  /** The instruction `i16x8.extmul_low_i8x16_s`. */
  i16x8ExtmulLowI8x16S: 0x9c,
  /** The instruction `i16x8.extmul_high_i8x16_s`. */
  i16x8ExtmulHighI8x16S: 0x9d,
  /** The instruction `i16x8.extmul_low_i8x16_u`. */
  i16x8ExtmulLowI8x16U: 0x9e,
  /** The instruction `i16x8.extmul_high_i8x16_u`. */
  i16x8ExtmulHighI8x16U: 0x9f,
  /** The instruction `i32x4.abs`. */
  i32x4Abs: 0xa0,
  /** The instruction `i32x4.neg`. */
  i32x4Neg: 0xa1,
  /** The instruction `i32x4.all_true`. */
  i32x4AllTrue: 0xa3,
  /** The instruction `i32x4.bitmask`. */
  i32x4Bitmask: 0xa4,
  /** The instruction `i32x4.extend_low_i16x8_s`. */
  i32x4ExtendLowI16x8S: 0xa7,
  /** The instruction `i32x4.extend_high_i16x8_s`. */
  i32x4ExtendHighI16x8S: 0xa8,
  /** The instruction `i32x4.extend_low_i16x8_u`. */
  i32x4ExtendLowI16x8U: 0xa9,
  /** The instruction `i32x4.extend_high_i16x8_u`. */
  i32x4ExtendHighI16x8U: 0xaa,
  /** The instruction `i32x4.shl`. */
  i32x4Shl: 0xab,
  /** The instruction `i32x4.shr_s`. */
  i32x4ShrS: 0xac,
  /** The instruction `i32x4.shr_u`. */
  i32x4ShrU: 0xad,
  /** The instruction `i32x4.add`. */
  i32x4Add: 0xae,
  /** The instruction `i32x4.sub`. */
  i32x4Sub: 0xb1,
  /** The instruction `i32x4.mul`. */
  i32x4Mul: 0xb5,
  /** The instruction `i32x4.min_s`. */
  i32x4MinS: 0xb6,
  /** The instruction `i32x4.min_u`. */
  i32x4MinU: 0xb7,
  /** The instruction `i32x4.max_s`. */
  i32x4MaxS: 0xb8,
  /** The instruction `i32x4.max_u`. */
  i32x4MaxU: 0xb9,
  /** The instruction `i32x4.dot_i16x8_s`. */
  i32x4DotI16x8S: 0xba,
  /** The instruction `i32x4.extmul_low_i16x8_s`. */
  i32x4ExtmulLowI16x8S: 0xbc,
  /** The instruction `i32x4.extmul_high_i16x8_s`. */
  i32x4ExtmulHighI16x8S: 0xbd,
  /** The instruction `i32x4.extmul_low_i16x8_u`. */
  i32x4ExtmulLowI16x8U: 0xbe,
  /** The instruction `i32x4.extmul_high_i16x8_u`. */
  i32x4ExtmulHighI16x8U: 0xbf,
  /** The instruction `i64x2.abs`. */
  i64x2Abs: 0xc0,
  /** The instruction `i64x2.neg`. */
  i64x2Neg: 0xc1,
  /** The instruction `i64x2.all_true`. */
  i64x2AllTrue: 0xc3,
  /** The instruction `i64x2.bitmask`. */
  i64x2Bitmask: 0xc4,
  /** The instruction `i64x2.extend_low_i32x4_s`. */
  i64x2ExtendLowI32x4S: 0xc7,
  /** The instruction `i64x2.extend_high_i32x4_s`. */
  i64x2ExtendHighI32x4S: 0xc8,
  /** The instruction `i64x2.extend_low_i32x4_u`. */
  i64x2ExtendLowI32x4U: 0xc9,
  /** The instruction `i64x2.extend_high_i32x4_u`. */
  i64x2ExtendHighI32x4U: 0xca,
  /** The instruction `i64x2.shl`. */
  i64x2Shl: 0xcb,
  /** The instruction `i64x2.shr_s`. */
  i64x2ShrS: 0xcc,
  /** The instruction `i64x2.shr_u`. */
  i64x2ShrU: 0xcd,
  /** The instruction `i64x2.add`. */
  i64x2Add: 0xce,
  /** The instruction `i64x2.sub`. */
  i64x2Sub: 0xd1,
  /** The instruction `i64x2.mul`. */
  i64x2Mul: 0xd5,
  /** The instruction `i64x2.eq`. */
  i64x2Eq: 0xd6,
  /** The instruction `i64x2.ne`. */
  i64x2Ne: 0xd7,
  /** The instruction `i64x2.lt_s`. */
  i64x2LtS: 0xd8,
  /** The instruction `i64x2.gt_s`. */
  i64x2GtS: 0xd9,
  /** The instruction `i64x2.le_s`. */
  i64x2LeS: 0xda,
  /** The instruction `i64x2.ge_s`. */
  i64x2GeS: 0xdb,
  /** The instruction `i64x2.extmul_low_i32x4_s`. */
  i64x2ExtmulLowI32x4S: 0xdc,
  /** The instruction `i64x2.extmul_high_i32x4_s`. */
  i64x2ExtmulHighI32x4S: 0xdd,
  /** The instruction `i64x2.extmul_low_i32x4_u`. */
  i64x2ExtmulLowI32x4U: 0xde,
  /** The instruction `i64x2.extmul_high_i32x4_u`. */
  i64x2ExtmulHighI32x4U: 0xdf,
  /** The instruction `f32x4.abs`. */
  f32x4Abs: 0xe0,
  /** The instruction `f32x4.neg`. */
  f32x4Neg: 0xe1,
  /** The instruction `f32x4.sqrt`. */
  f32x4Sqrt: 0xe3,
  /** The instruction `f32x4.add`. */
  f32x4Add: 0xe4,
  /** The instruction `f32x4.sub`. */
  f32x4Sub: 0xe5,
  /** The instruction `f32x4.mul`. */
  f32x4Mul: 0xe6,
  /** The instruction `f32x4.div`. */
  f32x4Div: 0xe7,
  /** The instruction `f32x4.min`. */
  f32x4Min: 0xe8,
  /** The instruction `f32x4.max`. */
  f32x4Max: 0xe9,
  /** The instruction `f32x4.pmin`. */
  f32x4Pmin: 0xea,
  /** The instruction `f32x4.pmax`. */
  f32x4Pmax: 0xeb,
  /** The instruction `f64x2.abs`. */
  f64x2Abs: 0xec,
  /** The instruction `f64x2.neg`. */
  f64x2Neg: 0xed,
  /** The instruction `f64x2.sqrt`. */
  f64x2Sqrt: 0xef,
  /** The instruction `f64x2.add`. */
  f64x2Add: 0xf0,
  /** The instruction `f64x2.sub`. */
  f64x2Sub: 0xf1,
  /** The instruction `f64x2.mul`. */
  f64x2Mul: 0xf2,
  /** The instruction `f64x2.div`. */
  f64x2Div: 0xf3,
  /** The instruction `f64x2.min`. */
  f64x2Min: 0xf4,
  /** The instruction `f64x2.max`. */
  f64x2Max: 0xf5,
  /** The instruction `f64x2.pmin`. */
  f64x2Pmin: 0xf6,
  /** The instruction `f64x2.pmax`. */
  f64x2Pmax: 0xf7,
  /** The instruction `i32x4.trunc_sat_f32x4_s`. */
  i32x4TruncSatF32x4S: 0xf8,
  /** The instruction `i32x4.trunc_sat_f32x4_u`. */
  i32x4TruncSatF32x4U: 0xf9,
  /** The instruction `f32x4.convert_i32x4_s`. */
  f32x4ConvertI32x4S: 0xfa,
  /** The instruction `f32x4.convert_i32x4_u`. */
  f32x4ConvertI32x4U: 0xfb,
  /** The instruction `i32x4.trunc_sat_f64x2_s_zero`. */
  i32x4TruncSatF64x2SZero: 0xfc,
  /** The instruction `i32x4.trunc_sat_f64x2_u_zero`. */
  i32x4TruncSatF64x2UZero: 0xfd,
  /** The instruction `f64x2.convert_low_i32x4_s`. */
  f64x2ConvertLowI32x4S: 0xfe,
  /** The instruction `f64x2.convert_low_i32x4_u`. */
  f64x2ConvertLowI32x4U: 0xff,
} as const;

/**
 * Operations on one lane of a vector, whose number is the immediate.
 * @see {@link CodeWriter}
 */
export const SimdLaneOp = {
  /** The instruction `i8x16.extract_lane_s`. */
  i8x16ExtractLaneS: 0x15,
  /** The instruction `i8x16.extract_lane_u`. */
  i8x16ExtractLaneU: 0x16,
  /** The instruction `i8x16.replace_lane`. */
  i8x16ReplaceLane: 0x17,
  /** The instruction `i16x8.extract_lane_s`. */
  i16x8ExtractLaneS: 0x18,
  /** The instruction `i16x8.extract_lane_u`. */
  i16x8ExtractLaneU: 0x19,
  /** The instruction `i16x8.replace_lane`. */
  i16x8ReplaceLane: 0x1a,
  /** The instruction `i32x4.extract_lane`. */
  i32x4ExtractLane: 0x1b,
  /** The instruction `i32x4.replace_lane`. */
  i32x4ReplaceLane: 0x1c,
  /** The instruction `i64x2.extract_lane`. */
  i64x2ExtractLane: 0x1d,
  /** The instruction `i64x2.replace_lane`. */
  i64x2ReplaceLane: 0x1e,
  /** The instruction `f32x4.extract_lane`. */
  f32x4ExtractLane: 0x1f,
  /** The instruction `f32x4.replace_lane`. */
  f32x4ReplaceLane: 0x20,
  /** The instruction `f64x2.extract_lane`. */
  f64x2ExtractLane: 0x21,
  /** The instruction `f64x2.replace_lane`. */
  f64x2ReplaceLane: 0x22,
} as const;

/**
 * Loads and stores of vectors.
 * @see {@link CodeWriter}
 */
export const SimdMemoryOp = {
  /** The instruction `v128.load`. */
  v128Load: 0x00,
  /** The instruction `v128.load8x8_s`. */
  v128Load8x8S: 0x01,
  /** The instruction `v128.load8x8_u`. */
  v128Load8x8U: 0x02,
  /** The instruction `v128.load16x4_s`. */
  v128Load16x4S: 0x03,
  /** The instruction `v128.load16x4_u`. */
  v128Load16x4U: 0x04,
  /** The instruction `v128.load32x2_s`. */
  v128Load32x2S: 0x05,
  /** The instruction `v128.load32x2_u`. */
  v128Load32x2U: 0x06,
  /** The instruction `v128.load8_splat`. */
  v128Load8Splat: 0x07,
  /** The instruction `v128.load16_splat`. */
  v128Load16Splat: 0x08,
  /** The instruction `v128.load32_splat`. */
  v128Load32Splat: 0x09,
  /** The instruction `v128.load64_splat`. */
  v128Load64Splat: 0x0a,
  /** The instruction `v128.store`. */
  v128Store: 0x0b,
  /** The instruction `v128.load32_zero`. */
  v128Load32Zero: 0x5c,
  /** The instruction `v128.load64_zero`. */
  v128Load64Zero: 0x5d,
} as const;
