/** Options of a node: `blockdev-add`'s arguments, or `-drive`'s dotted keys, nested; each is taken once. */
import { parseSize } from "../text/size.js";
import { BlockdevError } from "./errors.js";

/** Options as they come: texts of a command line, or values of JSON. */
export type RawBlockOptions = Readonly<Record<string, unknown>>;

const HIGHEST = Number.MAX_SAFE_INTEGER;

/** The options of one node. {@link BlockOptions.finish} refuses what nobody asked for. */
export class BlockOptions {
  readonly #values: RawBlockOptions;
  readonly #prefix: string;
  readonly #taken = new Set<string>();

  /** @param prefix the place of these options, as `file.`, for messages */
  constructor(values: RawBlockOptions, prefix = "") {
    this.#values = values;
    this.#prefix = prefix;
  }

  /** The value of a name, whatever its type. */
  get(name: string): unknown {
    this.#taken.add(name);
    return Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
  }

  /** A text. @throws BlockdevError when it is none */
  text(name: string): string | undefined {
    const value = this.get(name);
    if (value === undefined || typeof value === "string") return value;
    throw this.#wrongType(name, "string");
  }

  /** A text that must be there. @throws BlockdevError when it is not */
  needText(name: string): string {
    return this.text(name) ?? this.#missing(name);
  }

  /** `true` or `false`, `on` or `off`. @throws BlockdevError when it is neither */
  flag(name: string): boolean | undefined {
    const value = this.get(name);
    if (value === undefined || typeof value === "boolean") return value;
    if (value === "on" || value === "off") return value === "on";
    throw this.#wrongType(name, "boolean");
  }

  /** A number of 0 or more; as text also with a unit. @throws BlockdevError when it is none */
  number(name: string): number | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    const number = typeof value === "string" ? parseSize(value, "B") : value;
    if (typeof number !== "number" || !Number.isInteger(number)) {
      throw this.#wrongType(name, "integer");
    }
    if (number < 0 || number > HIGHEST) {
      throw new BlockdevError(`Parameter '${this.#prefix}${name}' expects a number from 0 on`);
    }
    return number;
  }

  /** One of some words. @throws BlockdevError when it is another */
  choice<const T extends string>(name: string, words: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const word = words.find((one) => one === text);
    if (word === undefined) {
      throw new BlockdevError(`Parameter '${name}' does not accept value '${text}'`);
    }
    return word;
  }

  /** Options of a child, or the name of a node that is there. @throws BlockdevError when it is neither */
  child(name: string): string | BlockOptions | undefined {
    const value = this.get(name);
    if (value === undefined || typeof value === "string") return value;
    if (!isOptions(value)) throw this.#wrongType(name, "object");
    return new BlockOptions(value, `${this.#prefix}${name}.`);
  }

  /** A child that must be there. @throws BlockdevError when it is not */
  needChild(name: string): string | BlockOptions {
    return this.child(name) ?? this.#missing(name);
  }

  /** A list of objects. @throws BlockdevError when it is none */
  list(name: string): readonly BlockOptions[] {
    const value = this.get(name) ?? [];
    const items: readonly unknown[] = Array.isArray(value)
      ? value
      : isOptions(value)
        ? Object.values(value)
        : [];
    return items.map((item, at) => {
      if (!isOptions(item)) throw this.#wrongType(`${name}.${at}`, "object");
      return new BlockOptions(item, `${this.#prefix}${name}.${at}.`);
    });
  }

  /** Call it last. @throws BlockdevError naming what nobody asked for */
  finish(): void {
    const extra = Object.keys(this.#values).find((name) => !this.#taken.has(name));
    if (extra !== undefined) {
      throw new BlockdevError(`Parameter '${this.#prefix}${extra}' is unexpected`);
    }
  }

  #missing(name: string): never {
    throw new BlockdevError(`Parameter '${this.#prefix}${name}' is missing`);
  }

  #wrongType(name: string, expected: string): BlockdevError {
    return new BlockdevError(
      `Invalid parameter type for '${this.#prefix}${name}', expected: ${expected}`,
    );
  }
}

/** True for an object with named members. */
export function isOptions(value: unknown): value is RawBlockOptions {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Dotted keys (`file.driver`) as nested objects. @throws BlockdevError when a key is both value and object */
export function nestOptions(flat: Readonly<Record<string, string>>): RawBlockOptions {
  const root: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(flat)) {
    const parts = key.split(".");
    if (parts.includes("__proto__")) throw new BlockdevError(`Parameter '${key}' is unexpected`);
    const last = parts.pop() ?? key;
    let place = root;
    for (const part of parts) {
      const next: unknown = Object.hasOwn(place, part) ? place[part] : {};
      if (typeof next !== "object" || next === null) {
        throw new BlockdevError(`Parameter '${part}' is used inconsistently`);
      }
      // Only this function made what lies within.
      const object = next as Record<string, unknown>;
      place[part] = object;
      place = object;
    }
    place[last] = value;
  }
  return root;
}

/**
 * The options of a file's name: a path, `null-co://`, `blkdebug:CONFIG:IMAGE`, `json:{...}`.
 * @throws BlockdevError for a protocol that there is none of
 */
export function optionsOfName(name: string): RawBlockOptions {
  if (name.startsWith("json:")) {
    let parsed: unknown;
    try {
      parsed = JSON.parse(name.slice("json:".length));
    } catch {
      throw new BlockdevError("Could not parse the JSON options");
    }
    if (!isOptions(parsed)) throw new BlockdevError("Invalid JSON object given");
    return parsed;
  }
  const [, protocol = "", rest = ""] = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(name) ?? [];
  // A path that begins with a protocol's letters has a slash before the colon.
  switch (protocol) {
    case "":
      return { driver: "file", filename: name };
    case "file":
      return { driver: "file", filename: rest.replace(/^\/\/(?=\/)/, "") };
    case "null-co":
    case "null-aio":
      return { driver: protocol };
    case "blkdebug": {
      const colon = rest.indexOf(":");
      if (colon < 0) throw new BlockdevError("blkdebug requires both config and image path");
      const config = rest.slice(0, colon);
      return {
        driver: "blkdebug",
        ...(config === "" ? {} : { config }),
        image: optionsOfName(rest.slice(colon + 1)),
      };
    }
    default:
      throw new BlockdevError(`Unknown protocol '${protocol}'`);
  }
}
