import { NumberField, QuadField } from "./scalar-field.js";
import { PLACE, type Placed } from "./place.js";

// Each accessor is written out rather than made by one function that is told the width: only so
// can an engine inline it where the field is used.

/** An unsigned field of 8 bits. */
export const u8: NumberField = /* @__PURE__ */ new NumberField(1, (offset) => ({
  get(this: Placed): number {
    const p = this[PLACE];
    return p.words.ld8(p.at(offset), p.attrs, p.status);
  },
  set(this: Placed, value: number) {
    const p = this[PLACE];
    p.words.st8(p.at(offset), value, p.attrs, p.status);
  },
}));

/** A signed field of 8 bits. */
export const i8: NumberField = /* @__PURE__ */ new NumberField(1, (offset) => ({
  get(this: Placed): number {
    const p = this[PLACE];
    return p.words.lds8(p.at(offset), p.attrs, p.status);
  },
  set(this: Placed, value: number) {
    const p = this[PLACE];
    p.words.st8(p.at(offset), value, p.attrs, p.status);
  },
}));

/** An unsigned field of 16 bits, little endian. */
export const u16le: NumberField = /* @__PURE__ */ new NumberField(2, (offset) => ({
  get(this: Placed): number {
    const p = this[PLACE];
    return p.words.ld16le(p.at(offset), p.attrs, p.status);
  },
  set(this: Placed, value: number) {
    const p = this[PLACE];
    p.words.st16le(p.at(offset), value, p.attrs, p.status);
  },
}));

/** A signed field of 16 bits, little endian. */
export const i16le: NumberField = /* @__PURE__ */ new NumberField(2, (offset) => ({
  get(this: Placed): number {
    const p = this[PLACE];
    return p.words.lds16le(p.at(offset), p.attrs, p.status);
  },
  set(this: Placed, value: number) {
    const p = this[PLACE];
    p.words.st16le(p.at(offset), value, p.attrs, p.status);
  },
}));

/** An unsigned field of 16 bits, big endian. */
export const u16be: NumberField = /* @__PURE__ */ new NumberField(2, (offset) => ({
  get(this: Placed): number {
    const p = this[PLACE];
    return p.words.ld16be(p.at(offset), p.attrs, p.status);
  },
  set(this: Placed, value: number) {
    const p = this[PLACE];
    p.words.st16be(p.at(offset), value, p.attrs, p.status);
  },
}));

/** A signed field of 16 bits, big endian. */
export const i16be: NumberField = /* @__PURE__ */ new NumberField(2, (offset) => ({
  get(this: Placed): number {
    const p = this[PLACE];
    return p.words.lds16be(p.at(offset), p.attrs, p.status);
  },
  set(this: Placed, value: number) {
    const p = this[PLACE];
    p.words.st16be(p.at(offset), value, p.attrs, p.status);
  },
}));

/** An unsigned field of 16 bits, in the target's order, which is little. */
export const u16: NumberField = /* @__PURE__ */ new NumberField(2, (offset) => ({
  get(this: Placed): number {
    const p = this[PLACE];
    return p.words.ld16(p.at(offset), p.attrs, p.status);
  },
  set(this: Placed, value: number) {
    const p = this[PLACE];
    p.words.st16(p.at(offset), value, p.attrs, p.status);
  },
}));

/** A signed field of 16 bits, in the target's order, which is little. */
export const i16: NumberField = /* @__PURE__ */ new NumberField(2, (offset) => ({
  get(this: Placed): number {
    const p = this[PLACE];
    return p.words.lds16(p.at(offset), p.attrs, p.status);
  },
  set(this: Placed, value: number) {
    const p = this[PLACE];
    p.words.st16(p.at(offset), value, p.attrs, p.status);
  },
}));

/** An unsigned field of 32 bits, little endian. */
export const u32le: NumberField = /* @__PURE__ */ new NumberField(4, (offset) => ({
  get(this: Placed): number {
    const p = this[PLACE];
    return p.words.ld32le(p.at(offset), p.attrs, p.status);
  },
  set(this: Placed, value: number) {
    const p = this[PLACE];
    p.words.st32le(p.at(offset), value, p.attrs, p.status);
  },
}));

/** A signed field of 32 bits, little endian. */
export const i32le: NumberField = /* @__PURE__ */ new NumberField(4, (offset) => ({
  get(this: Placed): number {
    const p = this[PLACE];
    return p.words.lds32le(p.at(offset), p.attrs, p.status);
  },
  set(this: Placed, value: number) {
    const p = this[PLACE];
    p.words.st32le(p.at(offset), value, p.attrs, p.status);
  },
}));

/** An unsigned field of 32 bits, big endian. */
export const u32be: NumberField = /* @__PURE__ */ new NumberField(4, (offset) => ({
  get(this: Placed): number {
    const p = this[PLACE];
    return p.words.ld32be(p.at(offset), p.attrs, p.status);
  },
  set(this: Placed, value: number) {
    const p = this[PLACE];
    p.words.st32be(p.at(offset), value, p.attrs, p.status);
  },
}));

/** A signed field of 32 bits, big endian. */
export const i32be: NumberField = /* @__PURE__ */ new NumberField(4, (offset) => ({
  get(this: Placed): number {
    const p = this[PLACE];
    return p.words.lds32be(p.at(offset), p.attrs, p.status);
  },
  set(this: Placed, value: number) {
    const p = this[PLACE];
    p.words.st32be(p.at(offset), value, p.attrs, p.status);
  },
}));

/** An unsigned field of 32 bits, in the target's order, which is little. */
export const u32: NumberField = /* @__PURE__ */ new NumberField(4, (offset) => ({
  get(this: Placed): number {
    const p = this[PLACE];
    return p.words.ld32(p.at(offset), p.attrs, p.status);
  },
  set(this: Placed, value: number) {
    const p = this[PLACE];
    p.words.st32(p.at(offset), value, p.attrs, p.status);
  },
}));

/** A signed field of 32 bits, in the target's order, which is little. */
export const i32: NumberField = /* @__PURE__ */ new NumberField(4, (offset) => ({
  get(this: Placed): number {
    const p = this[PLACE];
    return p.words.lds32(p.at(offset), p.attrs, p.status);
  },
  set(this: Placed, value: number) {
    const p = this[PLACE];
    p.words.st32(p.at(offset), value, p.attrs, p.status);
  },
}));

/** An unsigned field of 64 bits, little endian; see {@link QuadField}. */
export const u64le: QuadField = /* @__PURE__ */ new QuadField("little", (offset) => ({
  get(this: Placed): bigint {
    const p = this[PLACE];
    return p.words.ld64le(p.at(offset), p.attrs, p.status);
  },
  set(this: Placed, value: bigint) {
    const p = this[PLACE];
    p.words.st64le(p.at(offset), value, p.attrs, p.status);
  },
}));

/** A signed field of 64 bits, little endian; see {@link QuadField}. */
export const i64le: QuadField = /* @__PURE__ */ new QuadField("little", (offset) => ({
  get(this: Placed): bigint {
    const p = this[PLACE];
    return BigInt.asIntN(64, p.words.ld64le(p.at(offset), p.attrs, p.status));
  },
  set(this: Placed, value: bigint) {
    const p = this[PLACE];
    p.words.st64le(p.at(offset), value, p.attrs, p.status);
  },
}));

/** An unsigned field of 64 bits, big endian; see {@link QuadField}. */
export const u64be: QuadField = /* @__PURE__ */ new QuadField("big", (offset) => ({
  get(this: Placed): bigint {
    const p = this[PLACE];
    return p.words.ld64be(p.at(offset), p.attrs, p.status);
  },
  set(this: Placed, value: bigint) {
    const p = this[PLACE];
    p.words.st64be(p.at(offset), value, p.attrs, p.status);
  },
}));

/** A signed field of 64 bits, big endian; see {@link QuadField}. */
export const i64be: QuadField = /* @__PURE__ */ new QuadField("big", (offset) => ({
  get(this: Placed): bigint {
    const p = this[PLACE];
    return BigInt.asIntN(64, p.words.ld64be(p.at(offset), p.attrs, p.status));
  },
  set(this: Placed, value: bigint) {
    const p = this[PLACE];
    p.words.st64be(p.at(offset), value, p.attrs, p.status);
  },
}));

/**
 * An unsigned field of 64 bits, in the target's order, which is little; see {@link QuadField}.
 */
export const u64: QuadField = /* @__PURE__ */ new QuadField("little", (offset) => ({
  get(this: Placed): bigint {
    const p = this[PLACE];
    return p.words.ld64(p.at(offset), p.attrs, p.status);
  },
  set(this: Placed, value: bigint) {
    const p = this[PLACE];
    p.words.st64(p.at(offset), value, p.attrs, p.status);
  },
}));

/** A signed field of 64 bits, in the target's order, which is little; see {@link QuadField}. */
export const i64: QuadField = /* @__PURE__ */ new QuadField("little", (offset) => ({
  get(this: Placed): bigint {
    const p = this[PLACE];
    return BigInt.asIntN(64, p.words.ld64(p.at(offset), p.attrs, p.status));
  },
  set(this: Placed, value: bigint) {
    const p = this[PLACE];
    p.words.st64(p.at(offset), value, p.attrs, p.status);
  },
}));
