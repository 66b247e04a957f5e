import { type Address, hex } from "@mem/core";
import { inspectSummary, summaryLine } from "@mem/flat/plumbing";
import { type Ink, inspectCustom, type InspectOptions } from "@mem/qom";
import { valueData, valueText } from "../inspect/value-text.js";
import { type AnyField, ASSIGN, CHECK, type Holder, PLAIN } from "./field.js";
import { gather } from "./gather.js";
import { LayoutError } from "./layout-error.js";
import { PLACE, type Place } from "./place.js";

/** The fields of a layout that a view has members of. */
export type Plan = readonly (readonly [name: string, field: AnyField])[];

/** The place where the class of a layout's views keeps the {@link Plan}. */
export const PLAN: unique symbol = Symbol("plan");

/** The members that all views of layouts have beside those of the fields. */
export abstract class StructView<out Value, out Input> {
  readonly [PLACE]: Place;
  /** The fields that a layout has views of. */
  abstract readonly [PLAN]: Plan;

  /** Layouts make views. */
  constructor(place: Place) {
    this[PLACE] = place;
  }

  /** Its place: an offset of its cache, or an address of its bus. */
  get position(): Address {
    return this[PLACE].at(0);
  }

  /**
   * Moves it, and the views of its parts with it; allocates nothing.
   * @param position an offset of the cache; or an address, a bigint above 2^53. A view that
   *   reaches over the end of the address space goes on at 0.
   * @throws AddressError when it does not lie within the cache, or the address is none.
   */
  moveTo(position: Address): this {
    this[PLACE].moveTo(position);
    return this;
  }

  /** Reads all fields. The status, if there is one, has the bits of all accesses then. */
  toObject(): Value {
    return plainOf(this) as Value;
  }

  /**
   * Stores some fields, in the order of the layout.
   * @throws LayoutError for names and values that are not the layout's; nothing has been stored
   *   then.
   */
  assign(values: Input): void {
    checkObject(values, this[PLAN], "the layout");
    const holder = this as unknown as Holder;
    const input = values as Record<string, unknown>;
    const given = this[PLAN].filter(([name]) => input[name] !== undefined);
    gather(this[PLACE].status, given, ([name, field]) => field[ASSIGN](holder, name, input[name]));
  }

  /**
   * Its place, and the values of its fields where memory holds them: nobody is asked for them, and
   * no device notices. `null` for the fields where that is not enough, or beyond 4096 bytes.
   */
  toJSON(): object {
    const fields = peeked(this);
    return {
      position: hex(this.position),
      size: this[PLACE].size,
      fields: fields && valueData(fields),
    };
  }

  /** Its place. */
  toString(): string {
    return summaryLine({ kind: "StructView", name: String(this[PLACE]) });
  }

  /** The text that `console.log` shows: its place and, when shown alone, its fields as {@link toJSON} has them. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return inspectSummary(depth, options, {
      kind: "StructView",
      name: String(this[PLACE]),
      lines: (ink) => fieldLines(this, ink),
      total: this[PLAN].length,
    });
  }
}

function* fieldLines(view: StructView<unknown, unknown>, ink: Ink): Generator<string> {
  const values = peeked(view);
  for (const [name, { size }] of view[PLAN]) {
    const value = values === null ? "" : ` = ${valueText(values[name], ink)}`;
    yield `${ink(name, "name")} ${ink(`${size} byte(s)`, "faint")}${value}`;
  }
}

/** The plain values of a copy of the bytes; `null` where memory does not hold them all. */
function peeked(view: StructView<unknown, unknown>): Record<string, unknown> | null {
  const place = view[PLACE].peek();
  if (place === null) return null;
  // Of the class that the layout made, whose constructor takes a place.
  const made = view.constructor as new (place: Place) => StructView<unknown, unknown>;
  return plainOf(new made(place));
}

function plainOf(view: StructView<unknown, unknown>): Record<string, unknown> {
  const plan = view[PLAN];
  const holder = view as unknown as Holder;
  const values: Record<string, unknown> = {};
  gather(view[PLACE].status, plan, ([name, field]) => {
    values[name] = field[PLAIN](holder[name]);
  });
  return values;
}

/**
 * Complains about an object that cannot be assigned.
 * @throws LayoutError
 */
export function checkObject(values: unknown, plan: Plan, what: string): void {
  if (typeof values !== "object" || values === null || Array.isArray(values)) {
    throw new LayoutError(`${what} takes an object`, { rule: "layout-value" });
  }
  for (const [name, value] of Object.entries(values)) {
    const field = plan.find(([known]) => known === name)?.[1];
    if (field === undefined) {
      throw new LayoutError(`${what} has no field "${name}"`, { rule: "layout-value" });
    }
    if (value !== undefined) field[CHECK](value, `"${name}"`);
  }
}
