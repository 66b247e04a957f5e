import type { AnyField, Field } from "./field.js";
import type { PaddingField, PlacedField } from "./placement.js";
import type { QuadField, ScalarField } from "./scalar-field.js";
import type { StructView } from "./struct-view.js";

/** The fields of a layout by name, in the order of their addresses. */
export type Fields = Readonly<Record<string, AnyField | PlacedField<AnyField> | PaddingField>>;

/** The field itself, without its placement. */
type Bare<F> = F extends PlacedField<infer G> ? G : F;

type Scalars<F> = {
  -readonly [K in keyof F as Bare<F[K]> extends ScalarField<number | bigint> ? K : never]: Bare<
    F[K]
  > extends ScalarField<infer T>
    ? T
    : never;
};

type Composites<F> = {
  readonly [
    K in keyof F as Bare<F[K]> extends ScalarField<number | bigint> | PaddingField ? never : K
  ]: Bare<F[K]> extends Field<infer Member, unknown, unknown> ? Member : never;
};

type Halves<F> = {
  -readonly [
    K in keyof F as Bare<F[K]> extends QuadField ? `${K & string}${"Lo" | "Hi"}` : never
  ]: number;
};

type Plain<F> = {
  -readonly [K in keyof F as Bare<F[K]> extends PaddingField ? never : K]: Bare<F[K]> extends Field<
    unknown,
    infer Value,
    unknown
  >
    ? Value
    : never;
};

type Assignable<F> = {
  readonly [K in keyof F as Bare<F[K]> extends PaddingField ? never : K]?: Bare<F[K]> extends Field<
    unknown,
    unknown,
    infer Input
  >
    ? Input | undefined
    : never;
};

type Flat<T> = { [K in keyof T]: T[K] };

/** The members that a view has of its fields. */
export type Members<F extends Fields> = Flat<Scalars<F> & Composites<F> & Halves<F>>;

/** The plain object of a layout: numbers, bigints, `Uint8Array`s, arrays and plain objects. */
export type PlainOf<F extends Fields> = Flat<Plain<F>>;

/** The values that can be assigned: some of the fields, down to any depth. */
export type PartialOf<F extends Fields> = Flat<Assignable<F>>;

/** A view that is part of another, and moves with it. */
export type PartView<F extends Fields> = Members<F> &
  Omit<StructView<PlainOf<F>, PartialOf<F>>, "moveTo">;

/** A view that can be moved. */
export type LayoutView<F extends Fields> = Members<F> & StructView<PlainOf<F>, PartialOf<F>>;

/** Names that the fields must not have: they are the view's own. */
export type FreeNames<F> = {
  readonly [K in keyof F]: K extends keyof StructView<unknown, unknown> ? never : F[K];
};
