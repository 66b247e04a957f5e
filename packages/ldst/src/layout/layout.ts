import { type Address, hex } from "@mem/core";
import {
  aFlag,
  anything,
  checkOptions,
  type OptionTable,
  refuseArgument,
} from "@mem/core/plumbing";
import type { Summary } from "@mem/flat/plumbing";
import type { Ink } from "@mem/qom";
import { CompositeArrayView } from "./array-view.js";
import { checkCount } from "./checks.js";
import {
  type AnyField,
  ASSIGN,
  CHECK,
  CompositeField,
  DEFINE,
  Field,
  type Holder,
  PLAIN,
  VIEW_AT,
} from "./field.js";
import { LayoutError } from "./layout-error.js";
import type {
  Fields,
  FreeNames,
  LayoutView,
  PartialOf,
  PartView,
  PlainOf,
} from "./layout-types.js";
import { type LayoutSource, Place, type ViewOptions } from "./place.js";
import { PaddingField, PlacedField } from "./placement.js";
import { checkObject, type Plan, PLAN, StructView } from "./struct-view.js";

/**
 * Options of a layout: how its fields follow each other.
 * @see {@link defineLayout}
 */
export interface LayoutOptions {
  /**
   * True if each field starts at a multiple of its size, and the whole is rounded up to the
   * largest, as C compilers for 64-bit machines do. Default: packed, no gaps.
   */
  readonly aligned?: boolean;
  /** The size of the whole, in bytes, where that is more than the fields need. */
  readonly size?: number;
}

/**
 * An array of layouts, of which one element is looked at at a time.
 * @see {@link defineLayout}
 */
export type LayoutArray<F extends Fields> = CompositeArrayView<
  PartView<F>,
  PlainOf<F>,
  PartialOf<F>
>;

const OPTIONS: OptionTable = {
  call: "defineLayout",
  optional: { aligned: aFlag, size: anything },
};

type OffsetsOf<F> = { readonly [K in keyof F]: number };

/**
 * The shape of a structure in guest memory: names, widths, byte orders and offsets. It makes
 * views, whose members are accesses of just the bytes they name; and is a field itself, for a
 * structure within another. See {@link defineLayout}.
 */
export class Layout<F extends Fields> extends CompositeField<
  PartView<F>,
  PlainOf<F>,
  PartialOf<F>
> {
  /** Bytes of the whole structure. */
  override readonly size: number;
  override readonly alignment: number;
  /** Start of each field, in bytes from the start of the layout. */
  readonly offsets: OffsetsOf<F>;
  readonly #plan: Plan;
  readonly #view: new (place: Place) => StructView<unknown, unknown>;

  /** @throws LayoutError for fields that are none, or that cannot be laid out. */
  constructor(fields: F, options: LayoutOptions = {}) {
    super();
    if (typeof (fields as unknown) !== "object" || (fields as unknown) === null) {
      throw new LayoutError("a layout is described by an object of fields", {
        rule: "layout-fields",
      });
    }
    checkOptions(options, OPTIONS, refuseArgument);
    const isAligned = options.aligned ?? false;
    const plan: [name: string, field: AnyField][] = [];
    const offsets: Record<string, number> = {};
    class View extends StructView<unknown, unknown> {
      override get [PLAN](): Plan {
        return plan;
      }
    }
    let [next, end, alignment] = [0, 0, 1];
    for (const [name, entry] of Object.entries(fields)) {
      checkName(name);
      const field = entry instanceof PlacedField ? entry.field : entry;
      checkField(field, name);
      if (isAligned) alignment = Math.max(alignment, field.alignment);
      const grain = isAligned ? field.alignment : 1;
      const offset = entry instanceof PlacedField ? entry.offset : roundUp(next, grain);
      next = offset + field.size;
      end = Math.max(end, next);
      offsets[name] = offset;
      if (field instanceof PaddingField) continue;
      field[DEFINE](View.prototype, name, offset);
      plan.push([name, field]);
    }
    this.size = totalSize(roundUp(end, alignment), options.size);
    this.alignment = alignment;
    // Every name of `fields` has been given one.
    this.offsets = offsets as OffsetsOf<F>;
    this.#plan = plan;
    this.#view = View;
  }

  /**
   * A view of the structure at a place; it can be moved, and reused for many.
   * @param at an offset of the cache, or an address.
   * @throws AddressError when it does not lie within the cache, or the address is none.
   */
  view(source: LayoutSource, at: Address, options?: ViewOptions): LayoutView<F> {
    return new this.#view(Place.of(source, this.size, at, options)) as LayoutView<F>;
  }

  /** All fields of the structure at a place, as a plain object; see {@link view}. */
  read(source: LayoutSource, at: Address, options?: ViewOptions): PlainOf<F> {
    return this.view(source, at, options).toObject();
  }

  /**
   * Stores some fields of the structure at a place, in the order of the layout; see {@link view}.
   * @throws LayoutError for names and values that are not the layout's; nothing has been stored
   *   then.
   */
  write(source: LayoutSource, at: Address, values: PartialOf<F>, options?: ViewOptions): void {
    this.view(source, at, options).assign(values);
  }

  /**
   * `count` structures, one behind the other.
   * @throws LayoutError when `count` is no integer above 0; AddressError as {@link view}.
   */
  array(source: LayoutSource, base: Address, count: number, options?: ViewOptions): LayoutArray<F> {
    const size = this.size * checkCount(count, "array");
    return new CompositeArrayView(Place.of(source, size, base, options), this, count);
  }

  protected override summarize(): Summary {
    const { offsets, size } = this;
    const plan = this.#plan;
    return {
      kind: "Layout",
      facts: [`${size} byte(s)`, `${plan.length} field(s)`],
      lines: (ink) => fieldLines(plan, offsets, ink),
      total: plan.length,
    };
  }

  /** Size, alignment, and the offset and class of each field. */
  override toJSON(): object {
    const fields = this.#plan.map(([name, field]) => {
      return { name, offset: this.offsets[name], ...field.toJSON() };
    });
    return { ...super.toJSON(), fields };
  }

  override [VIEW_AT](place: Place): PartView<F> {
    return new this.#view(place) as PartView<F> & StructView<unknown, unknown>;
  }

  override [PLAIN](member: unknown): PlainOf<F> {
    return (member as StructView<PlainOf<F>, unknown>).toObject();
  }

  override [CHECK](value: unknown, what: string): void {
    checkObject(value, this.#plan, what);
  }

  override [ASSIGN](holder: Holder, name: string, value: unknown): void {
    (holder[name] as StructView<unknown, unknown>).assign(value);
  }
}

/**
 * Describes a structure in guest memory.
 *
 * ```ts partial
 * const descriptor = defineLayout({ addr: u64le, len: u32le, flags: u16le, next: u16le });
 * const { addr, len } = descriptor.view(cache, 16 * head);
 * ```
 * @param fields the fields in the order of their addresses, by name.
 * @throws LayoutError when a name is taken (a field `addr` of 64 bits takes `addrLo` and `addrHi`
 *   too) or looks like an index, or the size given is too small.
 *
 * @example
 * const descriptor = defineLayout({ addr: u64le, len: u32le, flags: u16le, next: u16le });
 * descriptor.write(space, 0x1000, { addr: 0x8000n, len: 512, next: 2 }); // what a driver does
 * const view = descriptor.view(space, 0x1000); // and the device
 * console.log(view.addr, view.len, descriptor.size); // prints: 32768n 512 16
 * view.moveTo(0x1010);
 * console.log(view.len); // prints: 0
 */
export function defineLayout<F extends Fields>(
  fields: F & FreeNames<F>,
  options?: LayoutOptions,
): Layout<F> {
  return new Layout<F>(fields, options);
}

function checkField(field: unknown, name: string): void {
  if (field instanceof Field || field instanceof PaddingField) return;
  throw new LayoutError(`"${name}" is no field, such as u32le or array(u8, 4)`, {
    rule: "layout-fields",
  });
}

/** Engines put such names first, whatever the order they were written in. */
function checkName(name: string): void {
  if (!/^\d+$/.test(name)) return;
  throw new LayoutError(`the field name "${name}" looks like an index`, { rule: "layout-name" });
}

function* fieldLines(plan: Plan, offsets: Record<string, number>, ink: Ink): Generator<string> {
  for (const [name, field] of plan) {
    const offset = ink(`+${hex(offsets[name] ?? 0)}`, "number");
    yield `${offset} ${ink(name, "name")} ${ink(String(field), "faint")}`;
  }
}

function totalSize(needed: number, wanted = needed): number {
  if (Number.isSafeInteger(wanted) && wanted >= needed && wanted > 0) return wanted;
  throw new LayoutError(`a layout that needs ${needed} bytes cannot have ${wanted}`, {
    rule: "layout-size",
  });
}

function roundUp(value: number, grain: number): number {
  return Math.ceil(value / grain) * grain;
}
