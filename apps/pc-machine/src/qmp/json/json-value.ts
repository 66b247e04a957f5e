/** Value in JSON. Integers that a `number` cannot hold exactly are `bigint`s. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** An object of JSON. */
export type JsonObject = Readonly<Record<string, JsonValue>>;

/** True if `value` is an object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
