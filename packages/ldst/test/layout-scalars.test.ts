import {
  Bus,
  defineLayout,
  i16,
  i16be,
  i16le,
  i32,
  i32be,
  i32le,
  i64,
  i64be,
  i64le,
  i8,
  MemoryRegionCache,
  u16,
  u16be,
  u16le,
  u32,
  u32be,
  u32le,
  u64,
  u64be,
  u64le,
  u8,
} from "@mem/ldst";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeMachine } from "./machine.js";

/** Every field that is a value, with its bits, sign and order. */
const SCALARS = [
  { name: "u8", field: u8, bits: 8, signed: false, big: false },
  { name: "i8", field: i8, bits: 8, signed: true, big: false },
  { name: "u16le", field: u16le, bits: 16, signed: false, big: false },
  { name: "u16be", field: u16be, bits: 16, signed: false, big: true },
  { name: "u16", field: u16, bits: 16, signed: false, big: false },
  { name: "i16le", field: i16le, bits: 16, signed: true, big: false },
  { name: "i16be", field: i16be, bits: 16, signed: true, big: true },
  { name: "i16", field: i16, bits: 16, signed: true, big: false },
  { name: "u32le", field: u32le, bits: 32, signed: false, big: false },
  { name: "u32be", field: u32be, bits: 32, signed: false, big: true },
  { name: "u32", field: u32, bits: 32, signed: false, big: false },
  { name: "i32le", field: i32le, bits: 32, signed: true, big: false },
  { name: "i32be", field: i32be, bits: 32, signed: true, big: true },
  { name: "i32", field: i32, bits: 32, signed: true, big: false },
  { name: "u64le", field: u64le, bits: 64, signed: false, big: false },
  { name: "u64be", field: u64be, bits: 64, signed: false, big: true },
  { name: "u64", field: u64, bits: 64, signed: false, big: false },
  { name: "i64le", field: i64le, bits: 64, signed: true, big: false },
  { name: "i64be", field: i64be, bits: 64, signed: true, big: true },
  { name: "i64", field: i64, bits: 64, signed: true, big: false },
] as const;
type Scalar = (typeof SCALARS)[number];

/** `MEM_PROPERTY_CASES=10000` makes a long run of it. */
const CASES = Number(process.env["MEM_PROPERTY_CASES"] ?? 60);

const BASE = 0x1000;
const SIZE = 0x200;

/** What the bytes of a field mean, most significant first whatever the order. */
function meaning({ bits, signed, big }: Scalar, bytes: Uint8Array): number | bigint {
  const ordered = big ? [...bytes] : [...bytes].reverse();
  const raw = ordered.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  const value = signed ? BigInt.asIntN(bits, raw) : raw;
  return bits === 64 ? value : Number(value);
}

/** Fields of random kinds, and a value for each that may have more bits than there is room for. */
const shapes = fc.array(
  fc.record({
    scalar: fc.constantFrom(...SCALARS),
    value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
  }),
  { minLength: 1, maxLength: 24 },
);

describe("fields of every kind", () => {
  it.each([
    ["packed", false],
    ["aligned", true],
  ])("lie where C puts them, and mean what their bytes mean: %s", (_name, aligned) => {
    fc.assert(
      fc.property(shapes, fc.nat(0x20), fc.boolean(), (shape, at, isCached) => {
        const { space, ram } = makeMachine();
        const bytes = ram(BASE, SIZE).ramBytes();
        using cache = new MemoryRegionCache(space, BASE, SIZE, true);
        const fields = Object.fromEntries(shape.map(({ scalar }, i) => [`f${i}`, scalar.field]));
        const layout = defineLayout<Record<string, Scalar["field"]>>(fields, { aligned });
        let [offset, alignment] = [0, 1];
        const offsets = shape.map(({ scalar }) => {
          const size = scalar.bits / 8;
          while (aligned && offset % size !== 0) offset++;
          alignment = aligned ? Math.max(alignment, size) : 1;
          offset += size;
          return offset - size;
        });
        while (offset % alignment !== 0) offset++;
        expect([layout.size, layout.alignment]).toEqual([offset, alignment]);
        expect(Object.values(layout.offsets)).toEqual(offsets);

        const placeOf = (i: number) => {
          const start = at + (offsets[i] ?? 0);
          return bytes.subarray(start, start + (shape[i]?.scalar.bits ?? 0) / 8);
        };
        const view = isCached ? layout.view(cache, at) : layout.view(new Bus(space), BASE + at);
        const holder: Record<string, unknown> = view;
        for (const [i, { scalar }] of shape.entries())
          expect(holder[`f${i}`]).toBe(meaning(scalar, placeOf(i)));
        const expected = bytes.slice();
        for (const [i, { scalar, value }] of shape.entries()) {
          const given = scalar.bits === 64 ? value : Number(BigInt.asIntN(53, value));
          holder[`f${i}`] = given;
          const start = at + (offsets[i] ?? 0);
          const size = scalar.bits / 8;
          for (let byte = 0; byte < size; byte++) {
            const shift = BigInt(8 * (scalar.big ? size - 1 - byte : byte));
            expected[start + byte] = Number((BigInt(given) >> shift) & 0xffn);
          }
        }
        expect(bytes).toEqual(expected);
        expect(Object.values(view.toObject())).toEqual(
          shape.map(({ scalar }, i) => meaning(scalar, placeOf(i))),
        );
      }),
      { numRuns: CASES },
    );
  });
});
