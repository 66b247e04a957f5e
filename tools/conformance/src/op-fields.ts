import { parseHexBytes, regionSize } from "./format-number.js";
import type { Json, JsonObject } from "./script.js";

/** Typed access to the fields of one operation; a field that is absent may have a default. */
export class OpFields {
  readonly record: JsonObject;

  constructor(record: JsonObject) {
    this.record = record;
  }

  /** The operation's name. */
  get op(): string {
    return this.text("op");
  }

  /** Whether the field is there and not null. */
  has(key: string): boolean {
    return this.record[key] !== undefined && this.record[key] !== null;
  }

  /** A string field. Throws without one, unless there is a default. */
  text(key: string, fallback?: string): string {
    const value = this.record[key] ?? fallback;
    if (typeof value !== "string") this.#wrong(key, "a string");
    return value;
  }

  /** A string field that may be null or absent. */
  textOrNull(key: string): string | null {
    return this.has(key) ? this.text(key) : null;
  }

  /** A number of up to 64 bits, given as a JSON number or as a hex string. */
  address(key: string, fallback?: bigint): bigint {
    const value = this.record[key];
    if (value === undefined || value === null) {
      if (fallback === undefined) this.#wrong(key, "a number");
      return fallback;
    }
    if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
    if (typeof value === "string" && /^(?:0x[0-9a-f]+|\d+)$/i.test(value)) return BigInt(value);
    return this.#wrong(key, "a number");
  }

  /** A region size: 2^64-1 means 2^64. */
  size(key: string): bigint {
    return regionSize(this.address(key));
  }

  /** A number that JavaScript holds exactly. */
  integer(key: string, fallback?: number): number {
    const value = this.record[key];
    if (value === undefined && fallback !== undefined) return fallback;
    if (typeof value === "number") return value;
    return Number(this.address(key));
  }

  /** A flag: true, false, 1 or 0; absent means `fallback`. */
  flag(key: string, fallback = false): boolean {
    const value = this.record[key] ?? fallback;
    if (typeof value === "boolean") return value;
    if (typeof value === "number") return value !== 0;
    return this.#wrong(key, "a flag");
  }

  /** A byte string. */
  bytes(key: string): Uint8Array {
    return parseHexBytes(this.text(key));
  }

  /** A list; absent means an empty one. */
  list(key: string): readonly Json[] {
    const value = this.record[key] ?? [];
    if (!Array.isArray(value)) this.#wrong(key, "a list");
    return value as readonly Json[];
  }

  /** A list of objects, each with typed access; absent means an empty one. */
  records(key: string): readonly OpFields[] {
    return this.list(key).map((item) => new OpFields(asObject(item, key)));
  }

  /** An object with typed access, null when absent. */
  recordOrNull(key: string): OpFields | null {
    const value = this.record[key];
    return value === undefined || value === null ? null : new OpFields(asObject(value, key));
  }

  #wrong(key: string, wanted: string): never {
    throw new TypeError(`field "${key}" is not ${wanted}: ${JSON.stringify(this.record)}`);
  }
}

function asObject(value: Json, key: string): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as JsonObject;
  }
  throw new TypeError(`field "${key}" is not an object: ${JSON.stringify(value)}`);
}
