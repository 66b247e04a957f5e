import {
  array,
  at,
  bytes,
  type BytesView,
  type CompositeArrayView,
  defineLayout,
  i16be,
  type LayoutView,
  padding,
  type QuadArrayView,
  type ScalarArrayView,
  u16le,
  u32le,
  u64le,
  u8,
} from "@mem/ldst";
import { describe, expect, expectTypeOf, it } from "vitest";
import { makeMachine } from "./machine.js";

const inner = defineLayout({ a: u8, b: i16be });
const layout = defineLayout({
  id: u32le,
  key: u64le,
  inner,
  _: padding(2),
  list: array(u16le, 2),
  keys: array(u64le, 2),
  raw: bytes(4),
  inners: array(inner, 2),
  placed: at(64, u8),
});
type View = ReturnType<typeof layout.view>;
type Plain = ReturnType<typeof layout.read>;
type Input = Parameters<View["assign"]>[0];

describe("types of a layout", () => {
  it("are those of its fields", () => {
    expectTypeOf<View["id"]>().toEqualTypeOf<number>();
    expectTypeOf<View["placed"]>().toEqualTypeOf<number>();
    expectTypeOf<View["key"]>().toEqualTypeOf<bigint>();
    expectTypeOf<View["keyLo"]>().toEqualTypeOf<number>();
    expectTypeOf<View["keyHi"]>().toEqualTypeOf<number>();
    expectTypeOf<View["inner"]["b"]>().toEqualTypeOf<number>();
    expectTypeOf<View["list"]>().toEqualTypeOf<ScalarArrayView<number>>();
    expectTypeOf<View["keys"]>().toEqualTypeOf<QuadArrayView>();
    expectTypeOf<View["raw"]>().toEqualTypeOf<BytesView>();
    expectTypeOf<ReturnType<View["inners"]["at"]>>().toEqualTypeOf<View["inner"]>();
    expectTypeOf<View["inners"]>().toExtend<CompositeArrayView<{ a: number }, object, unknown>>();
    expectTypeOf<ReturnType<View["moveTo"]>>().toExtend<{ id: number }>();
    expectTypeOf<typeof layout.offsets>().toEqualTypeOf<{
      readonly id: number;
      readonly key: number;
      readonly inner: number;
      readonly _: number;
      readonly list: number;
      readonly keys: number;
      readonly raw: number;
      readonly inners: number;
      readonly placed: number;
    }>();
    expect(layout.size).toBe(65);
  });

  it("are those of plain objects", () => {
    expectTypeOf<Plain>().toEqualTypeOf<{
      id: number;
      key: bigint;
      inner: { a: number; b: number };
      list: number[];
      keys: bigint[];
      raw: Uint8Array;
      inners: { a: number; b: number }[];
      placed: number;
    }>();
    expectTypeOf<Input>().toEqualTypeOf<{
      readonly id?: number | undefined;
      readonly key?: bigint | undefined;
      readonly inner?:
        { readonly a?: number | undefined; readonly b?: number | undefined } | undefined;
      readonly list?: readonly number[] | undefined;
      readonly keys?: readonly bigint[] | undefined;
      readonly raw?: Uint8Array | undefined;
      readonly inners?:
        readonly { readonly a?: number | undefined; readonly b?: number | undefined }[] | undefined;
      readonly placed?: number | undefined;
    }>();
    expect(Object.keys(layout.offsets)).toHaveLength(9);
  });

  it("let a view be handed on by its layout", () => {
    const { bus } = makeMachine();
    const fields = { a: u8, b: u64le };
    const count = (view: LayoutView<typeof fields>) => view.a + view.bLo;
    expect(count(defineLayout(fields).view(bus, 0))).toBe(0);
  });

  it("refuse what is none", () => {
    const { bus } = makeMachine();
    const view = layout.view(bus, 0);
    const mistakes = [
      // @ts-expect-error: a number is no bigint
      () => view.assign({ key: 1 }),
      // @ts-expect-error: there is no such field
      () => view.assign({ nothing: 1 }),
      // @ts-expect-error: padding has no member
      () => view._.length,
      // @ts-expect-error: arrays are not replaced
      () => (view.list = layout.view(bus, 64).list),
      // @ts-expect-error: only whole views move
      () => view.inners.at(0).moveTo("x"),
      // @ts-expect-error: the name is the view's own
      () => defineLayout({ moveTo: u8 }),
      // @ts-expect-error: the name is the view's own
      () => defineLayout({ a: u8, toObject: u64le }),
    ];
    for (const mistake of mistakes) expect(mistake).toThrow(Error);
  });
});
